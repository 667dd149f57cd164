import { positionIn } from "../build.js";
import { subSchemas } from "../subset.js";
import type { Rule } from "./rule.js";

/** Keywords that hold a number which nothing may exceed. */
const BOUNDS = ["maxLength", "maximum", "maxItems", "maxProperties"] as const;

/** "At most `max_id_length` characters." */
const NAMED = /\bat most `(\w+)`/gi;

/** What a schema says to be bounded by a limit is bounded by its number. Without a bound, others see to it. */
export const limitRules: Rule = ({ limits, schemas }, report) => {
  const values = new Map(limits.map(({ name, value }) => [name, value]));
  for (const text of schemas.values()) {
    for (const { schema, pointer } of subSchemas(text.schema)) {
      const keyword = BOUNDS.find((it) => schema[it] !== undefined);
      if (keyword === undefined || typeof schema.description !== "string") continue;
      for (const [, name = ""] of schema.description.matchAll(NAMED)) {
        const value = values.get(name);
        if (value === undefined || value === schema[keyword]) continue;
        const position = positionIn(text, `${pointer}/${keyword}`);
        const message = `${text.of} takes at most ${String(schema[keyword])} here, and ${name}, which its description names, is ${value}`;
        report("limit-mismatch", position, message, "mend the schema or the table of limits");
      }
    }
  }
};
