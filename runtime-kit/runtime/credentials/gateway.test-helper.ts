/** An upstream that issues keys, as a test sees it: what is live there, and what goes wrong. */
import { memoryStore } from "../../stores/memory.js";
import type { Store } from "../../stores/port.js";
import { mortal } from "../raw-client.test-helper.js";
import type {
  CredentialGrant,
  CredentialProvisioner,
  CredentialRequest,
  IssuedCredentials,
} from "./provisioner.js";

export interface Gateway extends CredentialProvisioner {
  readonly requests: CredentialRequest[];
  readonly revocations: CredentialGrant[];
  /** Values that are good now. */
  readonly live: Set<string>;
  /** Called before a key is made. */
  issuing: (request: CredentialRequest) => unknown;
  /** Called after it was made, before the answer; may give another one. */
  issued: (answer: IssuedCredentials) => unknown;
  /** Called before a key is revoked. */
  revoking: (grant: CredentialGrant) => unknown;
}

/** Every value that was made begins so: a search for it finds all of them. */
export const CANARY = "sk-canary-";

export function gateway(ids: readonly (string | undefined)[] = [undefined]): Gateway {
  const byGrant = new Map<string, string[]>();
  let made = 0;
  const self: Gateway = {
    requests: [],
    revocations: [],
    live: new Set(),
    issuing: () => undefined,
    issued: () => undefined,
    revoking: () => undefined,
    async issue(request) {
      self.requests.push(request);
      await self.issuing(request);
      const credentials = ids.map((id) => ({
        ...(id === undefined ? {} : { id }),
        scheme: "bearer",
        value: `${CANARY}${(made += 1)}`,
        endpoint: "https://gateway.example.com/v1",
      }));
      const values = credentials.map(({ value }) => value);
      byGrant.set(request.grantId, values);
      for (const value of values) self.live.add(value);
      const answer = { credentials, handle: { alias: request.grantId } };
      const other = (await self.issued(answer)) as IssuedCredentials | undefined;
      return other === undefined ? answer : other;
    },
    async revoke(grant) {
      self.revocations.push(grant);
      await self.revoking(grant);
      for (const value of byGrant.get(grant.id) ?? []) self.live.delete(value);
    },
  };
  return self;
}

/** Stores, one after the other, on what the one before left: as processes that are killed. */
export function disc() {
  const inner = memoryStore();
  let kill = () => {};
  return {
    inner,
    next(): Store {
      kill();
      const life = mortal(inner);
      kill = life.kill;
      return life.store;
    },
  };
}

/** A door that something waits at until it is opened. */
export function door() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
