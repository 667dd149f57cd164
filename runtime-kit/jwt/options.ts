import { aFunction, aNumber, aString, anObject, checkOptions, isPlain } from "../wire/options.js";
import type { Check, Checks } from "../wire/options.js";
import type { Logger } from "../wire/logger.js";
import type { Clock } from "../wire/time.js";

/** A key as JSON. RFC 7517 */
export type Jwk = Readonly<Record<string, unknown>>;

/** Several keys as JSON. RFC 7517 §5 */
export interface JwkSet {
  readonly keys: readonly Jwk[];
}

/** The keys that tokens are verified with. */
interface JwtKeys {
  /** HS256: at least 32 bytes; a string stands for its UTF-8. Whoever knows it can issue tokens. */
  readonly secret: string | Uint8Array;
  /** RS256 (2048 bits or more) or ES256, by its kind: SPKI or a certificate in PEM, or a JWK. */
  readonly publicKey: string | Jwk;
  /**
   * RS256 and ES256: the keys themselves, or where their issuer publishes them: `https:`, or `http:` on this machine.
   * They are fetched when they are needed, and again after ten minutes, and at most every 30 s for a `kid` that is
   * none of theirs. While the issuer does not answer, those that there are stay good for a day.
   */
  readonly jwks: string | URL | JwkSet;
}

/** Whose tokens are let in. Required but with `secret`: others' keys sign for others too. */
interface JwtNames {
  /** What `iss` must be, or one of what. */
  readonly issuer: string | readonly string[];
  /** What `aud` must be or hold, or one of what. */
  readonly audience: string | readonly string[];
}

/** What goes with any key. */
interface JwtMore {
  /** The claim that names the principal. Default `sub`. */
  readonly principal?: string;
  /** How far the issuer's clock and ours may be apart, in seconds. Default 5. */
  readonly toleranceSec?: number;
  /** Told why a token was refused, and that keys could not be fetched; never a token. */
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Fetches the keys; the platform's by default. */
  readonly fetch?: typeof fetch;
}

type Only<Key extends keyof JwtKeys> = Pick<JwtKeys, Key> & {
  readonly [Other in Exclude<keyof JwtKeys, Key>]?: never;
};

/**
 * How tokens are verified. Exactly one of `secret`, `publicKey` and `jwks` is given, and it fixes the algorithms: no
 * token has a say in them. `issuer` and `audience` may be left out with a `secret` only.
 */
export type JwtOptions = JwtMore &
  ((Only<"secret"> & Partial<JwtNames>) | ((Only<"publicKey"> | Only<"jwks">) & JwtNames));

const names: Check = [
  "a string or an array of strings, none of them empty",
  (value) => [value].flat().length > 0 && [value].flat().every(isName),
];

const CHECKS: Checks<JwtKeys & JwtNames & JwtMore> = {
  secret: [
    "a string or bytes",
    (value) => typeof value === "string" || value instanceof Uint8Array,
  ],
  publicKey: ["a key in PEM or a JWK", (value) => typeof value === "string" || isPlain(value)],
  jwks: [
    "a URL, or an object with keys",
    (value) => typeof value === "string" || value instanceof URL || isJwkSet(value),
  ],
  issuer: names,
  audience: names,
  principal: ["the name of a claim", isName],
  toleranceSec: aNumber,
  logger: anObject,
  clock: anObject,
  fetch: aFunction,
};

/** Throws a `TypeError` for options of `jwt` that are none, or that would let in whom nobody meant. */
export function checkJwt(options: JwtOptions): void {
  checkOptions("jwt", options, CHECKS);
  const sources = [options.secret, options.publicKey, options.jwks];
  if (sources.filter((source) => source !== undefined).length !== 1) {
    throw new TypeError("jwt: give one of secret, publicKey and jwks");
  }
  if (options.secret !== undefined) return;
  for (const name of ["issuer", "audience"] as const) {
    if (options[name] !== undefined) continue;
    throw new TypeError(
      `jwt: ${name} is missing: such keys sign tokens for others too, which would be let in here`,
    );
  }
}

export function isJwkSet(value: unknown): value is JwkSet {
  return isPlain(value) && Array.isArray(value["keys"]) && value["keys"].every(isPlain);
}

function isName(value: unknown): boolean {
  return aString[1](value) && value !== "";
}
