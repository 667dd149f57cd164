import { pointerKey } from "../../parse/json.js";
import type { JsonSchema } from "../../model/schema.js";
import type { Model } from "../../model/types.js";
import { EVENT, jobIn } from "../declared.js";
import { referenceName } from "../shapes.js";
import { plain, sharedDefinitions } from "./schemas.js";

/** One thing that a schema asks of a message. */
export interface Constraint {
  /** `job.submit/payload/agent#pattern`: unique, and stable as long as it is asked. */
  readonly id: string;
  /** Message type, event kind, or `Envelope` for what is asked of every message. */
  readonly of: string;
  /** JSON pointer from the root of the message, `*` for any item of a list and any name of a map. */
  readonly pointer: string;
  readonly keyword: string;
  readonly section: string;
  /** Pointer of the choice in a branch of which this is asked: a validator may report that too. */
  readonly choice?: string;
  /** Requirement by which a receiver forgives it. */
  readonly tolerated?: string;
  /** Why no message breaks this and nothing else. */
  readonly inseparable?: string;
}

/** Keywords that speak of a value by itself. */
const OWN = [
  ...["type", "enum", "const", "pattern", "format", "minLength", "maxLength"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
  ...["minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"],
];

/** Keywords of which nobody can tell what breaks them without solving what they hold. */
const OPAQUE = [
  ...["allOf", "not", "if", "propertyNames", "patternProperties", "dependentRequired"],
  ...["contains", "prefixItems", "unevaluatedProperties", "multipleOf"],
];

const FORGIVEN: ReadonlyMap<string, string> = new Map([["/trace_id", "ENV-14"]]);

/** Every constraint of every schema at each place of a message where it holds, in the order of the spec. */
export function constraintsOf(model: Model): Constraint[] {
  const definitions = sharedDefinitions(model);
  const walk = (of: string, pointer: string, schema: JsonSchema, section: string) =>
    [...below({ definitions, within: [] }, plain(model, schema), pointer)].map((found) => {
      const forgiving = FORGIVEN.get(found.pointer);
      const known = model.requirements.some(({ id }) => id === forgiving);
      const tolerated = known && of === "Envelope" ? { tolerated: forgiving! } : {};
      return { id: idOf(of, found), of, ...found, section, ...tolerated };
    });
  const event = model.messages.find(({ type }) => type === EVENT);
  const found = [
    ...walk("Envelope", "", model.envelope.schema, model.envelope.section),
    ...model.messages.flatMap((row) => [
      // That a payload is an object is the envelope's word, and a body the event's.
      ...walk(row.type, "/payload", row.schema.schema, row.section).filter(
        ({ pointer }) => pointer !== "/payload",
      ),
      ...ofRow(row.type, row.section, jobIn(row), row.seq),
    ]),
    ...model.kinds.flatMap(({ kind, schema }) =>
      walk(kind, "/payload/body", schema.schema, schema.section).filter(
        ({ pointer }) => event !== undefined && pointer !== "/payload/body",
      ),
    ),
  ];
  return [...new Map(found.map((one) => [one.id, one])).values()];
}

function idOf(of: string, { pointer, keyword }: Pick<Constraint, "pointer" | "keyword">): string {
  return `${of}${pointer}#${keyword}`;
}

/** What no schema of a payload can say: that the message names its job, and has a number. */
function ofRow(of: string, section: string, place: ReturnType<typeof jobIn>, seq: boolean) {
  const names = [
    ...(place === "envelope" || place === "either" ? ["job_id"] : []),
    ...(seq ? ["event_seq"] : []),
  ];
  return names.map((name): Constraint => {
    const found = { pointer: `/${name}`, keyword: "required" };
    return { id: idOf(of, found), of, ...found, section };
  });
}

interface Surroundings {
  readonly definitions: Readonly<Record<string, JsonSchema>>;
  /** Definitions that this place is in: what is asked deeper in them has been listed. */
  readonly within: readonly string[];
  readonly choice?: string;
  /** Why nothing below here can be broken by itself. */
  readonly inseparable?: string;
}

type Found = Omit<Constraint, "id" | "of" | "section" | "tolerated">;

function* below(at: Surroundings, schema: JsonSchema, pointer: string): Generator<Found> {
  const make = (keyword: string, why?: string, place = pointer): Found => {
    const reason = at.inseparable ?? why;
    return {
      pointer: place,
      keyword,
      ...(at.choice === undefined ? {} : { choice: at.choice }),
      ...(reason === undefined ? {} : { inseparable: reason }),
    };
  };
  if (schema.$ref !== undefined) {
    const name = referenceName(schema.$ref);
    if (at.within.includes(name)) return;
    const target = at.definitions[name] ?? {};
    yield* below({ ...at, within: [...at.within, name] }, target, pointer);
    return;
  }
  for (const keyword of OWN) {
    if (schema[keyword] !== undefined) yield make(keyword, covered(schema, keyword));
  }
  for (const keyword of OPAQUE) {
    if (schema[keyword] === undefined) continue;
    yield make(keyword, `what breaks ${keyword} depends on all that it holds`);
  }
  const choice = schema.anyOf !== undefined ? "anyOf" : schema.oneOf && "oneOf";
  if (choice !== undefined) yield* branches(at, schema, choice, pointer, make);
  const { required = [], properties = {}, items, additionalProperties: rest } = schema;
  for (const name of required) yield make("required", undefined, `${pointer}/${pointerKey(name)}`);
  for (const [name, member] of Object.entries(properties)) {
    yield* below(at, member, `${pointer}/${pointerKey(name)}`);
  }
  if (typeof rest === "object") yield* below(at, rest, `${pointer}/*`);
  if (rest === false) yield make("additionalProperties", undefined, `${pointer}/*`);
  if (items !== undefined) yield* below(at, items, `${pointer}/*`);
}

/** A choice, and what its branches ask of the members of a value. What they ask of the value itself is the choice. */
function* branches(
  at: Surroundings,
  schema: JsonSchema,
  keyword: "anyOf" | "oneOf",
  pointer: string,
  make: (keyword: string, why?: string) => Found,
): Generator<Found> {
  const all = (schema[keyword] ?? []).map((branch) => resolved(at, branch));
  // Whatever is an integer is a number.
  const types = all.flatMap(typesOf).map((type) => (type === "integer" ? "number" : type));
  const typed = all.every((branch) => typesOf(branch).length > 0);
  yield make(keyword, typed ? undefined : "a branch takes values of any type");
  const overlap = !typed || new Set(types).size < types.length;
  const why = "the branches of the choice share a type, so breaking one says nothing of the other";
  const inner = { ...at, choice: pointer, ...(overlap ? { inseparable: why } : {}) };
  for (const branch of schema[keyword] ?? []) {
    for (const found of below(inner, branch, pointer)) {
      if (found.pointer !== pointer) yield found;
    }
  }
}

function resolved(at: Surroundings, schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  return at.definitions[referenceName(schema.$ref)] ?? {};
}

function typesOf({ type }: JsonSchema): readonly string[] {
  return type === undefined ? [] : typeof type === "string" ? [type] : type;
}

/** Why a keyword cannot be broken while those beside it hold. */
function covered(schema: JsonSchema, keyword: string): string | undefined {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  if (keyword === "type" && (schema.enum !== undefined || schema.const !== undefined)) {
    const other = schema.enum === undefined ? "const" : "enum";
    return `a value of another type is none that ${other} names either`;
  }
  const stricter =
    (keyword === "minimum" && Number(exclusiveMinimum) >= Number(minimum) && "exclusiveMinimum") ||
    (keyword === "exclusiveMinimum" && Number(minimum) > Number(exclusiveMinimum) && "minimum") ||
    (keyword === "maximum" && Number(exclusiveMaximum) <= Number(maximum) && "exclusiveMaximum") ||
    (keyword === "exclusiveMaximum" && Number(maximum) < Number(exclusiveMaximum) && "maximum");
  return stricter ? `${stricter} refuses whatever breaks it` : undefined;
}
