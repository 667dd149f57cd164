/** Members that no schema knows. Objects stay open on the wire, so a validator says nothing about them. */
import { pointerKey } from "../parse/json.js";
import type { SchemaBlock } from "./types.js";
import type { JsonSchema } from "./schema.js";
import { isObject, referenceName } from "./subset.js";

/** A member that the schemas of its place do not know. */
export interface Stranger {
  /** JSON pointer of the object that it stands in. */
  readonly parent: string;
  readonly key: string;
  /** What the schemas know there. */
  readonly known: readonly string[];
}

type Blocks = ReadonlyMap<string, Pick<SchemaBlock, "schema">>;

/**
 * The members of a value that none of these schemas knows, at each depth where they say what may stand there. Whatever
 * is free has none: a map, an input, what vendors call by a name of their own, and a capture of a trace.
 */
export function* strangersIn(
  value: unknown,
  schemas: readonly JsonSchema[],
  blocks: Blocks,
  pointer = "",
): Generator<Stranger, void> {
  const { forms, free } = formsOf(schemas, blocks);
  if (Array.isArray(value)) {
    const items = forms.flatMap((form) => (isObject(form.items) ? [form.items] : []));
    for (const [index, item] of value.entries())
      yield* strangersIn(item, items, blocks, `${pointer}/${index}`);
    return;
  }
  if (!isObject(value) || isCapture(value)) return;
  const known = new Set(forms.flatMap(({ properties }) => Object.keys(properties ?? {})));
  const maps = forms.flatMap(({ additionalProperties }) =>
    isObject(additionalProperties) ? [additionalProperties] : [],
  );
  const closed = known.size > 0 && maps.length === 0 && !free;
  for (const [key, member] of Object.entries(value)) {
    if (known.has(key)) {
      const own = forms.flatMap(({ properties = {} }) =>
        Object.hasOwn(properties, key) ? [properties[key]!] : [],
      );
      yield* strangersIn(member, own, blocks, `${pointer}/${pointerKey(key)}`);
    } else if (!closed) yield* strangersIn(member, maps, blocks, `${pointer}/${pointerKey(key)}`);
    else if (!isOfVendor(key)) yield { parent: pointer, key, known: [...known] };
  }
}

/** What schemas come to: themselves, what they refer to, and each of their branches; and whether one takes any object. */
function formsOf(
  schemas: readonly JsonSchema[],
  blocks: Blocks,
): { readonly forms: readonly JsonSchema[]; readonly free: boolean } {
  const forms = new Set<JsonSchema>();
  let free = false;
  const visit = (schema: unknown): void => {
    if (!isObject(schema) || forms.has(schema)) return;
    forms.add(schema);
    const name = referenceName(schema.$ref);
    if (name !== undefined) visit(blocks.get(name)?.schema);
    for (const keyword of ["anyOf", "oneOf", "allOf"] as const) {
      for (const branch of Array.isArray(schema[keyword]) ? (schema[keyword] as unknown[]) : []) {
        // A branch that only says what is required narrows its schema; one that takes any object opens it.
        free ||= keyword !== "allOf" && schema.properties === undefined && takesAnything(branch);
        visit(branch);
      }
    }
  };
  for (const schema of schemas) visit(schema);
  return {
    forms: [...forms].filter(({ properties }) => properties === undefined || isObject(properties)),
    free,
  };
}

function takesAnything(branch: unknown): boolean {
  if (!isObject(branch)) return false;
  const { type, properties, $ref, anyOf, oneOf, allOf, enum: words, const: word } = branch;
  if ([properties, $ref, anyOf, oneOf, allOf, words, word].some((it) => it !== undefined))
    return false;
  return type === undefined || [type].flat().includes("object");
}

/** `$J`, as a trace says it. */
function isCapture(value: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(value).join() === "$";
}

function isOfVendor(key: string): boolean {
  return key.startsWith("x-");
}
