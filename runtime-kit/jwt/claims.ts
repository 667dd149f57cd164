import type { TokenIdentity } from "../runtime/identity.js";
import { isToken } from "../wire/options.js";

/** Longer names are nobody's. */
const MAX_PRINCIPAL = 256;

/** A token's claims, verified. RFC 7519 */
export type Claims = Readonly<Record<string, unknown>>;

/** Whom the claims name, or which claim does not say it. §6.1 */
export function identityFrom(
  claims: Claims,
  { principal: name, toleranceSec }: { readonly principal: string; readonly toleranceSec: number },
): TokenIdentity | { readonly wrong: string } {
  const principal = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (!isToken(principal) || principal === "" || principal.length > MAX_PRINCIPAL) {
    return { wrong: name };
  }
  // The end is what the token was verified by: one that was let in is not shut out at once.
  const expiresAt = ((claims["exp"] as number) + toleranceSec) * 1000;
  return { principal, scopes: scopesOf(claims), expiresAt };
}

/** `scope` of OAuth 2.0, a text with spaces (RFC 8693 §4.2), or `scp`, which some issuers write, also as a list. */
function scopesOf({ scope, scp }: Claims): string[] {
  const given = scope ?? scp;
  const words = Array.isArray(given) ? given : String(given ?? "").split(" ");
  return words.filter((word): word is string => isToken(word) && word !== "");
}
