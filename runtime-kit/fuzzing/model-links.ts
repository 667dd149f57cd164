/** What the members of a model say of each other: what one names, another has. */
import { shown } from "./asked.js";
import { faultIn } from "./automaton-faults.js";
import { askedIn } from "./constraint-places.js";
import { definitionOf, judgeOf } from "./judge.js";
import { strayNames } from "./model-names.js";
import type { FuzzModel, Schema, WrittenStep } from "./model.js";
import type { Misfit } from "./shape.js";

/** The first thing that a model, whose members have their shape, names and has not. */
export function looseEnd(model: FuzzModel): Misfit | undefined {
  for (const found of looseEnds(model)) return found;
  return undefined;
}

function* looseEnds(model: FuzzModel): Generator<Misfit> {
  const patterns = new Set(model.patterns.map(({ name }) => name));
  for (const [names, { $ref, format, pattern }] of schemasOf(model)) {
    if ($ref !== undefined && definitionOf(model, $ref) === undefined)
      yield { names: [...names, "$ref"], says: `${$ref} is none of /definitions` };
    if (format !== undefined && !Object.hasOwn(model.formats, format))
      yield { names: [...names, "format"], says: `${format} is none of /formats` };
    const expression = pattern ?? (format === undefined ? undefined : model.formats[format]);
    if (expression !== undefined && !patterns.has(expression))
      yield { names: [...names, "pattern"], says: `${expression} is none of /patterns` };
  }
  for (const [name, one] of Object.entries(model.definitions)) {
    if (!leadsOn(model, one).has(one)) continue;
    const says = "a reference in it leads back to it, and the schemas of a draft have no circle";
    yield { names: ["definitions", name], says };
  }
  const types = new Set(model.messages.map((row) => row.type));
  const owners = new Set(["Envelope", ...types, ...model.kinds.map((row) => row.kind)]);
  const isAsked = askedIn(model, judgeOf(model));
  for (const [at, constraint] of model.constraints.entries()) {
    const { of, pointer, keyword } = constraint;
    const names = ["constraints", `${at}`];
    if (!owners.has(of)) yield { names: [...names, "of"], says: `${of} is no type and no kind` };
    else if (!isAsked(constraint))
      yield { names, says: `no schema of ${of} asks for ${keyword} at ${pointer}` };
  }
  for (const member of ["moves", "missteps", "traces"] as const) {
    for (const [at, { steps }] of model[member].entries()) {
      const found = strangerAmong(steps, types);
      if (found !== undefined) yield { ...found, names: [member, `${at}`, ...found.names] };
    }
  }
  for (const member of ["rules", "patterns"] as const) {
    for (const [at, one] of model[member].entries()) {
      const found = one.undecided === undefined ? faultIn(one) : undefined;
      if (found !== undefined) yield { ...found, names: [member, `${at}`, ...found.names] };
    }
  }
  yield* strayNames(model);
}

/** The first step with a message of a type that there is not. */
export function strangerAmong(
  steps: readonly WrittenStep[],
  types: Pick<ReadonlySet<string>, "has">,
): Misfit | undefined {
  for (const [at, step] of steps.entries()) {
    if (!("type" in step) || types.has(step.type)) continue;
    return { names: ["steps", `${at}`, "type"], says: `${shown(step.type)} is no type` };
  }
  return undefined;
}

/** The definitions that the references in a schema lead to, and those in them. */
function leadsOn(model: FuzzModel, schema: Schema): ReadonlySet<Schema> {
  const targets = (of: Schema): Schema[] =>
    [...within([], of)].flatMap(([, { $ref }]) =>
      $ref === undefined ? [] : [definitionOf(model, $ref)!],
    );
  const found = new Set(targets(schema));
  for (const one of found) for (const target of targets(one)) found.add(target);
  return found;
}

/** Every schema, with the names that lead to it. */
export function* schemasOf(
  model: FuzzModel,
): Generator<readonly [names: readonly string[], Schema]> {
  yield* within(["envelope", "schema"], model.envelope.schema);
  for (const [name, one] of Object.entries(model.definitions)) {
    yield* within(["definitions", name], one);
  }
  for (const member of ["messages", "kinds"] as const) {
    for (const [at, { schema }] of model[member].entries()) {
      yield* within([member, `${at}`, "schema"], schema);
    }
  }
}

function* within(
  names: readonly string[],
  schema: Schema,
): Generator<readonly [names: readonly string[], Schema]> {
  yield [names, schema];
  const { properties = {}, items, additionalProperties: rest, anyOf = [], oneOf = [] } = schema;
  for (const [name, one] of Object.entries(properties)) {
    yield* within([...names, "properties", name], one);
  }
  if (items !== undefined) yield* within([...names, "items"], items);
  if (typeof rest === "object") yield* within([...names, "additionalProperties"], rest);
  for (const [at, one] of anyOf.entries()) yield* within([...names, "anyOf", `${at}`], one);
  for (const [at, one] of oneOf.entries()) yield* within([...names, "oneOf", `${at}`], one);
}
