import type { StatementStructures } from "ts-morph";
import { remembered } from "../memo.js";
import type { Model } from "../model/types.js";
import { loadTsMorph } from "../packages.js";
import { banner } from "./artefact.js";
import type { Artefact } from "./artefact.js";
import { declareTypes } from "./declare.js";
import type { Declaration } from "./declare.js";
import { inbound } from "./dispatch.js";
import { docText } from "./docs.js";
import { EVENT, bodyType, declared, payloadType } from "./declared.js";
import { literal, property } from "./names.js";
import { polish } from "./polish.js";

/** `messages.ts`: the shape of everything on the wire. Types only, so it weighs nothing at run time. */
export async function emitMessages(model: Model): Promise<Artefact> {
  const first = banner(model);
  const text = await declareTypes(declarations(model));
  const head = [first, ...imports(model, text)].join("\n");
  const { StructureKind } = loadTsMorph();
  const kinds = { Interface: StructureKind.Interface, TypeAlias: StructureKind.TypeAlias } as const;
  const over = polishUnions(unions(model, kinds));
  return { path: "messages.ts", text: `${head}\n\n${text}\n\n${over}\n` };
}

const polishUnions = remembered(polish);

/** Everything with a schema of its own, in the order of the spec. */
function declarations(model: Model): Declaration[] {
  const envelope: Declaration = {
    name: "Envelope",
    schema: model.envelope.schema,
    doc: docText(model, model.envelope.schema.description ?? "", model.envelope.section),
  };
  const definitions = declared(model).map(({ name, schema, section }) => ({
    name,
    schema: schema.schema,
    doc: docText(model, schema.schema.description ?? "", section),
  }));
  const payloads = model.messages.map(({ type, meaning, schema, section }) => ({
    name: type === EVENT ? "UnknownEvent" : payloadType(type),
    schema: schema.schema,
    doc: docText(
      model,
      type === EVENT ? `An event of any kind, also one that this revision does not know.` : meaning,
      section,
    ),
  }));
  const bodies = model.kinds.map(({ kind, meaning, schema, section }) => ({
    name: bodyType(kind),
    schema: schema.schema,
    doc: docText(model, meaning, schema.section || section),
  }));
  const all = [envelope, ...definitions, ...payloads, ...bodies];
  refuseDoubles(all.map((declaration) => declaration.name));
  return all;
}

const RESERVED = [
  "PayloadOf",
  "Message",
  "ClientToRuntime",
  "RuntimeToClient",
  "EventBody",
  "JobEventPayload",
  "JobEvent",
  "UnknownMessage",
];

function refuseDoubles(names: readonly string[]): void {
  const seen = new Set(RESERVED);
  for (const name of names) {
    if (seen.has(name)) throw new Error(`two types would both be called ${name}`);
    seen.add(name);
  }
}

/** Only what the declarations name, in code: a comment may name what it likes. */
function imports(model: Model, text: string): string[] {
  const code = text.replace(/\/\*\*[\s\S]*?\*\//g, "");
  const used = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(code);
  const ids = model.definitions.filter((it) => it.id && used(it.name)).map((it) => it.name);
  const states = ["JobStatus", "SessionPhase"].filter(used);
  return [
    "",
    `import type { EventKind, MessageType } from "./constants.js";`,
    ...importLine(ids, "./ids.js"),
    ...importLine(states, "./lifecycle.js"),
  ];
}

function importLine(names: readonly string[], from: string): string[] {
  const list = [...names].sort().join(", ");
  return names.length === 0 ? [] : [`import type { ${list} } from "${from}";`];
}

interface Kinds {
  readonly Interface: Extract<StatementStructures, { extends?: unknown }>["kind"];
  readonly TypeAlias: Extract<StatementStructures, { type: unknown }>["kind"];
}

/** The maps and unions over all of them. */
function unions(model: Model, kinds: Kinds): StatementStructures[] {
  const alias = (name: string, type: string, doc: string, parameter?: string) =>
    ({
      kind: kinds.TypeAlias,
      name,
      type,
      isExported: true,
      docs: [doc],
      ...(parameter === undefined ? {} : { typeParameters: [parameter] }),
    }) as StatementStructures;
  const map = (name: string, doc: string, members: readonly (readonly [string, string])[]) =>
    ({
      kind: kinds.Interface,
      name,
      docs: [doc],
      properties: members.map(([key, type]) => ({ name: property(key), type })),
    }) as StatementStructures;
  const shape = (
    name: string,
    parent: string,
    parameter: string,
    members: Record<string, string>,
  ) =>
    ({
      kind: kinds.Interface,
      name,
      extends: [parent],
      typeParameters: [parameter],
      properties: Object.entries(members).map(([key, type]) => ({ name: key, type })),
    }) as StatementStructures;
  const message = "T extends MessageType";
  return [
    map(
      "EventBodies",
      "Body by kind.",
      model.kinds.map(({ kind }) => [kind, bodyType(kind)]),
    ),
    alias("EventBody", "EventBodies[K]", "The body of an event of a kind.", "K extends EventKind"),
    shape("EventOf", `Omit<UnknownEvent, "kind" | "body">`, "K extends EventKind", {
      kind: "K",
      body: "EventBody<K>",
    }),
    alias(
      "JobEventPayload",
      "{ readonly [P in K]: EventOf<P> }[K]",
      "The payload of `job.event` for a kind, or for any of several.",
      "K extends EventKind = EventKind",
    ),
    alias("JobEvent", "JobEventPayload", "Any event of this revision; `kind` tells which."),
    map(
      "Payloads",
      "Payload by type.",
      model.messages.map(({ type }) => [type, type === EVENT ? "JobEvent" : payloadType(type)]),
    ),
    alias("PayloadOf", "Payloads[T]", "The payload of a message of a type.", message),
    shape("Plain", `Omit<Envelope, "type" | "payload">`, message, {
      type: "T",
      payload: "PayloadOf<T>",
    }),
    shape("OfJob", "Plain<T>", message, { job_id: `NonNullable<Envelope["job_id"]>` }),
    shape("Numbered", "OfJob<T>", message, { event_seq: `NonNullable<Envelope["event_seq"]>` }),
    map(
      "Messages",
      "Message by type.",
      model.messages.map(({ type, job, seq }) => [
        type,
        `${form(type, job, seq)}<${literal(type)}>`,
      ]),
    ),
    alias("Message", "Messages[T]", MESSAGE_DOC, `${message} = MessageType`),
    alias("ClientToRuntime", union(inbound(model, "client-to-runtime")), "What a client sends."),
    alias("RuntimeToClient", union(inbound(model, "runtime-to-client")), "What a runtime sends."),
    alias("UnknownMessage", "Envelope", "A message of a type that this revision does not know."),
  ];
}

const MESSAGE_DOC = [
  "A whole message of a type, or of any of several; `type` tells which. An event that was received may",
  "bear a kind that is not in `EventKind`: ask `isKnownEvent` before relying on its body.",
].join("\n");

function form(type: string, job: boolean, seq: boolean): string {
  if (seq && !job) throw new Error(`${type} bears an event_seq but belongs to no job`);
  if (seq) return "Numbered";
  return job ? "OfJob" : "Plain";
}

function union(types: readonly string[]): string {
  return `Message<${types.map((type) => `\n  | ${literal(type)}`).join("")}\n>`;
}
