/** `arcp/jwt`: a verifier of JSON Web Tokens. Needs the package `jose`. */
import type { Verifier } from "../runtime/auth.js";
import { systemClock } from "../transports/system.js";
import { silentLogger } from "../wire/logger.js";
import { identityFrom } from "./claims.js";
import { loadJose } from "./jose.js";
import type { Jose } from "./jose.js";
import { SET_ALGORITHMS, keySet, publicKey, secretKey } from "./keys.js";
import type { Keys } from "./keys.js";
import { checkJwt, isJwkSet } from "./options.js";
import type { JwtOptions } from "./options.js";
import { remoteKeys } from "./remote-keys.js";

export type { Jwk, JwkSet, JwtOptions } from "./options.js";

/**
 * Makes a verifier of JSON Web Tokens: signed with the algorithm of the configured key, not expired, from the issuer, for the
 * audience. It gives the principal, the scopes of `scope` or `scp`, and the end of the token, at which its
 * connection ends (AUTH-10). `crit` is refused, and keys that a token brings or points at (`jwk`, `jku`, `x5c`,
 * `x5u`) are not looked at. Rejects with a `TypeError` for options that are none, and with an `Error` where
 * `jose` is not installed. The verifier throws, so that the client may try again, while the issuer's keys
 * cannot be fetched. §6.1
 */
export async function jwt(options: JwtOptions): Promise<Verifier> {
  checkJwt(options);
  const jose = await loadJose();
  const { principal = "sub", toleranceSec = 5, logger = silentLogger } = options;
  const clock = options.clock ?? systemClock();
  const keys = await keysOf(jose, options);
  const fixed = {
    algorithms: [...keys.algorithms],
    requiredClaims: ["exp", principal],
    clockTolerance: toleranceSec,
    ...(options.issuer === undefined ? {} : { issuer: [options.issuer].flat() }),
    ...(options.audience === undefined ? {} : { audience: [options.audience].flat() }),
  };

  return async (token) => {
    try {
      const checks = { ...fixed, currentDate: new Date(clock.wall()) };
      const { payload } = await jose.jwtVerify(token, findWith(jose, keys), checks);
      const identity = identityFrom(payload, { principal, toleranceSec });
      if (!("wrong" in identity)) return identity;
      logger.warn({ reason: identity.reason, claim: identity.wrong }, "token refused");
    } catch (error) {
      if (!(error instanceof jose.errors.JOSEError)) throw error;
      const { code, claim } = error as { code: string; claim?: unknown };
      logger.warn({ reason: code, ...(claim === undefined ? {} : { claim }) }, "token refused");
    }
    return undefined;
  };
}

/** No extension is understood here, and one that is critical must be (RFC 7515 §4.1.11). */
function findWith(jose: Jose, { find }: Keys): Keys["find"] {
  return async (header) => {
    if (header.crit !== undefined) throw new jose.errors.JOSENotSupported("crit is not understood");
    return find(header);
  };
}

async function keysOf(jose: Jose, options: JwtOptions): Promise<Keys> {
  const { secret, jwks, clock = systemClock(), logger = silentLogger } = options;
  if (secret !== undefined) return secretKey(secret);
  if (jwks === undefined) return publicKey(jose, options.publicKey!);
  if (isJwkSet(jwks)) return { algorithms: SET_ALGORITHMS, find: keySet(jose, jwks) };
  const fetching = options.fetch ?? fetch;
  return {
    algorithms: SET_ALGORITHMS,
    find: remoteKeys(jwks, { jose, clock, logger, fetch: fetching }),
  };
}
