/** Our model, asked by names and paths: what a draft says is looked up here. */
import type { Draft } from "../model/draft.js";
import type { JsonSchema } from "../model/schema.js";
import { isObject, referenceName } from "../model/subset.js";

/** A place in a schema where members may stand. Several, where a value has a choice of forms. */
interface Form {
  /** The message, kind or definition that the path begins in. */
  readonly subject: string;
  /** "filter/", "" at the top. */
  readonly path: string;
  /** Undefined for something that we do not have. */
  readonly schema: JsonSchema | undefined;
}

/** Where a value of a draft stands in our model. */
export type Place = readonly Form[];

export interface OurField {
  /** `job.submit/agent`, `LeaseConstraints/expires_at`: a definition is named by itself wherever it is used. */
  readonly name: string;
  /** Types of JSON; empty for anything. */
  readonly types: readonly string[];
  readonly required: boolean;
  readonly line: number;
}

export interface Ours {
  readonly draft: Draft;
  readonly messages: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
  readonly errors: ReadonlySet<string>;
  readonly features: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
  readonly rules: ReadonlySet<string>;
  /** What message types begin with: `session`, `job`. */
  readonly families: ReadonlySet<string>;
  /** Every other name that the model has: states, values of enumerations, limits, definitions. */
  readonly words: ReadonlySet<string>;
  /** The last names of all fields. */
  readonly fieldNames: ReadonlySet<string>;
  readonly fields: ReadonlyMap<string, OurField>;
  /** The payload of a message, the body of a kind, a definition, the envelope. */
  place(subject: string): Place;
  /** The place of a member, and the name of its field; undefined where members are free, as in a map or an input. */
  member(place: Place, key: string): { readonly name: string; readonly place: Place } | undefined;
  /** The place of the items of a list. */
  items(place: Place): Place;
  /** Names of our fields directly at a place. */
  fieldsAt(place: Place): readonly string[];
  /** The definition, or the envelope, whose members agree best with these names. */
  closest(keys: readonly string[]): string | undefined;
}

