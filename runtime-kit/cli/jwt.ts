/** `arcp serve --jwt-…`: whom it lets in by JSON Web Tokens. */
import type { Command } from "commander";
import { jwt } from "../jwt/index.js";
import type { Jwk, JwkSet, JwtOptions } from "../jwt/index.js";
import type { Verifier } from "../runtime/auth.js";
import type { Logger } from "../wire/logger.js";
import { describeFault, parseJson } from "./json-text.js";
import { collect, readText } from "./options.js";
import { UsageError } from "./report.js";

/** What the command line says of them. */
export interface JwtCommand {
  readonly jwtKeys?: string;
  readonly jwtSecretFile?: string;
  readonly jwtIssuer?: readonly string[];
  readonly jwtAudience?: readonly string[];
}

/** The attributes of these options. */
export const JWT_OPTIONS = ["jwtKeys", "jwtSecretFile", "jwtIssuer", "jwtAudience"] as const;

/** Adds the options. */
export function addJwt(command: Command): void {
  command
    .option(
      "--jwt-keys <keys>",
      "lets in JSON Web Tokens, RS256 or ES256, by these keys: a JWKS at a URL or in a file, a JWK, or PEM",
    )
    .option("--jwt-secret-file <file>", "lets in JSON Web Tokens, HS256, by the secret in a file")
    .option("--jwt-issuer <iss>", "who issues them; with --jwt-keys; may be repeated", collect)
    .option("--jwt-audience <aud>", "whom they are for; with --jwt-keys; may be repeated", collect);
}

/** The verifier that the options mean; `undefined` where there are none of them. */
export async function jwtOf(options: JwtCommand, logger: Logger): Promise<Verifier | undefined> {
  const { jwtKeys, jwtSecretFile, jwtIssuer: issuer, jwtAudience: audience } = options;
  const given = JWT_OPTIONS.filter((name) => options[name] !== undefined);
  if (given.length === 0) return undefined;
  if ((jwtKeys === undefined) === (jwtSecretFile === undefined)) {
    throw new UsageError("--jwt-…: give --jwt-keys or --jwt-secret-file, one of them");
  }
  if (jwtKeys === undefined) {
    const names = { ...(issuer && { issuer }), ...(audience && { audience }) };
    return verifierOf({ ...(await secretOf(jwtSecretFile!)), ...names, logger });
  }
  if (issuer === undefined || audience === undefined) {
    throw new UsageError(
      "--jwt-keys goes with --jwt-issuer and --jwt-audience: such keys sign tokens for others too",
    );
  }
  return verifierOf({ ...(await keysOf(jwtKeys)), issuer, audience, logger });
}

function verifierOf(options: JwtOptions): Promise<Verifier> {
  return jwt(options).catch((error: Error) => {
    throw new UsageError(`--jwt-…: ${error.message}`, { cause: error });
  });
}

/** Both verifiers, the cheaper one first. */
export function either(first: Verifier, second: Verifier | undefined): Verifier {
  if (second === undefined) return first;
  return async (token) => (await first(token)) ?? second(token);
}

/** A line end, as editors leave it, is no part of a secret. */
async function secretOf(file: string): Promise<{ readonly secret: string }> {
  return { secret: (await readText(file, "--jwt-secret-file")).replace(/\r?\n$/, "") };
}

async function keysOf(
  place: string,
): Promise<{ readonly jwks: string | JwkSet } | { readonly publicKey: string | Jwk }> {
  if (/^https?:/i.test(place)) return { jwks: place };
  const text = await readText(place, "--jwt-keys");
  if (!text.trimStart().startsWith("{")) return { publicKey: text };
  const parsed = parseJson(text);
  if (!parsed.ok) {
    throw new UsageError(`--jwt-keys ${place}: it is not JSON: ${describeFault(parsed.fault)}`);
  }
  const json = parsed.value as JwkSet | Jwk;
  return "keys" in json ? { jwks: json as JwkSet } : { publicKey: json };
}
