/** Every place in a message that a schema of one revision or of the other describes. */
import type { Json } from "../emit/fixtures/sample.js";
import { EVENT } from "../emit/declared.js";
import type { JsonSchema } from "../model/schema.js";
import { isObject } from "../model/subset.js";
import { branches } from "./narrow.js";
import { VERSION } from "./side.js";
import type { Side } from "./side.js";

/** A place as one revision has it. */
export interface Half {
  /** As written, a reference perhaps. */
  readonly schema: JsonSchema;
  readonly required: boolean;
  /** A message of that revision with a value at the place, and one without. */
  readonly put: (value: unknown) => Json;
  readonly absent: () => Json;
  /** What its members are put into; else the least that its schema takes. */
  readonly base?: Json;
}

export interface Place {
  /** The schema that names it, and the way from there: `job.submit`, `["filter", "status"]`. */
  readonly owner: string;
  readonly path: readonly string[];
  /** The message that it stands in; undefined for a definition to which no message refers. */
  readonly type: string | undefined;
  readonly kind: string | undefined;
  /** From the root of the message; "*" is any item or member. */
  readonly pointer: readonly string[];
  readonly old: Half | undefined;
  readonly new: Half | undefined;
  /** What the object around it takes, in that revision, as members that it does not name; anything if undefined. */
  readonly oldRest: JsonSchema | undefined;
  readonly newRest: JsonSchema | undefined;
}

type Where = Omit<Place, "old" | "new" | "oldRest" | "newRest"> & {
  /** Definitions around it. */
  readonly within: readonly string[];
};

/** `job.submit/agent`; the bare name for a whole definition. */
export function keyOf({ owner, path }: Pick<Place, "owner" | "path">): string {
  return [owner, ...path].join("/");
}

/** All places of the messages and kinds that both revisions have. */
export function placesOf(old: Side, now: Side): Place[] {
  const places: Place[] = [];
  const sides = { old, new: now };
  const walk = createWalk(sides, places);
  const each = (make: (side: Side) => Half): readonly [Half, Half] => [make(old), make(now)];
  const versioned = [old, now].every(({ version }) => version !== undefined);
  const around = (type: string) => each((it) => envelope(it, type, versioned));
  for (const { type } of now.model.messages) {
    if (old.message(type) === undefined) continue;
    const at = { type, kind: undefined, within: [] };
    walk({ ...at, owner: "Envelope", path: [], pointer: [] }, ...around(type));
    const pointer = ["payload"];
    walk({ ...at, owner: type, path: [], pointer }, ...each((it) => payload(it, type)));
  }
  for (const { kind } of now.model.kinds) {
    const both = [old, now].every(
      ({ model, message }) =>
        model.kinds.some((it) => it.kind === kind) && message(EVENT) !== undefined,
    );
    if (!both) continue;
    const at = { type: EVENT, kind, within: [], owner: kind, path: [] };
    walk({ ...at, pointer: ["payload", "body"] }, ...each((it) => body(it, kind)));
  }
  const reached = new Set(places.map(({ owner }) => owner));
  for (const { name } of now.model.definitions) {
    if (reached.has(name) || !old.model.definitions.some((it) => it.name === name)) continue;
    const half = (side: Side): Half => ({ ...ROOT, schema: schemaOf(side, name), put: asIs });
    const nowhere = { type: undefined, kind: undefined, pointer: [] };
    const at = { ...nowhere, owner: name, path: [], within: [name] };
    const [one, other] = each(half);
    places.push({ ...at, ...OPEN, old: one, new: other });
    walk(at, one, other);
  }
  return places;
}

const asIs = (value: unknown): Json => value as Json;
const ROOT = { required: true, absent: () => ({}) } as const;
const OPEN = { oldRest: undefined, newRest: undefined };

function schemaOf({ model }: Side, name: string): JsonSchema {
  return model.definitions.find((it) => it.name === name)?.schema.schema ?? {};
}

