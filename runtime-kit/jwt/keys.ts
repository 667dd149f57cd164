/** The key that a token is verified with: chosen by us, and only among several of one issuer by the token's `kid`. */
import type { CryptoKey, JWK, JWTHeaderParameters } from "jose";
import type { Jose } from "./jose.js";
import type { Jwk, JwkSet } from "./options.js";

/** What tokens may be signed with, and how their keys are found. */
export interface Keys {
  readonly algorithms: readonly string[];
  readonly find: (header: JWTHeaderParameters) => Promise<CryptoKey | Uint8Array>;
}

/** RFC 7518 §3.2: as long as the hash. */
const MIN_SECRET_BYTES = 32;
const MIN_RSA_BITS = 2048;

/** How a key begins that is no secret: in PEM, in OpenSSH's form, or its DER in base64 as some issuers show it. */
const PUBLISHED =
  /^(?:-----BEGIN |(?:ssh|ecdsa)-[\w-]+ AAAA|MII[\w+/]{0,40}BgkqhkiG9w0BAQ|MFkwEwYHKoZIzj0C)/;

/** Whoever has the key of an issuer could sign with it, and many have it. */
function isPublished(secret: string): boolean {
  const text = secret.trim();
  if (PUBLISHED.test(text)) return true;
  if (!text.startsWith("{")) return false;
  try {
    const value = JSON.parse(text) as Jwk;
    return value["kty"] !== undefined || value["keys"] !== undefined;
  } catch {
    return false;
  }
}

export function secretKey(secret: string | Uint8Array): Keys {
  const text = typeof secret === "string" ? secret : new TextDecoder().decode(secret);
  if (isPublished(text)) {
    throw new TypeError(
      "jwt: secret is a key in PEM or a JWK, not a secret: give the public one as publicKey, a set as jwks",
    );
  }
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  if (bytes.byteLength < MIN_SECRET_BYTES) {
    throw new TypeError(`jwt: secret has ${bytes.byteLength} bytes; at least 32 cannot be guessed`);
  }
  return { algorithms: ["HS256"], find: async () => bytes };
}

/** The algorithm is the key's: the first that takes it. */
export async function publicKey(jose: Jose, given: string | Jwk): Promise<Keys> {
  const load = typeof given === "string" ? pemLoader(jose, given.trim()) : jwkLoader(jose, given);
  for (const algorithm of ["RS256", "ES256"]) {
    const key = await load(algorithm).catch(() => undefined);
    if (key === undefined) continue;
    const { modulusLength } = key.algorithm as { readonly modulusLength?: number };
    if (modulusLength !== undefined && modulusLength < MIN_RSA_BITS) {
      throw new TypeError(`jwt: publicKey has ${modulusLength} bits; RS256 takes 2048 or more`);
    }
    return { algorithms: [algorithm], find: async () => key };
  }
  throw new TypeError("jwt: publicKey is neither an RSA key nor one on the curve P-256");
}

type Loader = (algorithm: string) => Promise<CryptoKey>;

function pemLoader(jose: Jose, pem: string): Loader {
  const [, label = ""] = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem) ?? [];
  if (label === "PUBLIC KEY") return (algorithm) => jose.importSPKI(pem, algorithm);
  if (label === "CERTIFICATE") return (algorithm) => jose.importX509(pem, algorithm);
  if (label.endsWith("PRIVATE KEY")) throw new TypeError(PRIVATE);
  throw new TypeError(
    "jwt: publicKey is not in PEM: it begins with -----BEGIN PUBLIC KEY----- or -----BEGIN CERTIFICATE-----",
  );
}

function jwkLoader(jose: Jose, jwk: Jwk): Loader {
  if (isPrivate(jwk)) throw new TypeError(PRIVATE);
  return async (algorithm) => {
    const key = await jose.importJWK(jwk as JWK, algorithm);
    if (key instanceof Uint8Array) throw new TypeError("a symmetric key is no public key");
    return key;
  };
}

const PRIVATE = "jwt: publicKey is a private key; give the public one, which cannot issue tokens";

function isPrivate(jwk: Jwk): boolean {
  return jwk["d"] !== undefined || jwk["kty"] === "oct";
}

/** What a set of public keys can verify. */
export const SET_ALGORITHMS = ["RS256", "ES256"];

/**
 * Finds keys in a set, by kind and `kid`; symmetric and private ones are passed over. Throws a `TypeError` for a set without
 * a usable one.
 */
export function keySet(jose: Jose, { keys }: JwkSet): Keys["find"] {
  const usable = keys.filter(
    (jwk) => !isPrivate(jwk) && ["RSA", "EC"].includes(String(jwk["kty"])),
  );
  if (usable.length === 0) throw new TypeError("jwt: there is no public RSA or EC key in jwks");
  return jose.createLocalJWKSet({ keys: usable as unknown as JWK[] });
}
