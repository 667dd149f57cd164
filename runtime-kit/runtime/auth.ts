import { equalInConstantTime } from "../wire/equal.js";
import { sha256 } from "./secrets.js";

/**
 * Says whom a bearer token stands for; `undefined` for nobody. One that throws counts as `undefined`,
 * and the exception is logged, never sent. §6.1
 */
export type Verifier = (token: string) => string | undefined | Promise<string | undefined>;

/**
 * Verifies against a fixed table, token → principal. Only hashes are kept, all of them are compared,
 * each in constant time: the answer's delay says nothing of any token.
 */
export function bearer(tokens: Readonly<Record<string, string>>): Verifier {
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
