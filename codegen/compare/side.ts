/** A revision as a party: what it writes, and what it makes of what the other wrote. */
import { createCases } from "../emit/fixtures/cases.js";
import type { Case } from "../emit/fixtures/cases.js";
import { createMessages } from "../emit/fixtures/messages.js";
import type { Messages } from "../emit/fixtures/messages.js";
import { createSampler } from "../emit/fixtures/sample.js";
import type { Json, Sampler } from "../emit/fixtures/sample.js";
import type { JsonSchema } from "../model/schema.js";
import type { Message, Model } from "../model/types.js";
import { createChecker } from "../model/validator.js";
import type { Failure } from "../model/validator.js";
import { isObject } from "../model/subset.js";

/** What a reader makes of a message. */
export interface Reading {
  readonly outcome: "known" | "unknown" | "refused";
  /** Why it is refused. */
  readonly failures: readonly Failure[];
}

export interface Side {
  readonly model: Model;
  readonly sample: Sampler;
  readonly messages: Messages;
  /** Its fixtures that a peer of it may send; and those of a type. */
  readonly fixtures: readonly Case[];
  fixturesOf(type: string): readonly Case[];
  /** The version that its messages bear; undefined where its envelope has none. */
  readonly version: string | undefined;
  message(type: string): Message | undefined;
  hasFlag(flag: string): boolean;
  /** The schema that a reference leads to. */
  resolve(schema: JsonSchema): JsonSchema;
  read(message: Json): Reading;
}

/** The member of the envelope that names the version: exchanged before the other revision reads a message. */
export const VERSION = "arcp";

/** A side from a model without findings. Its validators are compiled when they are first needed. */
export function createSide(model: Model): Side {
  const sample = createSampler(model);
  const messages = createMessages(model, sample);
  const blocks = [
    model.envelope,
    ...[...model.messages, ...model.kinds, ...model.definitions].map(({ schema }) => schema),
  ];
  const schemas = new Map(blocks.map((block) => [block.of, block]));
  const checker = createChecker({ messages: model.messages, kinds: model.kinds, schemas });
  const rows = new Map(model.messages.map((row) => [row.type, row]));
  const flags = new Set(model.features.map(({ flag }) => flag));
  const { valid, boundary, future } = createCases(model);
  const fixtures = [...valid, ...boundary, ...future];
  const byType = new Map<unknown, Case[]>();
  for (const it of fixtures) {
    const { type } = it.value as Json;
    const own = byType.get(type) ?? [];
    own.push(it);
    byType.set(type, own);
  }
  const envelope = sample(model.envelope.schema, "message") as Json;
  const version = envelope[VERSION];

  const resolve = (schema: JsonSchema): JsonSchema => {
    if (schema.$ref === undefined) return schema;
    const target = schemas.get(schema.$ref.slice("#/$defs/".length));
    return target === undefined ? {} : resolve(target.schema);
  };
  return {
    model,
    sample,
    messages,
    fixtures,
    fixturesOf: (type) => byType.get(type) ?? [],
    version: typeof version === "string" ? version : undefined,
    message: (type) => rows.get(type),
    hasFlag: (flag) => flags.has(flag),
    resolve,
    read: (message) => {
      const type: unknown = message["type"];
      const known = typeof type === "string" && rows.has(type);
      const failures = checker.check(known ? type : "Envelope", message) ?? [];
      const outcome = failures.length > 0 ? "refused" : known ? "known" : "unknown";
      return { outcome, failures };
    },
  };
}

/** The message as its reader would have said the version. */
export function exchanged(message: Json, reader: Side): Json {
  if (reader.version === undefined || !Object.hasOwn(message, VERSION)) return message;
  return { ...message, [VERSION]: reader.version };
}

/** The kind of an event, where the message has one. */
export function kindOf(message: Json): string | undefined {
  const payload: unknown = message["payload"];
  const kind: unknown = isObject(payload) ? payload["kind"] : undefined;
  return typeof kind === "string" ? kind : undefined;
}
