import { formats } from "../model/formats.js";
import type { JsonSchema } from "../model/schema.js";
import type { Message, Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { EVENT, bodyType, jobIn, payloadType, titleOf } from "./declared.js";
import { pascal } from "./names.js";

type Defs = Record<string, JsonSchema>;

/** `schema.json`: all shapes in one JSON Schema 2020-12, whose root takes any message. */
export function emitSchema(model: Model): Artefact {
  const types = model.messages.map(({ type }) => type);
  const value = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:arcp:draft:${model.revision}`,
    title: titleOf(model),
    description: "Any message: a known type with its payload, or an unknown type with any.",
    $comment: `Generated from ${model.file} by npm run generate.`,
    if: has("type", { enum: types }),
    then: {
      allOf: types.map((type) => ({
        if: has("type", { const: type }),
        then: { $ref: `#/$defs/${messageName(type)}` },
      })),
    },
    else: { $ref: "#/$defs/Envelope" },
    $defs: definitions(model),
  };
  return { path: "schema.json", text: `${JSON.stringify(value, null, 2)}\n` };
}

/** `job.submit` → `JobSubmitMessage`: the whole message, envelope included. */
export function messageName(type: string): string {
  return `${pascal(type)}Message`;
}

/**
 * Every schema by its name, in the order of the spec: the envelope, what others refer to, payloads,
 * bodies of events, whole messages. The names are those of `messages.ts`.
 */
export function definitions(model: Model): Defs {
  const defs = new Map<string, JsonSchema>();
  const add = (name: string, section: string, schema: JsonSchema): void => {
    if (defs.has(name)) throw new Error(`two schemas would both be called ${name}`);
    defs.set(name, { $comment: where(model, section), ...schema });
  };
  add("Envelope", model.envelope.section, portable(model.envelope.schema));
  for (const it of model.definitions) add(it.name, it.section, portable(it.schema.schema));
  for (const { type, meaning, section, schema } of model.messages) {
    add(payloadType(type), section, { description: meaning, ...portable(schema.schema) });
  }
  for (const { kind, meaning, schema } of model.kinds) {
    add(bodyType(kind), schema.section, { description: meaning, ...portable(schema.schema) });
  }
  for (const it of model.messages) add(messageName(it.type), it.section, wholeMessage(model, it));
  return Object.fromEntries(defs);
}

function where(model: Model, section: string): string {
  const anchor = model.sections.find(({ number }) => number === section)?.anchor;
  return `${model.file}${anchor === undefined ? "" : `#${anchor}`} §${section}`;
}

/** The rules that no payload can hold: its type, its number, its job in the envelope or the payload. */
function wholeMessage(model: Model, row: Message): JsonSchema {
  const { type, meaning, seq } = row;
  const place = jobIn(row);
  const own = [...(place === "envelope" ? ["job_id"] : []), ...(seq ? ["event_seq"] : [])];
  const payload = { $ref: `#/$defs/${payloadType(type)}` };
  const nowhereElse = { type: "object", properties: { payload: { not: has("job_id", {}) } } };
  return {
    description: meaning,
    type: "object",
    $ref: "#/$defs/Envelope",
    properties: {
      type: { const: type },
      payload: type === EVENT ? { allOf: [payload, ...bodies(model)] } : payload,
      ...Object.fromEntries(own.map((name) => [name, {}])),
    },
    ...(own.length > 0 ? { required: own } : {}),
    ...(place === "either" ? { if: nowhereElse, then: has("job_id", {}) } : {}),
  };
}

/** An object with a member of a form. */
function has(name: string, form: JsonSchema): JsonSchema {
  return { type: "object", required: [name], properties: { [name]: form } };
}

/** The body of an event of each known kind; that of any other is free. */
function bodies(model: Model): JsonSchema[] {
  return model.kinds.map(({ kind }) => ({
    if: has("kind", { const: kind }),
    then: { type: "object", properties: { body: { $ref: `#/$defs/${bodyType(kind)}` } } },
  }));
}

/**
 * A schema in the words of the standard only. 2020-12 does not check `format` unless asked to, and
 * checkers differ: the pattern that our validators hold it to stands beside it.
 */
function portable(schema: JsonSchema): JsonSchema {
  return rewrite(schema) as JsonSchema;
}

function rewrite(value: unknown, named = false): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item));
  if (typeof value !== "object" || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (!named && key.startsWith("x-arcp-")) continue;
    const kept = !named && (key === "enum" || key === "const");
    result[key] = kept ? member : rewrite(member, !named && MAPS.has(key));
  }
  const format = named ? undefined : formats[result["format"] as keyof typeof formats];
  if (format === undefined) return result;
  if (result["pattern"] === undefined) return { ...result, pattern: format };
  return { ...result, allOf: [...((result["allOf"] as unknown[]) ?? []), { pattern: format }] };
}

/** Keywords whose members are named by the protocol, not by JSON Schema. */
const MAPS = new Set(["properties", "patternProperties"]);
