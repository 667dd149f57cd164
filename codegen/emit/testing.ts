import type { JsonSchema } from "../model/schema.js";
import type { Message, Model, SchemaBlock } from "../model/types.js";

/** Where everything of the sample stands, unless a test cares. */
export function at(line: number) {
  return { position: { file: SPEC, line, column: 1 }, section: "2" } as const;
}

const SPEC = "spec/draft-arcp-9.9.md";

function block(of: string, line: number, schema: JsonSchema): SchemaBlock {
  return { of, schema, ...at(line) };
}

function message(row: Partial<Message> & Pick<Message, "type">, schema: JsonSchema): Message {
  return {
    direction: "client-to-runtime",
    since: "1.0",
    feature: undefined,
    job: false,
    seq: false,
    replies: [],
    meaning: `The message ${row.type}.`,
    schema: block(row.type, 20, schema),
    ...at(10),
    ...row,
  };
}

const id = { $ref: "#/$defs/JobId" } as const;

/**
 * A protocol with one of each thing, small enough to read what becomes of it. `kitchen.sink` bears every
 * keyword that schemas may use.
 */
export function sampleModel(change: Partial<Model> = {}): Model {
  return {
    revision: "9.9",
    version: "9.9",
    file: SPEC,
    hash: "0123456789abcdef",
    sections: [
      { number: "1", title: "Wire", anchor: "wire", position: at(1).position },
      { number: "2", title: "Things", anchor: "things", position: at(9).position },
    ],
    envelope: { ...block("Envelope", 3, ENVELOPE), section: "1" },
    messages: [
      message({ type: "job.submit", meaning: "Asks for a job */ @once." }, SUBMIT),
      message(
        { type: "job.event", direction: "runtime-to-client", job: true, seq: true },
        {
          type: "object",
          required: ["kind", "ts", "body"],
          properties: {
            job_id: id,
            kind: { type: "string", description: "What happened." },
            ts: { type: "string", format: "date-time" },
            body: { type: "object" },
          },
        },
      ),
      message({ type: "job.cancel", job: true }, { type: "object", properties: { job_id: id } }),
      message(
        { type: "session.ping", direction: "both", since: "9.9", feature: "heart.beat" },
        { type: "object", required: ["nonce"], properties: { nonce: { type: "string" } } },
      ),
      message({ type: "session.error" }, { $ref: "#/$defs/Fault" }),
      message({ type: "kitchen.sink" }, SINK),
    ],
    kinds: [
      {
        kind: "tool_call",
        since: "1.0",
        feature: undefined,
        meaning: "A call.",
        schema: block("tool_call", 60, {
          type: "object",
          required: ["tool"],
          properties: {
            tool: { type: "string", minLength: 1 },
            args: { description: "Anything." },
          },
        }),
        ...at(50),
      },
    ],
    definitions: [
      definition("JobId", { type: "string", minLength: 1, maxLength: 8, "x-arcp-id": true }, 70),
      definition("RunId", { type: "string", "x-arcp-id": true }, 71),
      definition("Lease", LEASE, 72),
      definition("Fault", { type: "object", properties: { code: { type: "string" } } }, 73),
      definition("Tree", TREE, 74),
      definition("JobStatus", { type: "string", enum: ["idle", "done"] }, 75),
    ],
    errors: [
      {
        code: "NOT_NOW",
        retryable: true,
        since: "1.0",
        hint: "Wait.",
        meaning: "Busy.",
        ...at(80),
      },
    ],
    features: [
      {
        flag: "heart.beat",
        since: "9.9",
        gates: [
          { kind: "message", name: "session.ping" },
          { kind: "kind", name: "tool_call" },
          { kind: "namespace", name: "fs.read" },
          { kind: "field", name: "job.submit", path: ["lease", "fs.read"] },
        ],
        meaning: "Both show that they live.",
        ...at(81),
      },
    ],
    namespaces: [
      {
        namespace: "fs.read",
        since: "1.0",
        feature: "heart.beat",
        pattern: "path",
        meaning: "Files.",
        ...at(82),
      },
    ],
    machines: [machine("job", "idle", "done"), machine("session", "open", "shut")],
    limits: [
      { name: "max_frame_bytes", value: 1024, unit: "bytes", meaning: "Largest frame.", ...at(90) },
      { name: "max_jobs", value: undefined, unit: "jobs", meaning: "Most jobs.", ...at(91) },
    ],
    requirements: [
      {
        id: "SUB-01",
        level: "MUST",
        side: "runtime",
        feature: "heart.beat",
        sentence: 'The runtime MUST say "yes".',
        ...at(95),
      },
    ],
    examples: [],
    rules: [],
    traces: [],
    fieldTables: [],
    ...change,
  };
}

