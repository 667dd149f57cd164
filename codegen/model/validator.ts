import type { Ajv, ErrorObject, ValidateFunction } from "ajv";
import { FEW, remembered } from "../memo.js";
import { loadAjv } from "../packages.js";
import { pointerKey } from "../parse/json.js";
import { nameKind, type Draft } from "./draft.js";
import type { SchemaBlock } from "./types.js";
import { formats } from "./formats.js";
import { patternInspector } from "./patterns.js";
import { isObject, referenceName, withoutDescriptions } from "./subset.js";

/** Why a value does not fit: where, and which keyword says so. */
export interface Failure {
  /** JSON pointer; for `required` that of the missing member. */
  readonly pointer: string;
  readonly keyword: string;
  readonly message: string;
}

export interface Checker {
  /** What is wrong with an example of a name; undefined if the name has no usable schema. */
  check(of: string, value: unknown): readonly Failure[] | undefined;
  /** Schemas that nothing is checked with, and why. */
  readonly refused: ReadonlyMap<string, Refusal>;
}

/** Why a schema is not used. */
export interface Refusal {
  /** JSON pointer within the schema. */
  readonly pointer: string;
  readonly reason: string;
  readonly fix: string;
}

/** What the id of a definition's schema begins with. */
const SCHEME = "arcp:";

/** As much of a draft, or of a model, as its validators are made of. */
export type Checkable = Pick<Draft, "messages" | "kinds"> & {
  readonly schemas: ReadonlyMap<string, SchemaBlock>;
};

/** The validators of schemas. */
interface Validators {
  /** Why there is none, where the schema cannot be compiled. */
  readonly of: (name: string) => ValidateFunction | Refusal | undefined;
  /** Schemas that are none. */
  readonly malformed: ReadonlyMap<string, Refusal>;
}

/** Compiles schemas by their names, each once and when it is first needed. */
const validatorsOf = remembered((schemas: Readonly<Record<string, object>>): Validators => {
  const { Ajv } = loadAjv();
  const ajv = new Ajv({
    strict: false,
    // Each schema is compiled once, under its own id; nothing is inlined and nothing made smaller.
    inlineRefs: false,
    code: { optimize: false },
    allErrors: true,
    // What an example says, and not what every object has: `constructor`.
    ownProperties: true,
    validateFormats: true,
    logger: false,
    validateSchema: false,
    formats,
  });
  const refused = new Map<string, Refusal>();
  const badPattern = patternInspector();
  for (const [of, schema] of Object.entries(schemas)) {
    const refusal = malformed(schema) ?? badPattern(schema);
    if (refusal !== undefined) refused.set(of, refusal);
    ajv.addSchema(refusal === undefined ? withoutDangling(schema, schemas) : {}, SCHEME + of);
  }

  const compiled = new Map<string, ValidateFunction | Refusal | undefined>();
  const compile = (of: string): ValidateFunction | Refusal | undefined => {
    try {
      return ajv.getSchema(SCHEME + of);
    } catch (error) {
      const reason = error instanceof Error ? error.message : "unknown reason";
      return { pointer: "", reason, fix: FIX };
    }
  };
  const of = (name: string): ValidateFunction | Refusal | undefined => {
    if (!Object.hasOwn(schemas, name)) return undefined;
    if (!compiled.has(name)) compiled.set(name, compile(name));
    return compiled.get(name);
  };
  return { of, malformed: refused };
}, FEW);

