import type { TokenIdentity } from "../runtime/identity.js";
import { isToken } from "../wire/options.js";
import { MAX_PRINCIPAL_LENGTH } from "../wire/text.js";

/** A token's claims, verified. RFC 7519 */
export type Claims = Readonly<Record<string, unknown>>;

/** Which claim is not what it has to be, and why; no value is told. */
export interface Wrong {
  readonly wrong: string;
  readonly reason: string;
}

/** Whom the claims name, or why they name nobody. §6.1 */
export function identityFrom(
  claims: Claims,
  { principal: name, toleranceSec }: { readonly principal: string; readonly toleranceSec: number },
): TokenIdentity | Wrong {
  const principal = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (!isToken(principal) || principal === "" || principal.length > MAX_PRINCIPAL_LENGTH) {
    return { wrong: name, reason: "no principal" };
  }
  const scopes = scopesOf(claims);
  if (scopes === undefined) {
    const wrong = claims["scope"] == null ? "scp" : "scope";
    return { wrong, reason: "no scopes: neither a text of one line nor a list of such" };
  }
  // The end is what the token was verified by: one that was let in is not shut out at once.
  const expiresAt = ((claims["exp"] as number) + toleranceSec) * 1000;
  return { principal, scopes, expiresAt };
}

/**
 * `scope` of OAuth 2.0, a text with spaces (RFC 8693 §4.2), or `scp`, which some issuers write, also as a list. `undefined`
 * for anything else: what an issuer means by it nobody can know, and a policy is told of no words that it did not say.
 */
function scopesOf({ scope, scp }: Claims): string[] | undefined {
  const given: unknown = scope ?? scp ?? "";
  const words: unknown = typeof given === "string" ? given.split(" ") : given;
  if (!Array.isArray(words) || !words.every(isToken)) return undefined;
  return words.filter((word) => word !== "");
}