function definition(name: string, schema: JsonSchema, line: number) {
  return { name, id: schema["x-arcp-id"] === true, schema: block(name, line, schema), ...at(line) };
}

function machine(subject: string, initial: string, end: string): Model["machines"][number] {
  return {
    subject,
    initial,
    states: [initial, end],
    terminal: [end],
    transitions: [
      { from: undefined, to: initial, on: "begin", meaning: "It begins.", ...at(85) },
      { from: initial, to: end, on: "finish", meaning: "It ends.", ...at(86) },
    ],
  };
}

const ENVELOPE: JsonSchema = {
  type: "object",
  description: "Around every message.",
  required: ["id", "type", "payload"],
  properties: {
    id: { type: "string", minLength: 1 },
    type: { type: "string" },
    job_id: id,
    event_seq: { type: "integer", minimum: 1 },
    payload: { type: "object" },
  },
};

const LEASE: JsonSchema = {
  type: "object",
  description: "What a job may do.",
  properties: { "fs.read": { type: "array", items: { type: "string" } } },
  additionalProperties: { type: "array", items: { type: "string" }, maxItems: 2 },
};

const TREE: JsonSchema = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string" },
    children: { type: "array", items: { $ref: "#/$defs/Tree" } },
  },
};

const SUBMIT: JsonSchema = {
  type: "object",
  required: ["agent"],
  properties: {
    agent: { type: "string", pattern: "^[a-z]+$", description: "Who does it." },
    input: { description: "Anything at all." },
    lease: { $ref: "#/$defs/Lease", description: "What it may do: a sibling of a reference." },
    parent: { anyOf: [{ $ref: "#/$defs/JobId" }, { type: "null" }] },
    labels: { type: "array", items: { type: "array", items: { type: "string" } } },
  },
};

/** One member for each keyword; its name tells which. */
export const SINK: JsonSchema = {
  type: "object",
  properties: {
    "dotted.name/slash~tilde": { type: "string" },
    union: { type: ["string", "integer", "null"] },
    enumeration: { enum: ["a", 1, null, 'it\'s "quoted"'] },
    constant: { const: { deep: [1] } },
    date: { type: "string", format: "date-time" },
    bounded: { type: "string", minLength: 2, maxLength: 3 },
    unbounded: { minLength: 3 },
    number: {
      type: "number",
      minimum: 0,
      maximum: 10,
      exclusiveMinimum: -1,
      exclusiveMaximum: 9.5,
    },
    integer: { type: "integer" },
    flag: { type: "boolean" },
    list: { type: "array", minItems: 1, maxItems: 2, items: { type: "integer" } },
    unique: { type: "array", items: { type: "string" }, uniqueItems: true },
    map: {
      type: "object",
      minProperties: 1,
      maxProperties: 2,
      propertyNames: { pattern: "^[a-z]" },
      additionalProperties: { type: "number" },
    },
    closed: { type: "object", properties: { only: {} }, additionalProperties: false },
    either: {
      anyOf: [{ type: "string", minLength: 2 }, { $ref: "#/$defs/Tree" }, { type: "array" }],
    },
    exactly: { oneOf: [{ type: "integer" }, { type: "number", minimum: 5 }] },
    both: { allOf: [{ $ref: "#/$defs/Fault" }, { type: "object", required: ["extra"] }] },
    never: { type: "string", not: { pattern: "^x" } },
    tree: { $ref: "#/$defs/Tree" },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    choice: { if: { type: "string" }, then: { minLength: 2 }, else: { type: "number" } },
  },
};