/** Checks values by the schemas of a draft. */
export function createChecker(draft: Checkable): Checker {
  const schemas = [...draft.schemas.values()].map(({ of, schema }) => [
    of,
    withoutDescriptions(schema),
  ]);
  const validators = validatorsOf(Object.fromEntries(schemas));
  const refused = new Map(validators.malformed);
  const run = (of: string, value: unknown, at = ""): Failure[] | undefined => {
    const validate = validators.of(of);
    if (typeof validate === "object") refused.set(of, validate);
    if (typeof validate !== "function") return undefined;
    try {
      return validate(value) ? [] : (validate.errors ?? []).map((error) => toFailure(error, at));
    } catch (error) {
      // A schema that is itself has no end; `cyclic-reference` tells of it.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };

  const message = (of: string, value: unknown): Failure[] | undefined => {
    const failures = run("Envelope", value);
    if (failures === undefined || !isObject(value)) return failures;
    const row = draft.messages.find(({ type }) => type === of);
    if (typeof value.type === "string" && value.type !== of) {
      failures.push({ pointer: "/type", keyword: "const", message: `must be "${of}"` });
    }
    const payload: unknown = value["payload"];
    const own = isObject(payload) ? payload : {};
    const { properties = {}, required = [] } = draft.schemas.get(of)?.schema ?? {};
    const inPayload = Object.hasOwn(properties, "job_id") && Object.hasOwn(own, "job_id");
    // Where the payload requires it, the payload's own validator says that it is missing.
    const named = Object.hasOwn(value, "job_id") || inPayload || required.includes("job_id");
    if (row?.job && !named) {
      failures.push(missing("/job_id"));
    }
    if (row?.seq && !Object.hasOwn(value, "event_seq")) failures.push(missing("/event_seq"));
    if (!isObject(payload)) return failures;
    const inner = run(of, payload, "/payload");
    if (inner === undefined) return undefined;
    failures.push(...inner);
    const kind: unknown = payload["kind"];
    if (of === "job.event" && typeof kind === "string" && isObject(payload["body"])) {
      failures.push(...(isKind(kind) ? (run(kind, payload["body"], "/payload/body") ?? []) : []));
    }
    return failures;
  };

  const isKind = (name: string): boolean => draft.kinds.some(({ kind }) => kind === name);

  const event = (of: string, value: unknown): Failure[] | undefined => {
    const failures = run("job.event", value) ?? [];
    if (!isObject(value))
      return [...failures, { pointer: "", keyword: "type", message: "must be object" }];
    if (typeof value["kind"] === "string" && value["kind"] !== of) {
      failures.push({ pointer: "/kind", keyword: "const", message: `must be "${of}"` });
    }
    if (!isObject(value["body"])) {
      return failures.length > 0 ? failures : [missing("/body")];
    }
    const inner = run(of, value["body"], "/body");
    return inner && [...failures, ...inner];
  };

  return {
    refused,
    check: (of, value) => {
      if (refused.has(of)) return undefined;
      const kind = nameKind(draft, of);
      if (kind === "message") return message(of, value);
      if (kind === "kind") return event(of, value);
      return kind === undefined ? undefined : run(of, value);
    },
  };
}

/** An error of ajv, that of `required` moved to the missing member. */
function toFailure(error: ErrorObject, at: string): Failure {
  const missingKey: unknown =
    error.keyword === "required" ? error.params["missingProperty"] : undefined;
  const below = typeof missingKey === "string" ? `/${pointerKey(missingKey)}` : "";
  const pointer = `${at}${error.instancePath}${below}`;
  return { pointer, keyword: error.keyword, message: error.message ?? "does not fit" };
}

function missing(pointer: string): Failure {
  return { pointer, keyword: "required", message: "is missing" };
}

/** Knows the meta-schema; one for all drafts, since compiling it takes longer than using it. */
let meta: Ajv | undefined;

/** Why ajv would refuse a schema: a keyword's value of the wrong type. */
function malformed(schema: object): Refusal | undefined {
  meta ??= new (loadAjv().Ajv)({ strict: false, logger: false });
  if (meta.validateSchema(schema) === true) return undefined;
  const { instancePath = "", message = "is not valid" } = meta.errors?.[0] ?? {};
  return { pointer: instancePath, reason: message, fix: FIX };
}

const FIX = "see JSON Schema 2020-12";

/** Points references at the bundle, and takes away those that lead nowhere: they are reported. */
function withoutDangling(schema: object, all: Readonly<Record<string, object>>): object {
  const inner = (value: unknown): unknown =>
    typeof value === "object" && value !== null ? withoutDangling(value, all) : value;
  if (Array.isArray(schema)) return schema.map(inner);
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key !== "$ref" || typeof value !== "string") result[key] = inner(value);
    else {
      const name = referenceName(value);
      if (name !== undefined && Object.hasOwn(all, name)) result[key] = SCHEME + name;
    }
  }
  return result;
}
