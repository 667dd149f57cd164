import type { Verified } from "../sessions/connection.js";
import { isPlain, isToken, kindOf } from "../wire/options.js";
import { MAX_PRINCIPAL_LENGTH } from "../wire/text.js";
import type { Identity } from "./policy.js";

/** Whom a token stands for, what for, and how long; another member is none, and lets nobody in. §6.1 */
export interface TokenIdentity extends Misspelt {
  readonly principal: string;
  /** Words of the deployment that policies are told; none by default. */
  readonly scopes?: readonly string[];
  /**
   * When the token ends, in milliseconds since the epoch. Then its connection is closed with a retryable
   * `UNAUTHENTICATED`, and its session waits to be resumed with another token; jobs run on. AUTH-10
   */
  readonly expiresAt?: number | undefined;
}

/** Names of other tables. The compiler lets a function return what is too much, and a limit under a wrong name is none. */
interface Misspelt {
  readonly scope?: never;
  readonly exp?: never;
  readonly expires?: never;
  readonly expires_at?: never;
}

/** A principal of whom nothing more is known. */
export function unscoped(principal: string): Identity {
  return Object.freeze({ principal, scopes: Object.freeze([]) });
}

/**
 * What a verifier gave, in full; frozen, since policies are told. Throws a `TypeError` for what is neither a principal nor an
 * identity: a verifier that slipped has not decided (AUTH-06).
 */
export function identityOf(given: unknown): Verified | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "string") return identityOf({ principal: given });
  const { principal, scopes = [], expiresAt, ...others } = isPlain(given) ? given : {};
  if (typeof principal !== "string" || principal === "") {
    throw new TypeError(`a verifier gives a principal, a string; it gave ${kindOf(given)}`);
  }
  const [other] = Object.keys(others);
  if (other !== undefined) {
    const name = JSON.stringify(other);
    throw new TypeError(`a verifier gives principal, scopes and expiresAt; there is no ${name}`);
  }
  // It stands in logs and lists, where a line end would look like another line.
  if (!isToken(principal)) throw new TypeError("a principal has no control characters");
  if (principal.length > MAX_PRINCIPAL_LENGTH) {
    const has = `a principal has at most ${MAX_PRINCIPAL_LENGTH} characters`;
    throw new TypeError(`${has}; this one has ${principal.length}`);
  }
  if (!Array.isArray(scopes) || scopes.some((scope) => typeof scope !== "string")) {
    throw new TypeError("the scopes that a verifier gives are an array of strings");
  }
  checkEnd(expiresAt);
  return Object.freeze({ principal, scopes: Object.freeze([...(scopes as string[])]), expiresAt });
}

function checkEnd(expiresAt: unknown): asserts expiresAt is number | undefined {
  if (expiresAt === undefined) return;
  const unit = "expiresAt, as a verifier gives it, is in milliseconds since the epoch";
  if (typeof expiresAt !== "number" || Number.isNaN(expiresAt)) throw new TypeError(unit);
  if (expiresAt < SECONDS_FROM || expiresAt > SECONDS_TO) return;
  throw new TypeError(`${unit}; ${expiresAt} looks like seconds: multiply by 1000`);
}

/** Of seconds the years 2001 to 5138; of milliseconds some weeks of 1970 to 1973, when no token of this protocol ended. */
const [SECONDS_FROM, SECONDS_TO] = [1e9, 1e11];
