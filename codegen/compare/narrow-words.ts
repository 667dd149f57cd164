/** Words of enumerations that one schema takes and another does not. */
import type { JsonSchema } from "../model/schema.js";
import type { Gap } from "./narrow.js";
import { numberFault } from "./narrow-numbers.js";
import { textFits } from "./narrow-texts.js";
import type { Side } from "./side.js";

/** Of enumerations on either side; undefined where neither is bound to words. */
export function wordGaps(writer: Side, w: JsonSchema, r: JsonSchema): Gap[] | undefined {
  const [said, taken] = [enumerated(w), enumerated(r)];
  if (said === undefined && taken === undefined) return undefined;
  const refused = (word: unknown): boolean =>
    taken === undefined ? !fits(r, word) : !taken.includes(word);
  const missing = (said ?? others(writer, w, taken ?? [])).filter(refused);
  if (missing.length === 0 && said !== undefined) return [];
  const which = said === undefined ? "other words" : missing.map((it) => `\`${it}\``).join(", ");
  const whole = missing.length === said?.length;
  return [{ text: `refuses ${which}`, values: missing, below: [], whole }];
}

/** The words that a schema is bound to; undefined where it is bound to none. */
export function enumerated({
  const: only,
  enum: words,
}: JsonSchema): readonly unknown[] | undefined {
  return only === undefined ? words : [only];
}

/** Values of a writer that is bound to no words. What its schema refuses is not shown to anybody. */
function others(writer: Side, w: JsonSchema, taken: readonly unknown[]): unknown[] {
  const more = taken.map((it) => (typeof it === "number" ? it + 1 : `${String(it)}a`));
  return [
    ...new Set([...(w.type === "string" ? ["tomorrow"] : []), writer.sample(w, "word"), ...more]),
  ];
}

function fits(r: JsonSchema, word: unknown): boolean {
  if (typeof word === "string") return textFits(r, word);
  return typeof word === "number" ? numberFault(r, word) === undefined : true;
}
