import { withoutDescriptions } from "../model/subset.js";
import type { Model, SchemaBlock } from "../model/types.js";

/** The parts of a model, such as its messages or its limits, as JSON says them. */
type Parts = ReadonlyMap<keyof Model, string>;

interface Made<R> {
  readonly parts: Parts;
  /** The parts that were looked at. */
  readonly read: ReadonlySet<keyof Model>;
  readonly result: R;
}

/** Models are read by many emitters, one after the other. */
const known = new WeakMap<Model, Parts>();

/**
 * Makes again what is made of a model only if one of the parts that were looked at reads otherwise than in the last model
 * of that revision: while the spec is watched, most of them stay what they were. `make` is pure, its results are shared,
 * and nobody may change one.
 */
export function whenPartsChange<R>(make: (model: Model) => R): (model: Model) => R {
  const last = new Map<string, Made<R>>();
  return (model) => {
    const parts = partsOf(model);
    const before = last.get(model.revision);
    if (
      before !== undefined &&
      [...before.read].every((it) => parts.get(it) === before.parts.get(it))
    ) {
      return before.result;
    }
    const read = new Set<keyof Model>();
    const watched = new Proxy(model, {
      get: (target, name: keyof Model) => {
        read.add(name);
        return target[name];
      },
      ownKeys: (target) => {
        for (const name of parts.keys()) read.add(name);
        return Reflect.ownKeys(target);
      },
    });
    const result = make(watched);
    last.set(model.revision, { parts, read, result });
    return result;
  };
}

/** The same for what does not look at descriptions: one that reads otherwise is no change. */
export function whenShapesChange<R>(make: (model: Model) => R): (model: Model) => R {
  const again = whenPartsChange(make);
  return (model) => {
    const shapes = undescribed.get(model) ?? withoutWords(model);
    undescribed.set(model, shapes);
    return again(shapes);
  };
}

const undescribed = new WeakMap<Model, Model>();

function withoutWords(model: Model): Model {
  const bare = (block: SchemaBlock): SchemaBlock => ({
    ...block,
    schema: withoutDescriptions(block.schema),
  });
  const each = <T extends { readonly schema: SchemaBlock }>(rows: readonly T[]): T[] =>
    rows.map((row) => ({ ...row, schema: bare(row.schema) }));
  return {
    ...model,
    envelope: bare(model.envelope),
    messages: each(model.messages),
    kinds: each(model.kinds),
    definitions: each(model.definitions),
  };
}

function partsOf(model: Model): Parts {
  const found = known.get(model);
  if (found !== undefined) return found;
  const names = Object.keys(model) as (keyof Model)[];
  const parts = new Map(names.map((name) => [name, JSON.stringify(model[name])]));
  known.set(model, parts);
  return parts;
}
