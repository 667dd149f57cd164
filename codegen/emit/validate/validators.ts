import { remembered } from "../../memo.js";
import type { JsonSchema } from "../../model/schema.js";
import type { SchemaBlock, Model } from "../../model/types.js";
import type { Artefact } from "../artefact.js";
import { EVENT, bodyType, payloadType } from "../declared.js";
import { dashed, pascal } from "../names.js";
import { render } from "../template.js";
import { compile, validatorName } from "./compile.js";
import { distil } from "./distil.js";
import { indent } from "./indent.js";
import { inline, isShared } from "./inline.js";

/** A validator: its file, its function, the type that it vouches for. */
export interface Validator {
  /** Without ending: "job-submit". */
  readonly file: string;
  /** "validateJobSubmit" */
  readonly name: string;
  readonly type: string;
  readonly what: string;
  readonly section: string;
  readonly schema: SchemaBlock;
}

/** One validator for the envelope, each payload and each body, in the order of the spec. */
export function validators(model: Model): Validator[] {
  const envelope: Validator = {
    file: "envelope",
    name: "validateEnvelope",
    type: "Envelope",
    what: "the envelope of a message, whatever its payload",
    section: model.envelope.section,
    schema: model.envelope,
  };
  const payloads = model.messages.map(({ type, schema, section }) => ({
    file: dashed(type),
    name: `validate${pascal(type)}`,
    type: type === EVENT ? "UnknownEvent" : payloadType(type),
    what: `the payload of \`${type}\``,
    section,
    schema,
  }));
  const bodies = model.kinds.map(({ kind, schema }) => ({
    file: `kind-${dashed(kind)}`,
    name: `validateKind${pascal(kind)}`,
    type: bodyType(kind),
    what: `the body of an event of kind \`${kind}\``,
    section: schema.section,
    schema,
  }));
  return [envelope, ...payloads, ...bodies];
}

/** One validator for each definition that others call. */
export function sharedValidators(model: Model): Validator[] {
  return model.definitions.filter(isShared).map(({ name, schema, section }) => ({
    file: sharedFile(name),
    name: validatorName(name),
    type: name,
    what: `a \`${name}\``,
    section,
    schema,
  }));
}

function sharedFile(definition: string): string {
  return `def-${dashed(definition.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-"))}`;
}

const distilled = remembered((schema: JsonSchema) => distil(compile(schema), schema));

/** `validate/NAME.ts`: what ajv made of the schema, distilled; and what of `support.ts` it uses. */
export function emitValidator(
  model: Model,
  validator: Validator,
): { readonly artefact: Artefact; readonly helpers: readonly string[] } {
  const schema = inline(model, validator.schema.schema);
  const { constants, body, helpers, calls } = distilled(schema);
  const shared = sharedValidators(model).filter((it) => calls.includes(it.name));
  const about = `Whether a value is ${validator.what}. Pass a list to be told what is wrong with it.`;
  const data = { ...validator, about, constants, helpers, shared, body: indent(body, 1) };
  const artefact = {
    path: `validate/${validator.file}.ts`,
    text: render(model, "validator", data),
    from: validator.schema.position,
  };
  return { artefact, helpers };
}
