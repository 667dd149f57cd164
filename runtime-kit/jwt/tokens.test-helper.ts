/** An issuer of tokens with real keys, also of tokens that nobody honest issues. */
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** 2026-01-01, as the test clock begins. */
export const NOW_SEC = Date.UTC(2026, 0) / 1000;
export const SECRET = "a secret of at least thirty-two bytes, for tests";
export const ISSUER = "https://issuer.example.com/";
export const AUDIENCE = "arcp";

export const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** A public key as an issuer publishes it. */
export function jwkOf(key: KeyObject, more: object = {}): Record<string, unknown> {
  return { ...key.export({ format: "jwk" }), ...more };
}

export function pemOf(key: KeyObject): string {
  return key.export({ format: "pem", type: "spki" }) as string;
}

/** Claims of Ada's, good for a minute. */
export const ADA = {
  sub: "ada",
  iss: ISSUER,
  aud: AUDIENCE,
  exp: NOW_SEC + 60,
};

const part = (value: object | string): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A token with this header, these claims, and the signature that the function makes. */
export function tokenOf(
  header: object,
  claims: object | string,
  signature: (text: string) => Buffer,
): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${signature(text).toString("base64url")}`;
}

export const hmac =
  (secret: string | Buffer) =>
  (text: string): Buffer =>
    createHmac("sha256", secret).update(text).digest();

export const rs256 =
  (key: KeyObject) =>
  (text: string): Buffer =>
    sign("sha256", Buffer.from(text), key);

const es256 =
  (key: KeyObject) =>
  (text: string): Buffer =>
    sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });

/** Signed with the secret. */
export function hsToken(claims: object | string = ADA, header: object = {}): string {
  return tokenOf({ alg: "HS256", ...header }, claims, hmac(SECRET));
}

/** Signed with the RSA key. */
export function rsToken(claims: object = ADA, header: object = {}): string {
  return tokenOf({ alg: "RS256", ...header }, claims, rs256(rsa.privateKey));
}

/** Signed with the key on P-256. */
export function esToken(claims: object = ADA, header: object = {}): string {
  return tokenOf({ alg: "ES256", ...header }, claims, es256(ec.privateKey));
}

/** A log of which a test reads the fields. */
export function journal() {
  const lines: Record<string, unknown>[] = [];
  const write = (fields: object, message: string) => void lines.push({ ...fields, message });
  return { lines, logger: { debug: write, info: write, warn: write, error: write } };
}
