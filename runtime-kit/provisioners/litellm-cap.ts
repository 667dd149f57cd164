import type { CredentialGrant, CredentialRequest } from "../runtime/credentials/provisioner.js";
import { ArcpError } from "../wire/errors.js";
import { isPlain } from "../wire/options.js";
import type { LiteLlmApi } from "./litellm-api.js";

/**
 * What is known of a key, for the one that takes its place; stored with its grant, and no secret. The proxy counts key by
 * key: without this each would have the whole budget anew.
 */
interface Book {
  /** By which the proxy is asked what the key has spent. */
  readonly token: string;
  /** What all keys of the job may spend together; absent for no bound. */
  readonly cap?: number;
  /** What those before it had spent. */
  readonly spent: number;
}

/** The cap of a key, and what is to be kept once it has a name. */
export interface Cap {
  readonly cap: number | undefined;
  readonly book: (token: string) => Book;
}

export interface Caps {
  /** Rejects where the proxy could not cap the key, or does not tell what the one before it has spent. */
  of(request: CredentialRequest): Promise<Cap>;
}

export function createCaps(
  api: Pick<LiteLlmApi, "spent">,
  options: { readonly currency: string; readonly maxBudget: number | undefined },
): Caps {
  const { currency, maxBudget } = options;

  /** What the job has left by the runtime's own counters (CRED-20); below zero is nothing. */
  function leftOf({ budget = {} }: CredentialRequest): number | undefined {
    const left = budget[currency];
    if (left !== undefined) return Math.max(0, left);
    const others = Object.keys(budget);
    if (maxBudget !== undefined || others.length === 0) return maxBudget;
    const text = `the job's budget is in ${others.join(", ")}, and keys are capped in ${currency} here: ask for a budget in ${currency} too`;
    throw new ArcpError("INVALID_REQUEST", text, {
      details: { namespace: "cost.budget", currency },
    });
  }

  return {
    async of(request) {
      const left = leftOf(request);
      const { replaces, signal } = request;
      const former = replaces && bookOf(replaces);
      const cap = former === undefined ? left : former.cap;
      if (former === undefined || cap === undefined) {
        return { cap: left, book: (token) => bookWith(token, left, 0) };
      }
      const spent = former.spent + (await api.spent(former.token, signal));
      const most = Math.max(0, cap - spent);
      return {
        cap: Math.min(left ?? most, most),
        book: (token) => bookWith(token, cap, spent),
      };
    },
  };
}

function bookWith(token: string, cap: number | undefined, spent: number): Book {
  return cap === undefined ? { token, spent } : { token, cap, spent };
}

function bookOf({ id, handle }: CredentialGrant): Book {
  const { token, cap, spent } = isPlain(handle) ? handle : {};
  if (typeof token !== "string" || typeof spent !== "number") {
    throw new Error(`LiteLLM: what the key of ${id} has spent is not known`);
  }
  return bookWith(token, typeof cap === "number" ? cap : undefined, spent);
}
