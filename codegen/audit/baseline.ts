/**
 * Differences that somebody has read and accepted, each with the reason. Sentences of a draft are not ours to repeat, so
 * one is named by its fingerprint, with our requirements that say it. What no longer happens has to go: a list of
 * excuses that nobody needs hides the next difference.
 */
import { isObject } from "../model/subset.js";

export interface Baseline {
  readonly revision: string;
  readonly accepted: readonly Accepted[];
  readonly sentences: readonly Reviewed[];
}

/** Differences with one reason in common. */
interface Accepted {
  readonly reason: string;
  readonly keys: readonly string[];
}

/** Sentences that a person has read, with one reason in common. */
export interface Reviewed {
  readonly reason: string;
  /** By the fingerprint of its text, our requirements that say it; none if it asks nothing of an implementation. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
}

/** Where the baseline of a revision stands, from the root. */
export const baselinePath = (revision: string): string => `codegen/baselines/${revision}.json`;

/** Without any: everything is a difference. */
export const noBaseline = (revision: string): Baseline => ({
  revision,
  accepted: [],
  sentences: [],
});

/** Reads a baseline. Throws a message that says what is wrong and where. */
export function parseBaseline(path: string, text: string, revision: string): Baseline {
  const fail = (where: string, what: string): never => {
    throw new Error(`${path}: ${where} ${what}; its form stands in docs/auditing-a-draft.md`);
  };
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    fail("the file", `is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const root = isObject(read) ? read : fail("the file", "is no object");
  if (root["revision"] !== revision)
    fail("revision", `is ${JSON.stringify(root["revision"])}, not "${revision}"`);
  const keys = new Set<string>();
  const once = (key: string, where: string): void => {
    if (keys.has(key)) fail(where, `repeats ${key}`);
    keys.add(key);
  };
  const textOf = (value: unknown, where: string): string =>
    typeof value === "string" && value.trim() !== "" ? value : fail(where, "has to be text");
  const textsOf = (value: unknown, where: string): string[] =>
    Array.isArray(value)
      ? value.map((item, index) => textOf(item, `${where}/${index}`))
      : fail(where, "has to be a list");
  const listOf = (value: unknown, where: string): Record<string, unknown>[] =>
    Array.isArray(value) && value.every(isObject)
      ? value
      : fail(where, "has to be a list of objects");

  return {
    revision,
    accepted: listOf(root["accepted"], "accepted").map((entry, index) => {
      const where = `accepted/${index}`;
      const listed = textsOf(entry["keys"], `${where}/keys`);
      for (const key of listed) once(key, where);
      return { reason: textOf(entry["reason"], `${where}/reason`), keys: listed };
    }),
    sentences: listOf(root["sentences"], "sentences").map((entry, index) => {
      const where = `sentences/${index}`;
      const listed: unknown = entry["ids"];
      if (!isObject(listed)) return fail(`${where}/ids`, "has to be an object");
      const ids = Object.entries(listed).map(([sentence, named]) => {
        if (!/^[0-9a-f]{16}$/.test(sentence))
          fail(`${where}/ids`, `${sentence} is no fingerprint of 16 digits`);
        once(sentence, where);
        return [sentence, textsOf(named, `${where}/ids/${sentence}`)] as const;
      });
      return { reason: textOf(entry["reason"], `${where}/reason`), ids: Object.fromEntries(ids) };
    }),
  };
}
