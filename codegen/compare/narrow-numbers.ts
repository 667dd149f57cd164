/** Numbers that one schema takes and another does not. */
import type { JsonSchema } from "../model/schema.js";
import type { Gap } from "./narrow.js";

export function numberGaps(w: JsonSchema, r: JsonSchema): Gap[] {
  if (w.type !== "integer" && w.type !== "number") return [];
  const whole = w.type === "integer";
  const fits = (schema: JsonSchema, value: number): boolean =>
    numberFault(schema, value) === undefined;
  const bounds = [w, r].flatMap((it) => [
    it.minimum,
    it.maximum,
    it.exclusiveMinimum,
    it["exclusiveMaximum"] as number | undefined,
  ]);
  const near = [0, ...bounds].flatMap((bound) =>
    bound === undefined ? [] : [bound, bound - 1, bound + 1, bound - 0.001, bound + 0.001],
  );
  const shown = new Map<string, number>();
  for (const value of near) {
    if ((whole && !Number.isInteger(value)) || !fits(w, value)) continue;
    const why = numberFault(r, value);
    if (why !== undefined && !shown.has(why)) shown.set(why, value);
  }
  return [...shown].map(([why, value]) => ({
    text: `refuses ${why}`,
    values: [value],
    below: [],
  }));
}

/** What is wrong with a number. */
export function numberFault(schema: JsonSchema, value: number): string | undefined {
  const { minimum, maximum, exclusiveMinimum } = schema;
  const exclusiveMaximum = schema["exclusiveMaximum"] as number | undefined;
  if (schema.type === "integer" && !Number.isInteger(value)) return "fractions";
  if (minimum !== undefined && value < minimum) return `numbers below ${minimum}`;
  if (maximum !== undefined && value > maximum) return `numbers above ${maximum}`;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return `numbers not above ${exclusiveMinimum}`;
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    return `numbers not below ${exclusiveMaximum}`;
  }
  return undefined;
}
