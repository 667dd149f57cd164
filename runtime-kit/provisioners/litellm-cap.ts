import type { CredentialGrant, CredentialRequest } from "../runtime/credentials/provisioner.js";
import { ArcpError } from "../wire/errors.js";
import { isPlain } from "../wire/options.js";
import type { LiteLlmApi } from "./litellm-api.js";

/** What is known of a key, for the one that takes its place; stored with its grant, and no secret. */
interface Book {
  /** By which the proxy is asked what the key has spent. */
  readonly token: string;
  /** What those before it had spent: the proxy counts each key by itself. */
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

  /** A cap in the job's stead, where it has no budget that the proxy could count. */
  function standIn({ budget = {} }: CredentialRequest): number | undefined {
    const others = Object.keys(budget);
    if (maxBudget !== undefined || others.length === 0) return maxBudget;
    const text = `the job's budget is in ${others.join(", ")}, and keys are capped in ${currency} here: ask for a budget in ${currency} too`;
    const details = { namespace: "cost.budget", currency };
    throw new ArcpError("INVALID_REQUEST", text, { details });
  }

  /** What all keys of the job so far have spent, as far as the proxy has booked it. */
  async function spentBy({ replaces, signal }: CredentialRequest): Promise<number> {
    if (replaces === undefined) return 0;
    const { token, spent } = bookOf(replaces);
    return spent + (await api.spent(token, signal));
  }

  return {
    async of(request) {
      const left = request.budget?.[currency];
      const most = left ?? standIn(request);
      if (most === undefined) return { cap: undefined, book: (token) => ({ token, spent: 0 }) };
      const spent = await spentBy(request);
      // What was reported is gone from the runtime's counters already.
      const reported = left === undefined ? 0 : (request.reported[currency] ?? 0);
      const cap = Math.max(0, most - Math.max(0, spent - reported));
      return { cap, book: (token) => ({ token, spent }) };
    },
  };
}

function bookOf({ id, handle }: CredentialGrant): Book {
  const { token, spent } = isPlain(handle) ? handle : {};
  if (typeof token !== "string" || typeof spent !== "number") {
    throw new Error(`LiteLLM: what the key of ${id} has spent is not known`);
  }
  return { token, spent };
}
