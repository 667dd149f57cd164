/** The form of `fuzz/model.json`, as it is looked at before anything is made: people edit files, and files end too soon. */
import type {
  Constraint,
  FuzzModel,
  KindRow,
  Language,
  Machine,
  MessageRow,
  Misstep,
  Move,
  Schema,
  Trace,
} from "./model.js";
import {
  flag,
  json,
  list,
  map,
  nested,
  number,
  object,
  optional,
  text,
  tuple,
  whole,
  word,
} from "./shape.js";
import type { Shape } from "./shape.js";
import { expected, side, step } from "./step-shapes.js";

/** Limits for which a message is still made in about a second. */
const MANY = 2 ** 16;
const LONG = 2 ** 20;

const count = optional(whole(0, MANY));
const length = optional(whole(0, LONG));
const limit = optional(number);
const type = word("null", "boolean", "integer", "number", "string", "array", "object");

const pattern: Shape = (value) => {
  const misfit = text(value);
  if (misfit !== undefined) return misfit;
  try {
    new RegExp(value as string, "u");
    return undefined;
  } catch (error) {
    return { names: [], says: (error as Error).message };
  }
};

const keywords = (below: Shape): Readonly<Record<keyof Schema, Shape>> => ({
  $ref: optional(text),
  type: optional((value) => (Array.isArray(value) ? list(type, 1)(value) : type(value))),
  enum: optional(list(json, 1)),
  const: optional(json),
  properties: optional(map(below)),
  required: optional(list(text)),
  additionalProperties: optional((value) =>
    typeof value === "boolean" ? undefined : below(value),
  ),
  minProperties: count,
  maxProperties: count,
  items: optional(below),
  minItems: count,
  maxItems: count,
  uniqueItems: optional(flag),
  minLength: length,
  maxLength: length,
  pattern: optional(pattern),
  format: optional(text),
  minimum: limit,
  maximum: limit,
  exclusiveMinimum: limit,
  exclusiveMaximum: limit,
  anyOf: optional(list(below, 1)),
  oneOf: optional(list(below, 1)),
});

const schema = nested((below) => object<Schema>(keywords(below)));

/** The keywords that are asked here. */
export const KEYWORDS: ReadonlySet<string> = new Set(Object.keys(keywords(json)));

const message = object<MessageRow>({
  type: text,
  direction: word("client-to-runtime", "runtime-to-client", "both"),
  feature: optional(text),
  section: text,
  job: optional(word("envelope", "either", "payload")),
  seq: flag,
  replies: list(text),
  schema,
});

const kind = object<KindRow>({ kind: text, feature: optional(text), section: text, schema });

const constraint = object<Constraint>({
  id: text,
  of: text,
  pointer: text,
  keyword: text,
  section: text,
  choice: optional(text),
  tolerated: optional(text),
  inseparable: optional(text),
});

const state = whole(0, 99_999);
const character = whole(0, 0x10ffff);
const automaton = {
  name: text,
  section: optional(text),
  text,
  accept: list(state, 1),
  edges: list(tuple(state, character, character, state)),
};
const decided = object<Language>({ ...automaton, undecided: optional(text) });
const undecided = object<Language>({
  ...automaton,
  accept: optional(automaton.accept),
  edges: optional(automaton.edges),
  undecided: text,
});

const language: Shape = (value) =>
  (value as Partial<Language> | null)?.undecided === undefined ? decided(value) : undecided(value);

const machine = object<Machine>({
  subject: text,
  initial: text,
  states: list(text),
  terminal: list(text),
  transitions: list(
    object<Machine["transitions"][number]>({ from: optional(text), to: text, on: text }),
  ),
});

const move = object<Move>({
  machine: text,
  on: text,
  steps: list(step, 1),
  binds: list(text),
  becomes: map(text),
});

const misstep = object<Misstep>({
  id: text,
  side,
  in: object<Misstep["in"]>({ session: text, job: optional(word("none", "running", "ended")) }),
  breaks: list(text),
  steps: list(step, 1),
  expect: optional(expected),
});

const trace = object<Trace>({
  id: text,
  section: text,
  requirements: list(text),
  given: list(text),
  steps: list(step),
});

/** What the members are. What they say of each other is another matter. */
export const modelShape = object<FuzzModel>({
  form: word(1),
  revision: text,
  version: text,
  arcp: text,
  spec: optional(text),
  requirements: list(text),
  features: list(text),
  formats: map(pattern),
  envelope: object<FuzzModel["envelope"]>({ section: text, schema }),
  definitions: map(schema),
  messages: list(message, 1),
  kinds: list(kind),
  constraints: list(constraint),
  rules: list(language),
  patterns: list(language),
  machines: list(machine),
  moves: list(move),
  unwalked: list(object<FuzzModel["unwalked"][number]>({ machine: text, on: text, why: text })),
  missteps: list(misstep),
  traces: list(trace),
});