export function readOurs(draft: Draft): Ours {
  const fields = new Map<string, OurField>();
  const words = new Set<string>();

  const resolve = (schema: JsonSchema | undefined, subject: string, path: string): Form[] => {
    if (!isObject(schema)) return [{ subject, path, schema: undefined }];
    const name = referenceName(schema.$ref);
    if (name !== undefined) {
      return resolve(draft.schemas.get(name)?.schema, name, "");
    }
    const branches = [...list(schema.anyOf), ...list(schema.oneOf), ...list(schema.allOf)];
    const own: Form = { subject, path, schema };
    return [own, ...branches.flatMap((branch) => resolve(branch, subject, path))];
  };

  const place = (subject: string): Place => {
    const schema = draft.schemas.get(subject)?.schema;
    return schema === undefined ? [{ subject, path: "", schema }] : resolve(schema, subject, "");
  };

  const member: Ours["member"] = (forms, key) => {
    for (const { subject, path, schema } of forms) {
      const child = isObject(schema?.properties) ? schema.properties[key] : undefined;
      if (child !== undefined && Object.hasOwn(schema?.properties ?? {}, key)) {
        return {
          name: `${subject}/${path}${key}`,
          place: resolve(child, subject, `${path}${key}/`),
        };
      }
    }
    if (forms.some(({ schema }) => schema !== undefined && isFree(schema))) return undefined;
    const unknown = forms.find(({ schema }) => schema?.properties !== undefined) ?? forms[0];
    if (unknown === undefined) return undefined;
    const { subject, path } = unknown;
    const inner = { subject, path: `${path}${key}/`, schema: undefined };
    return { name: `${subject}/${path}${key}`, place: [inner] };
  };

  const items: Ours["items"] = (forms) => {
    const found = forms.flatMap(({ subject, path, schema }) =>
      isObject(schema?.items)
        ? resolve(schema.items, subject, `${path.replace(/\/$/, "")}[]/`)
        : [],
    );
    return found.length > 0 ? found : forms.map((form) => ({ ...form, schema: undefined }));
  };

  const enter = (forms: Place): void => {
    for (const { subject, path, schema } of forms) {
      for (const value of list(schema?.enum)) if (typeof value === "string") words.add(value);
      if (typeof schema?.const === "string") words.add(schema.const);
      if (isObject(schema?.items)) enter(items([{ subject, path, schema }]));
      const required = Array.isArray(schema?.required) ? schema.required : [];
      for (const [key, child] of Object.entries(schema?.properties ?? {})) {
        const name = `${subject}/${path}${key}`;
        if (fields.has(name)) continue;
        const inner = resolve(child, subject, `${path}${key}/`);
        const line = draft.schemas.get(subject)?.position.line ?? 1;
        fields.set(name, { name, types: typesOf(inner), required: required.includes(key), line });
        enter(inner);
      }
    }
  };
  for (const subject of draft.schemas.keys()) {
    words.add(subject);
    enter(place(subject));
  }
  for (const machine of draft.machines) {
    for (const { from, to, on } of machine.transitions)
      for (const name of [from, to, on]) words.add(name ?? "");
  }
  for (const { name } of draft.limits) words.add(name);

  const shapes = [...draft.schemas.keys()].filter((name) => /^[A-Z]/.test(name));
  const keysAt = (subject: string): Set<string> =>
    new Set(fieldsAt(place(subject)).map((name) => name.slice(name.lastIndexOf("/") + 1)));
  const fieldsAt: Ours["fieldsAt"] = (forms) =>
    forms.flatMap(({ subject, path, schema }) =>
      Object.keys(schema?.properties ?? {}).map((key) => `${subject}/${path}${key}`),
    );

  return {
    draft,
    messages: new Set(draft.messages.map(({ type }) => type)),
    kinds: new Set(draft.kinds.map(({ kind }) => kind)),
    errors: new Set(draft.errors.map(({ code }) => code)),
    features: new Set(draft.features.map(({ flag }) => flag)),
    namespaces: new Set(draft.namespaces.map(({ namespace }) => namespace)),
    rules: new Set(draft.grammar.map(({ rule }) => rule.name)),
    families: new Set(draft.messages.map(({ type }) => type.slice(0, type.indexOf(".")))),
    words,
    fieldNames: new Set([...fields.keys()].map((name) => name.slice(name.lastIndexOf("/") + 1))),
    fields,
    place,
    member,
    items,
    fieldsAt,
    closest: (keys) => {
      const scored = shapes.map((name) => {
        const known = keysAt(name);
        const shared = keys.filter((key) => known.has(key)).length;
        return { name, shared, size: known.size };
      });
      const [best] = scored
        .filter(({ shared }) => shared >= 2 && shared * 2 > keys.length)
        .sort((a, b) => b.shared - a.shared || a.size - b.size);
      return best?.name;
    },
  };
}

/** Members that belong to the envelope of a message and to nothing in its payload. */
export function envelopeKeys(type: string, ours: Ours): Set<string> {
  const own = new Set(keysOf(ours, type));
  return new Set(keysOf(ours, "Envelope").filter((key) => !own.has(key)));
}

function keysOf(ours: Ours, subject: string): string[] {
  return ours.fieldsAt(ours.place(subject)).map((name) => name.slice(name.lastIndexOf("/") + 1));
}

/** Whether any member may stand there: a map, or a value whose members are nobody's business. */
function isFree(schema: JsonSchema): boolean {
  if (isObject(schema.additionalProperties)) return true;
  if (schema.properties !== undefined) return false;
  const combined = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (combined !== undefined) return false;
  return schema.type === undefined || [schema.type].flat().includes("object");
}

/** The types that one of several forms allows; empty for anything. */
function typesOf(forms: Place): string[] {
  const types = new Set<string>();
  for (const { schema } of forms) {
    if (schema === undefined) return [];
    const values = [...list(schema.enum), ...(schema.const === undefined ? [] : [schema.const])];
    const stated = schema.type === undefined ? values.map(typeOfValue) : [schema.type].flat();
    for (const type of stated) types.add(String(type));
  }
  return [...types];
}

/** The type of JSON that a value has; an integer is told from other numbers. */
export function typeOfValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}
