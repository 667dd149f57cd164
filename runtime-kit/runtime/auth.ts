import { equalInConstantTime } from "../wire/equal.js";
import { isPlain, isToken, kindOf } from "../wire/options.js";
import { printable } from "../wire/text.js";
import { identityOf } from "./identity.js";
import type { TokenIdentity } from "./identity.js";
import { sha256 } from "./secrets.js";

/** What a verifier says: a principal, more of an identity, or nobody. §6.1 */
export type Verdict = string | TokenIdentity | undefined;

/**
 * Says whom a bearer token stands for; `undefined` for nobody. One that throws refuses this time: the client may try
 * again (AUTH-09), and the exception is logged as an error, never sent. To throw an `ArcpError` of `UNAUTHENTICATED` is to
 * refuse as well, again with `retryable: true`, and is logged as a warning. §6.1
 */
export type Verifier = (token: string) => Verdict | Promise<Verdict>;

/** How the hash of a token is written where the token itself would stand. */
const HASHED = /^sha256:([0-9a-f]{64})$/;

/** Whether a text was meant as the hash of a token, and is not written as one: as a token it would let in nobody who was meant. */
export function isMisspeltHash(token: string): boolean {
  return /^sha-?256:/i.test(token) && !HASHED.test(token);
}

/**
 * Verifies against a fixed table, token → whom it stands for. A token may be written as its hash,
 * `sha256:` and 64 hexadecimal digits in lower case. Only hashes are kept, all of them are compared,
 * each in constant time: the answer's delay says nothing of any token. Throws a `TypeError` for a table that is none,
 * and for a token or principal that nobody could have.
 */
export function bearer(tokens: Readonly<Record<string, string | TokenIdentity>>): Verifier {
  checkTable(tokens);
  const table = Promise.all(
    Object.entries(tokens).map(async ([token, holder]) => ({
      hash: HASHED.exec(token)?.[1] ?? (await sha256(token)),
      holder,
    })),
  );
  return async (token) => {
    const hash = await sha256(token);
    let found: Verdict;
    for (const row of await table) {
      if (equalInConstantTime(row.hash, hash)) found = row.holder;
    }
    return found;
  };
}

/** No token is told: what is wrong is found by its principal. */
function checkTable(tokens: unknown): void {
  if (!isPlain(tokens)) {
    throw new TypeError(`bearer takes an object, token to principal; got ${kindOf(tokens)}`);
  }
  for (const [token, holder] of Object.entries(tokens)) {
    const whose = `the token of ${printable(principalOf(holder))}`;
    if (token === "") throw new TypeError(`bearer: ${whose} is empty`);
    if (!isToken(token)) throw new TypeError(`bearer: ${whose} has control characters`);
    if (!isMisspeltHash(token)) continue;
    const form = "sha256: and 64 hexadecimal digits in lower case";
    throw new TypeError(`bearer: ${whose} is not written as a hash is: ${form}`);
  }
}

function principalOf(holder: unknown): string {
  if (holder === "") {
    throw new TypeError("bearer: a token stands for a principal, a string; got an empty string");
  }
  if (typeof holder !== "string" && !isPlain(holder)) {
    throw new TypeError(`bearer: a token stands for a principal, a string; got ${kindOf(holder)}`);
  }
  try {
    return identityOf(holder)!.principal;
  } catch (error) {
    throw new TypeError(`bearer: ${(error as Error).message}`, { cause: error });
  }
}
