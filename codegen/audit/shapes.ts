/** Values that a draft shows -> facts about messages, kinds, fields, features, namespaces and codes. */
import type { EvidenceForm, FactStore } from "./facts.js";
import type { LooseNode } from "./loose.js";
import { envelopeKeys, typeOfValue } from "./ours.js";
import type { Ours, Place } from "./ours.js";

/** An object of the draft, with the place in our model that it takes. */
export interface Shape {
  readonly place: Place;
  readonly keys: readonly string[];
}

export interface ShapeReader {
  /** Reads a value of a JSON block; gives what it is an example of, if anything, and the part of it that is. */
  value(node: LooseNode): { readonly of: string | undefined; readonly node: LooseNode };
  /** Reads the members of a step, which stand side by side whether they are the envelope's or the payload's. */
  step(type: string, node: LooseNode): void;
  /** Reads members of something known: the body in `{ level, message }`. */
  members(node: LooseNode, place: Place): void;
  /** The objects read so far, in order. */
  readonly shapes: readonly Shape[];
}

type ObjectNode = LooseNode & { readonly type: "object" };

const MESSAGE = /^[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)+$/;
const KIND = /^(?:x-[\w.-]+|[a-z][a-z0-9_]*)$/;
const CODE = /^[A-Z][A-Z0-9_]{2,}$/;
/** Members whose keys are namespaces. */
const LEASES = new Set(["lease", "lease_request", "constraints"]);

export function createShapeReader(
  ours: Ours,
  store: FactStore,
  shown: Set<string>,
  form: EvidenceForm,
  lineOf: (offset: number) => number,
): ShapeReader {
  const shapes: Shape[] = [];
  const evidence = (node: LooseNode) => ({ form, line: lineOf(node.start) });
  const get = (node: LooseNode | undefined, key: string): LooseNode | undefined =>
    node?.type === "object" ? node.members.find((member) => member.key === key)?.node : undefined;
  const textOf = (node: LooseNode | undefined): string | undefined =>
    node?.type === "scalar" && typeof node.value === "string" ? node.value : undefined;

  /** The members of an object, and all below. */
  const walk = (node: ObjectNode, place: Place, except: ReadonlySet<string> = new Set()): void => {
    const kept = node.members.filter(({ key }) => !except.has(key));
    const [first] = place;
    if (first !== undefined && kept.length > 0 && form !== "trace") {
      for (const { subject, path, schema } of place) {
        if (schema === undefined || schema.properties !== undefined)
          shown.add(`${subject}/${path}`);
      }
    }
    shapes.push({ place, keys: kept.map(({ key }) => key) });
    // Where some are marked as optional, the others are not; a sequence shows what matters and no more.
    const marked = form !== "trace" && node.members.some(({ optional }) => optional);
    for (const { key, node: value, optional } of kept) {
      special(key, value);
      const member = ours.member(place, key);
      if (member === undefined) continue;
      // A placeholder that names a type says it; the type of words without quotes is nobody's knowledge.
      store.add("field", member.name, evidence(value), {
        types: typesOf(value),
        ...(marked || optional ? { required: !optional } : {}),
      });
      below(value, member.place);
    }
  };

  const below = (value: LooseNode, place: Place): void => {
    if (value.type === "object") {
      if (!place.every(({ schema }) => schema === undefined) || value.members.length > 0)
        walk(value, place);
    } else if (value.type === "array")
      for (const item of value.items) below(item, ours.items(place));
    else if (value.type === "choice") for (const option of value.options) below(option, place);
  };

  const typesOf = (value: LooseNode): string[] => {
    switch (value.type) {
      case "object":
      case "array":
        return [value.type];
      case "choice":
        return value.options.flatMap(typesOf);
      case "unknown":
        return typeWords(value.text);
      case "scalar":
        // In a sequence every word may stand for something: `args: ARGS`.
        return form === "trace" && typeof value.value === "string"
          ? []
          : [typeOfValue(value.value)];
    }
  };

  /** Members that name something besides being one. */
  const special = (key: string, value: LooseNode): void => {
    const text = textOf(value);
    if (key === "code" && text !== undefined && CODE.test(text))
      store.add("error", text, evidence(value));
    if (key === "features" && value.type === "array") {
      for (const item of value.items) {
        const flag = textOf(item);
        if (flag !== undefined && /^[a-z]/.test(flag)) store.add("feature", flag, evidence(item));
      }
    }
    if (LEASES.has(key) && value.type === "object") namespaces(value);
  };

  const namespaces = (node: ObjectNode): void => {
    for (const { key, node: value } of node.members) {
      if (isNamespace(key, value)) store.add("namespace", key, evidence(value));
    }
  };

  /** A dotted name with a list of patterns. */
  const isNamespace = (key: string, value: LooseNode): boolean =>
    MESSAGE.test(key) && (value.type === "array" || ours.namespaces.has(key));

  const event = (node: LooseNode, outer: ReadonlySet<string> = new Set()): string | undefined => {
    const kind = textOf(get(node, "kind"));
    const body = get(node, "body");
    if (kind === undefined || body === undefined) return undefined;
    if (node.type === "object") walk(node, ours.place("job.event"), new Set([...outer, "body"]));
    if (!KIND.test(kind)) return undefined;
    store.add("kind", kind, evidence(node));
    store.add("field", "job.event/body", evidence(body), { types: typesOf(body) });
    if (body.type === "object") walk(body, ours.place(kind));
    return kind;
  };

  const payloadOf = (type: string, payload: LooseNode): void => {
    if (event(payload) === undefined && payload.type === "object") walk(payload, ours.place(type));
  };

  /** What a value is an example of; its members are read on the way. */
  const nameOf = (node: LooseNode): string | undefined => {
    if (node.type === "array") {
      for (const item of node.items) if (item.type === "object") walk(item, guess(item));
      return undefined;
    }
    if (node.type !== "object") return undefined;
    const type = textOf(get(node, "type"));
    const payload = get(node, "payload");
    if (type !== undefined && (MESSAGE.test(type) || payload !== undefined)) {
      const named = MESSAGE.test(type);
      walk(node, ours.place("Envelope"), new Set(["payload"]));
      if (named) store.add("message", type, evidence(node));
      if (payload === undefined) return named ? type : undefined;
      store.add("field", "Envelope/payload", evidence(payload), { types: typesOf(payload) });
      if (named) payloadOf(type, payload);
      return named ? type : "Envelope";
    }
    const kind = event(node);
    if (kind !== undefined) return kind;
    if (
      node.members.length > 0 &&
      node.members.every(({ key, node: value }) => isNamespace(key, value))
    ) {
      namespaces(node);
      return "Lease";
    }
    const of = ours.closest(node.members.map(({ key }) => key));
    walk(node, of === undefined ? [] : ours.place(of));
    return of;
  };

  return {
    shapes,
    value: (node) => {
      // `"lease_constraints": { … }` alone: what it names is what it shows.
      const [only, ...more] = node.type === "object" ? node.members : [];
      const of =
        more.length === 0 && only?.node.type === "object"
          ? definitionOf(ours, only.key)
          : undefined;
      if (of === undefined || only?.node.type !== "object") return { of: nameOf(node), node };
      walk(only.node, ours.place(of));
      return { of, node: only.node };
    },
    step: (type, node) => {
      store.add("message", type, evidence(node));
      if (node.type !== "object") return;
      const outer = envelopeKeys(type, ours);
      const kind = textOf(get(node, "kind"));
      const inner = new Set(node.members.map(({ key }) => key).filter((key) => !outer.has(key)));
      walk(node, ours.place("Envelope"), inner);
      if (kind === undefined) walk(node, ours.place(type), outer);
      else event(node, outer);
    },
    members: (node, place) => {
      if (node.type === "object") walk(node, place);
    },
  };

  function guess(node: ObjectNode): Place {
    const of = ours.closest(node.members.map(({ key }) => key));
    return of === undefined ? [] : ours.place(of);
  }
}

