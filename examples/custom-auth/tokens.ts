/** Tokens that carry whom they stand for and how long: `<claims>.<signature>`, both in base64url, signed by HMAC. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** What a token says. */
interface Claims {
  readonly principal: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Signs the claims. Whoever has the key can let anybody in. */
export function issue(claims: Claims, key: string): string {
  const text = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${text}.${signatureOf(text, key).toString("base64url")}`;
}

/** Whom the token stands for at the time `now`; `undefined` if it is forged, damaged or expired. */
export function principalOf(token: string, key: string, now: number): string | undefined {
  const [text = "", signature = "", ...more] = token.split(".");
  const given = Buffer.from(signature, "base64url");
  const wanted = signatureOf(text, key);
  // In constant time, so that its delay does not tell how much of a signature was right. Only then is it read.
  if (more.length > 0 || given.length !== wanted.length) return undefined;
  if (!timingSafeEqual(given, wanted)) return undefined;
  const claims = JSON.parse(Buffer.from(text, "base64url").toString()) as Claims;
  return now < claims.expiresAt ? claims.principal : undefined;
}

function signatureOf(text: string, key: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
