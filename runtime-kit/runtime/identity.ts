import type { Verified } from "../sessions/connection.js";
import { isPlain, isToken, kindOf } from "../wire/options.js";
import type { Identity } from "./policy.js";

/** Whom a token stands for, what for, and how long. §6.1 */
export interface TokenIdentity {
  readonly principal: string;
  /** Words of the deployment that policies are told; none by default. */
  readonly scopes?: readonly string[];
  /**
   * When the token ends, in milliseconds since the epoch. Then its connection is closed with a retryable
   * `UNAUTHENTICATED`, and its session waits to be resumed with another token; jobs run on. AUTH-10
   */
  readonly expiresAt?: number | undefined;
}

/** A principal of whom nothing more is known. */
export function unscoped(principal: string): Identity {
  return { principal, scopes: [] };
}

/**
 * What a verifier gave, in full. Throws a `TypeError` for what is neither a principal nor an identity: a verifier that
 * slipped has not decided (AUTH-06).
 */
export function identityOf(given: unknown): Verified | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "string") return identityOf({ principal: given });
  const { principal, scopes = [], expiresAt } = isPlain(given) ? given : {};
  if (typeof principal !== "string" || principal === "") {
    throw new TypeError(`a verifier gives a principal, a string; it gave ${kindOf(given)}`);
  }
  // It stands in logs and lists, where a line end would look like another line.
  if (!isToken(principal)) throw new TypeError("a principal has no control characters");
  if (!Array.isArray(scopes) || scopes.some((scope) => typeof scope !== "string")) {
    throw new TypeError("the scopes that a verifier gives are an array of strings");
  }
  if (expiresAt !== undefined && (typeof expiresAt !== "number" || Number.isNaN(expiresAt))) {
    throw new TypeError("expiresAt, as a verifier gives it, is in milliseconds since the epoch");
  }
  return { principal, scopes: scopes as readonly string[], expiresAt };
}
