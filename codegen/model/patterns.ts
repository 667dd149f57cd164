import { isSafePattern } from "redos-detector";
import { pointerKey } from "../parse/json.js";
import type { JsonSchema } from "./schema.js";
import { isObject, subSchemas } from "./subset.js";

/** A pattern that has more ways to fail at a text is slow; one that can match in one way only has 1. */
const MAX_SCORE = 200;
/** So far it is looked into, in steps. */
const MAX_STEPS = 3000;
/** Each that goes so far takes up to half a second: a spec that is full of them is answered with the first ones. */
const MAX_SLOW = 10;
/** What is looked into as if it were not there. */
const LOOKBEHIND = /\(\?<[=!]/;

/** What is wrong with a pattern. */
export interface BadPattern {
  /** JSON pointer to it, or to the schema of the members that it names. */
  readonly pointer: string;
  readonly reason: string;
  readonly fix: string;
}

/**
 * Looks for patterns that no validator may have. Validators read what strangers send: one text is enough to stop a peer
 * whose pattern goes back at each letter and tries again.
 */
export function patternInspector(): (schema: object) => BadPattern | undefined {
  let slow = 0;
  const wrong = (pattern: string): Verdict => {
    if (slow >= MAX_SLOW && !known.has(pattern)) {
      const reason = `was not looked at, since ${slow} patterns before it are slow`;
      return { reason, fix: "mend those first" };
    }
    const found = judge(pattern);
    if (found?.slow) slow += 1;
    return found;
  };
  return (schema) => {
    for (const { pattern, pointer } of patternsIn(schema)) {
      const found = wrong(pattern);
      if (found !== undefined) return { pointer, ...found };
    }
    return undefined;
  };
}

type Verdict = (Omit<BadPattern, "pointer"> & { readonly slow?: true }) | undefined;

/** The same patterns are looked at for each draft, and for each save of one. */
const known = new Map<string, Verdict>();

function judge(pattern: string): Verdict {
  if (known.has(pattern)) return known.get(pattern);
  const verdict = judgeAnew(pattern);
  known.set(pattern, verdict);
  return verdict;
}

function judgeAnew(pattern: string): Verdict {
  if (!isPattern(pattern)) {
    return { reason: "is no regular expression", fix: "see JSON Schema 2020-12" };
  }
  const limits = { maxScore: MAX_SCORE, maxSteps: MAX_STEPS, timeout: Infinity };
  if (LOOKBEHIND.test(pattern)) return UNJUDGED;
  try {
    const { safe, error } = isSafePattern(pattern, { unicode: true, ...limits });
    if (safe) return undefined;
    const slow = true;
    return error === "hitMaxScore"
      ? {
          reason: `can be kept busy by one text for as long as its sender likes: ${pattern}`,
          fix,
          slow,
        }
      : { reason: `is not shown to be quick in ${MAX_STEPS} steps: ${pattern}`, fix, slow };
  } catch {
    return UNJUDGED;
  }
}

const UNJUDGED: Verdict = {
  reason: "cannot be judged: a text may keep it busy",
  fix: "write it without named groups, modifiers and what looks behind",
};

const fix =
  "write it so that it matches each text in one way only, from ^ on: nothing repeated within what is repeated, what alternatives begin with once";

/** What texts have to match, and names of members. */
function* patternsIn(root: object): Generator<{ pattern: string; pointer: string }, void> {
  for (const { schema, pointer } of subSchemas(root)) {
    const { pattern, patternProperties }: JsonSchema = schema;
    if (typeof pattern === "string") yield { pattern, pointer: `${pointer}/pattern` };
    for (const name of isObject(patternProperties) ? Object.keys(patternProperties) : []) {
      yield { pattern: name, pointer: `${pointer}/patternProperties/${pointerKey(name)}` };
    }
  }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u").unicode;
  } catch {
    return false;
  }
}
