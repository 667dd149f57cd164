import { equalInConstantTime } from "../wire/equal.js";
import { isPlain, isToken, kindOf } from "../wire/options.js";
import { printable } from "../wire/text.js";
import { sha256 } from "./secrets.js";

/**
 * Says whom a bearer token stands for; `undefined` for nobody. One that throws counts as `undefined`,
 * and the exception is logged, never sent. §6.1
 */
export type Verifier = (token: string) => string | undefined | Promise<string | undefined>;

/**
 * Verifies against a fixed table, token → principal. Only hashes are kept, all of them are compared,
 * each in constant time: the answer's delay says nothing of any token. Throws a `TypeError` for a table that is none,
 * and for a token or principal that nobody could have.
 */
export function bearer(tokens: Readonly<Record<string, string>>): Verifier {
  checkTable(tokens);
  const table = Promise.all(
    Object.entries(tokens).map(async ([token, principal]) => ({
      hash: await sha256(token),
      principal,
    })),
  );
  return async (token) => {
    const hash = await sha256(token);
    let found: string | undefined;
    for (const row of await table) {
      if (equalInConstantTime(row.hash, hash)) found = row.principal;
    }
    return found;
  };
}

/** No token is told: what is wrong is found by its principal. */
function checkTable(tokens: unknown): void {
  if (!isPlain(tokens)) {
    throw new TypeError(`bearer takes an object, token to principal; got ${kindOf(tokens)}`);
  }
  for (const [token, principal] of Object.entries(tokens)) {
    if (typeof principal !== "string" || principal === "") {
      const given = principal === "" ? "an empty string" : kindOf(principal);
      throw new TypeError(`bearer: a token stands for a principal, a string; got ${given}`);
    }
    if (token === "") throw new TypeError(`bearer: the token of ${printable(principal)} is empty`);
    if (isToken(token)) continue;
    throw new TypeError(`bearer: the token of ${printable(principal)} has control characters`);
  }
}