/** The payload stays; the rest of the envelope is what is put. The version that both say is a change of its own. */
function envelope(side: Side, type: string, versioned: boolean): Half {
  const { schema } = side.model.envelope;
  const { payload: _payload, [VERSION]: said, ...others } = schema.properties ?? {};
  const properties = versioned || said === undefined ? others : { [VERSION]: said, ...others };
  const { payload, ...base } = leastOf(side, type);
  const put = (value: unknown): Json => ({ ...(value as Json), payload });
  return { ...ROOT, schema: { ...schema, properties }, base, put };
}

function payload(side: Side, type: string): Half {
  const schema = side.message(type)?.schema.schema ?? {};
  return { ...ROOT, schema, put: (value) => side.messages.of(type, value as Json) };
}

function body(side: Side, kind: string): Half {
  const schema = side.model.kinds.find((it) => it.kind === kind)?.schema.schema ?? {};
  return { ...ROOT, schema, put: (value) => side.messages.event(kind, value) };
}

function leastOf(side: Side, type: string): Json {
  const schema = side.message(type)?.schema.schema ?? {};
  return side.messages.of(type, side.sample(schema, "payload") as Json);
}

function createWalk(sides: Readonly<Record<"old" | "new", Side>>, places: Place[]) {
  const walk = (at: Where, old: Half, now: Half): void => {
    const [o, n] = [branches(sides.old, old.schema), branches(sides.new, now.schema)];
    for (const branch of o) {
      const same = n.find(({ name }) => name !== undefined && name === branch.name);
      const like = same ?? n.find(({ schema }) => schema.type === branch.schema.type);
      if (like === undefined) continue;
      const halves = [
        { ...old, schema: branch.schema },
        { ...now, schema: like.schema },
      ] as const;
      if (same?.name === undefined) descend(at, ...halves);
      else if (!at.within.includes(same.name)) {
        const inside = { ...at, owner: same.name, path: [], within: [...at.within, same.name] };
        // Whether a field may be left out is said of the field.
        const [a, b] = halves.map((half): Half => ({ ...half, required: true })) as [Half, Half];
        places.push({ ...inside, ...OPEN, old: a, new: b });
        descend(inside, a, b);
      }
    }
  };

  const descend = (at: Where, old: Half, now: Half): void => {
    const [o, n] = [old.schema, now.schema];
    if (o.items !== undefined && n.items !== undefined) {
      const below = (half: Half, side: Side): Half => item(half, side);
      walk({ ...at, pointer: [...at.pointer, "*"] }, below(old, sides.old), below(now, sides.new));
    }
    const [rest, other] = [o.additionalProperties, n.additionalProperties];
    if (isObject(rest) && isObject(other)) {
      const [one, two] = [
        member(old, sides.old, "any", rest),
        member(now, sides.new, "any", other),
      ];
      walk({ ...at, pointer: [...at.pointer, "*"] }, one, two);
    }
    const names = new Set([...Object.keys(o.properties ?? {}), ...Object.keys(n.properties ?? {})]);
    for (const name of names) {
      const [a, b] = [o.properties?.[name], n.properties?.[name]];
      const inside = { ...at, path: [...at.path, name], pointer: [...at.pointer, name] };
      const before = a && member(old, sides.old, name, a);
      const after = b && member(now, sides.new, name, b);
      const rests = {
        oldRest: isObject(rest) ? rest : undefined,
        newRest: isObject(other) ? other : undefined,
      };
      places.push({ ...inside, ...rests, old: before, new: after });
      if (before !== undefined && after !== undefined) walk(inside, before, after);
    }
  };
  return walk;
}

function item(half: Half, side: Side): Half {
  const { items = {}, minItems = 1 } = half.schema;
  const others = Array.from({ length: Math.max(0, minItems - 1) }, () =>
    side.sample(items, "item"),
  );
  const put = (value: unknown): Json => half.put([value, ...others]);
  return { ...ROOT, schema: items, put };
}

function member(half: Half, side: Side, name: string, schema: JsonSchema): Half {
  const base = half.base ?? (side.sample(half.schema, name) as Json);
  const { [name]: _own, ...others } = base;
  return {
    schema,
    required: half.schema.required?.includes(name) === true,
    put: (value) => half.put({ ...base, [name]: value }),
    absent: () => half.put(others),
  };
}
