import { pointerKey } from "../../parse/json.js";
import { positionIn } from "../build.js";
import { subSchemas } from "../subset.js";
import type { Rule } from "./rule.js";

/** Words that the text of a validator is rewritten by (`emit/validate/distil.ts`). */
const RESERVED =
  /\b(?:vErrors|schemaPath|instancePath|require|(?:validate|schema|func|formats|pattern|err|_errs)\d+)\b/;

/** Whether every object has a member of that name, which a reader finds in those that do not say it. */
const isInherited = (name: string): boolean => name in Object.prototype;

/**
 * A member or a constant that reads like a name in a validator would be rewritten with it, and the validator would
 * check something else. Refused, so that the rewriting never has to tell the two apart. So is a member that validators,
 * types and whoever uses them would find where nobody sent it.
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
      for (const name of Object.keys(schema.properties ?? {}).filter(isInherited)) {
        const position = positionIn(text, `${pointer}/properties/${pointerKey(name)}`);
        const message = `the name ${name} cannot be used, as ${text.of} does: objects of JavaScript have it already`;
        report("reserved-name", position, message, "choose another word");
      }
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
