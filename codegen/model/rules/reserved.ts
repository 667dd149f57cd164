import { pointerKey } from "../../parse/json.js";
import { positionIn } from "../build.js";
import { subSchemas } from "../subset.js";
import type { Rule } from "./rule.js";

/** Words that the text of a validator is rewritten by (`emit/validate/distil.ts`). */
const RESERVED =
  /\b(?:vErrors|schemaPath|instancePath|require|(?:validate|schema|func|formats|pattern|err|_errs)\d+)\b/;

/**
 * A member or a constant that reads like a name in a validator would be rewritten with it, and the validator would
 * check something else. Refused, so that the rewriting never has to tell the two apart.
 */
export const reservedNameRules: Rule = ({ schemas }, report) => {
  for (const text of schemas.values()) {
    for (const { schema, pointer } of subSchemas(text.schema)) {
      const said: [place: string, word: string][] = [
        ...Object.keys(schema.properties ?? {}).map((name): [string, string] => [
          `properties/${pointerKey(name)}`,
          name,
        ]),
        ...(["const", "enum"] as const).flatMap((keyword): [string, string][] =>
          schema[keyword] === undefined ? [] : [[keyword, JSON.stringify(schema[keyword])]],
        ),
      ];
      for (const [place, word] of said) {
        const found = RESERVED.exec(word)?.[0];
        if (found === undefined) continue;
        const message = `the schema of ${text.of} says ${found}, which validators say for themselves`;
        report(
          "reserved-name",
          positionIn(text, `${pointer}/${place}`),
          message,
          "choose another word",
        );
      }
    }
  }
};
