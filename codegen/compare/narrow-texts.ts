/** Texts that one schema takes and another does not. */
import { edgesOf, shortest } from "../emit/fixtures/strings.js";
import { formats } from "../model/formats.js";
import { fromPattern } from "../model/language/pattern.js";
import { Unsupported, createWorkshop, difference } from "../model/language/regular.js";
import type { JsonSchema } from "../model/schema.js";
import type { Gap } from "./narrow.js";
import { plural } from "./plural.js";

export function textGaps(w: JsonSchema, r: JsonSchema): Gap[] {
  if (w.type !== "string") return [];
  const gap = (text: string, value: string | undefined): Gap => ({
    text: `refuses ${text}`,
    values: value === undefined ? [] : [value],
    below: [],
  });
  const found: Gap[] = [];
  const pattern = patternOf(r);
  if (pattern !== undefined && pattern !== patternOf(w)) {
    const text = outside(w, pattern);
    const what =
      r.format === undefined ? `what does not match \`${pattern}\`` : `what is no ${r.format}`;
    if (text !== null) found.push(gap(what, text));
  }
  const { minLength = 0, maxLength = Infinity } = r;
  if (maxLength < (w.maxLength ?? Infinity)) {
    const text = ofLength(w, { min: 0, max: maxLength });
    if (text !== null) found.push(gap(`more than ${plural(maxLength, "character")}`, text));
  }
  if (minLength > (w.minLength ?? 0)) {
    const text = ofLength(w, { min: minLength, max: undefined });
    if (text !== null) found.push(gap(`fewer than ${plural(minLength, "character")}`, text));
  }
  return found;
}

/** Whether a text is one that the schema takes. */
export function textFits(schema: JsonSchema, text: string): boolean {
  const { minLength = 0, maxLength = Infinity } = schema;
  const [pattern, length] = [patternOf(schema), [...text].length];
  if (length < minLength || length > maxLength) return false;
  return pattern === undefined || new RegExp(pattern, "u").test(text);
}

function patternOf({ pattern, format }: JsonSchema): string | undefined {
  return pattern ?? formats[format as keyof typeof formats];
}

/** A text of the writer's that does not match; undefined if one is not found, null if there is none. */
function outside(w: JsonSchema, pattern: string): string | undefined | null {
  const own = patternOf(w) ?? `^[\\s\\S]{${w.minLength ?? 0},}$`;
  try {
    const shop = createWorkshop();
    const target = fromPattern(shop, pattern);
    const found = difference(shop, shop.choice(fromPattern(shop, own), target), target);
    return found === undefined ? null : found.text;
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    const [fits, takes] = [new RegExp(own, "u"), new RegExp(pattern, "u")];
    const edges = edgesOf(pattern, shortest(own) ?? "").map(({ text }) => text);
    return edges.find((text) => fits.test(text) && !takes.test(text));
  }
}

interface Lengths {
  readonly min: number;
  readonly max: number | undefined;
}

/** A text of the writer's that is not of these lengths; undefined if one is not found, null if there is none. */
function ofLength(w: JsonSchema, lengths: Lengths): string | undefined | null {
  const own = patternOf(w);
  const wanted = lengths.max === undefined ? lengths.min - 1 : lengths.max + 1;
  if (own === undefined) return "a".repeat(wanted);
  const fits = new RegExp(own, "u");
  const guess = ["a", "0", "A"].map((it) => it.repeat(wanted)).find((text) => fits.test(text));
  if (guess !== undefined) return guess;
  try {
    const shop = createWorkshop();
    const language = fromPattern(shop, own);
    return difference(shop, language, language, lengths)?.text ?? null;
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    return undefined;
  }
}
