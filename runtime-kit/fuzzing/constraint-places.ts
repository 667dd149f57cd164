import type { Judge } from "./judge.js";
import type { Constraint, FuzzModel, Schema } from "./model.js";
import { namesIn } from "./pointers.js";

/** Whether a schema of a model asks what a constraint says, where it says it. */
export function askedIn(model: FuzzModel, { resolve }: Judge): (constraint: Constraint) => boolean {
  const rows = new Map(model.messages.map((row) => [row.type, row]));
  const kinds = new Map(model.kinds.map((row) => [row.kind, row]));

  /** A schema, and the branches of its choice. */
  const choices = (schema: Schema): Schema[] => {
    const own = resolve(schema);
    return [own, ...(own.anyOf ?? own.oneOf ?? []).map(resolve)];
  };

  const below = (schemas: readonly Schema[], name: string): Schema[] =>
    schemas.flatMap(choices).flatMap(({ properties = {}, items, additionalProperties: rest }) => {
      if (name !== "*") return Object.hasOwn(properties, name) ? [properties[name]!] : [];
      return [items, rest].filter((one) => typeof one === "object");
    });

  /** What stands at a place of a message of this type or kind. */
  const standing = (of: string, names: readonly string[]): Schema[] => {
    const [first, second, ...more] = names;
    if (kinds.has(of) && first === "payload" && second === "body")
      return more.reduce(below, [kinds.get(of)!.schema]);
    if (rows.has(of) && first === "payload")
      return names.slice(1).reduce(below, [rows.get(of)!.schema]);
    return names.reduce(below, [model.envelope.schema]);
  };

  return ({ of, pointer, keyword }) => {
    const names = namesIn(pointer);
    const last = names.at(-1);
    const parents = (): Schema[] => standing(of, names.slice(0, -1)).flatMap(choices);
    if (keyword === "additionalProperties")
      return last === "*" && parents().some((one) => one.additionalProperties === false);
    if (keyword !== "required" || last === undefined) {
      return standing(of, names)
        .flatMap(choices)
        .some((one) => Object.hasOwn(one, keyword));
    }
    const row = rows.get(of);
    const number = pointer === "/event_seq" && row?.seq === true;
    const job = pointer === "/job_id" && (row?.job === "envelope" || row?.job === "either");
    return number || job || parents().some((one) => one.required?.includes(last) === true);
  };
}
