import { Ajv, Name, _ } from "ajv";
import type { CodeKeywordDefinition, KeywordCxt } from "ajv";
import { strConcat } from "ajv/dist/compile/codegen/code.js";
import standalone from "ajv/dist/standalone/index.js";
import type { JsonSchema } from "../../model/schema.js";
import { formats } from "../../model/formats.js";
import { CALL } from "./inline.js";

/** The regular expression of the only format that schemas may name. */
export const DATE_TIME = new RegExp(formats["date-time"]);

type Standalone = (ajv: Ajv, names: Readonly<Record<string, string>>) => string;

/**
 * What ajv makes of a schema: a module's text, one statement a line. The plain `Ajv` class, since the
 * output of `Ajv2020` cannot be tree-shaken; and a fresh one for each schema, since its names are
 * numbered over everything that an instance ever compiled. `allErrors` makes flat code: failing fast
 * costs a level of nesting and two variables for each property.
 */
export function compile(schema: JsonSchema): string {
  const ajv = new Ajv({
    allErrors: true,
    messages: false,
    strictNumbers: true,
    strictTypes: false,
    strictRequired: false,
    formats: { "date-time": DATE_TIME },
    meta: false,
    validateSchema: false,
    keywords: [CALLS],
    code: { source: true, esm: true, lines: true, optimize: 1 },
  });
  ajv.addSchema(schema, "schema");
  return (standalone as unknown as Standalone)(ajv, { validate: "schema" });
}

/** The name of the validator of a definition. */
export function validatorName(definition: string): string {
  return `validate${definition}`;
}

/**
 * Calls another validator where the schema refers to its definition. The pointer is put together only
 * for a value that fails, so that a good one allocates nothing.
 */
const CALLS: CodeKeywordDefinition = {
  keyword: CALL,
  schemaType: "string",
  error: { message: "" },
  code({ gen, data, schema, it }: KeywordCxt) {
    const call = new Name(validatorName(String(schema)));
    const path = strConcat(new Name("instancePath"), it.errorPath);
    gen.if(_`!${call}(${data})`, () => {
      gen.code(_`errors += nested(found, ${call}, ${data}, ${path})`);
    });
  },
};
