import type { Message } from "../../generated/draft-1.1/index.js";
import { canonicalJson } from "../wire/canonical.js";
import type { LiveJob } from "./live.js";
import { sha256 } from "./secrets.js";

/** An idempotency key and what was asked for with it. §7.2 */
export type Key = NonNullable<LiveJob["state"]["key"]>;

/** The key of a submit, with the hash of its parameters: a job's input is too large to be kept for a comparison. */
export async function keyOf({ payload }: Message<"job.submit">): Promise<Key | undefined> {
  const { idempotency_key: name } = payload;
  if (name === undefined) return undefined;
  const { agent, input, lease_request, lease_constraints, max_runtime_sec } = payload;
  const asked = { agent, input, lease_request, lease_constraints, max_runtime_sec };
  return { name, asked: await sha256(canonicalJson(asked)) };
}

/** The jobs that were submitted with a key, as long as they are retained: by principal and key (IDEM-01). */
export interface Keys {
  add(job: LiveJob): void;
  delete(job: LiveJob): void;
  get(principal: string, key: Key): LiveJob | undefined;
}

export function createKeys(): Keys {
  const byPrincipal = new Map<string, Map<string, LiveJob>>();
  return {
    add(job) {
      const { principal, key } = job.state;
      if (key === undefined) return;
      const own = byPrincipal.get(principal) ?? new Map<string, LiveJob>();
      byPrincipal.set(principal, own.set(key.name, job));
    },
    delete(job) {
      const { principal, key } = job.state;
      const own = byPrincipal.get(principal);
      if (key === undefined || own?.get(key.name) !== job) return;
      own.delete(key.name);
      if (own.size === 0) byPrincipal.delete(principal);
    },
    get: (principal, key) => byPrincipal.get(principal)?.get(key.name),
  };
}
