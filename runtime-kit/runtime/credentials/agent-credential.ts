import type { Credential } from "../../../generated/current/index.js";
import { ArcpError } from "../../wire/errors.js";
import { agentMistake } from "../failures.js";
import type { Wallet } from "./wallet.js";

/**
 * A credential in the hands of its job's agent. It stays the same object through rotations, and shows its secret in
 * `value` alone: neither printing it nor `JSON.stringify` does. §9.8
 */
export interface AgentCredential {
  readonly id: string;
  /** How to present it, `bearer` for one. */
  readonly scheme: string;
  /** The base URL at which it is valid; present it nowhere else (CRED-04). */
  readonly endpoint: string;
  readonly profile: string | undefined;
  /** What the upstream enforces by itself. */
  readonly constraints: Readonly<Record<string, unknown>> | undefined;
  /** The secret as it is now: read it for each request, and do not keep it. Throws once the job has ended. */
  readonly value: string;
  /** Aborts when the present value is good no more: it was rotated, or the job has ended. */
  readonly superseded: AbortSignal;
}

/** What the agent of a job has. */
export interface AgentCredentials {
  all(): readonly AgentCredential[];
  /** Throws an `ArcpError` for an id that none has; without an id unless there is exactly one. */
  one(id?: string): AgentCredential;
}

/** @param wallet `undefined` for a job without credentials */
export function agentCredentials(wallet: () => Wallet | undefined): AgentCredentials {
  const made = new Map<string, AgentCredential>();

  function handle({ id }: Credential): AgentCredential {
    const known = made.get(id);
    if (known !== undefined) return known;
    const purse = (): Wallet => {
      const own = wallet();
      if (own === undefined) throw mistake(`the job of the credential ${id} has ended`);
      return own;
    };
    const current = () => purse().get(id)!;
    const shown = { enumerable: true };
    const credential = Object.defineProperties({} as AgentCredential, {
      id: { value: id, ...shown },
      scheme: { get: () => current().scheme, ...shown },
      endpoint: { get: () => current().endpoint, ...shown },
      profile: { get: () => current().profile, ...shown },
      constraints: { get: () => current().constraints, ...shown },
      // Not enumerable: what is printed or copied is not to hold it.
      value: { get: () => current().value },
      superseded: { get: () => purse().superseded(id) },
    });
    made.set(id, credential);
    return credential;
  }

  const all = () => (wallet()?.current ?? []).map(handle);

  return {
    all,
    one(id) {
      const list = all();
      const found = id === undefined && list.length === 1 ? list[0] : list.find((c) => c.id === id);
      if (found !== undefined) return found;
      const names = list.map((one) => one.id).join(", ") || "none";
      const what = id === undefined ? "there is not exactly one" : `there is no ${id}`;
      throw mistake(`${what} among the credentials of the job; there are: ${names}`);
    },
  };
}

function mistake(text: string): ArcpError {
  return agentMistake(new ArcpError("INVALID_REQUEST", text));
}