/** The definition that fields of a name have. */
function definitionOf(ours: Ours, key: string): string | undefined {
  for (const name of ours.fields.keys()) {
    if (!name.endsWith(`/${key}`)) continue;
    const [subject = "", ...path] = name.split("/");
    let place = ours.place(subject);
    for (const step of path) place = ours.member(place, step)?.place ?? [];
    const of = place.find(
      ({ path, schema }) => path === "" && schema?.properties !== undefined,
    )?.subject;
    if (of !== undefined) return of;
  }
  return undefined;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "string",
  str: "string",
  text: "string",
  timestamp: "string",
  datetime: "string",
  "date-time": "string",
  uuid: "string",
  ulid: "string",
  number: "number",
  float: "number",
  decimal: "number",
  integer: "integer",
  int: "integer",
  uint: "integer",
  boolean: "boolean",
  bool: "boolean",
  object: "object",
  map: "object",
  array: "array",
  list: "array",
  null: "null",
};

/** The types of JSON that words name: "integer, when applicable", "string | null", "string[]", "array of strings". */
export function typeWords(text: string): string[] {
  const lower = text.toLowerCase();
  if (/\[\]/.test(lower) || /^\s*(?:array|list)\b/.test(lower)) return ["array"];
  if (/^\s*(?:map|record|object|dictionary)\b/.test(lower)) return ["object"];
  const words = lower.match(/[a-z]+(?:-time)?/g) ?? [];
  return [
    ...new Set(
      words.flatMap((word) => (Object.hasOwn(TYPE_WORDS, word) ? [TYPE_WORDS[word]!] : [])),
    ),
  ];
}
