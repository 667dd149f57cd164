import type { Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { camel, identifiers, pascal } from "./names.js";
import { render } from "./template.js";

/** `constants.ts`: the vocabulary as `as const` objects, each with a type of the same name. */
export function emitConstants(model: Model): Artefact {
  const { messages, errors, features, kinds, namespaces } = model;
  const groups = [
    group(
      "MessageType",
      "Types of messages.",
      messages.map((it) => [it.type, it] as const),
    ),
    group(
      "ErrorCode",
      "Codes of errors.",
      errors.map((it) => [it.code, it] as const),
    ),
    group(
      "Feature",
      "Flags of features, as negotiated.",
      features.map((it) => [it.flag, it] as const),
    ),
    group(
      "EventKind",
      "Kinds of job events.",
      kinds.map((it) => [it.kind, it] as const),
    ),
    group(
      "Namespace",
      "Namespaces of a lease.",
      namespaces.map((it) => [it.namespace, it] as const),
    ),
  ];
  const names = identifiers(
    model.limits.map((limit) => limit.name),
    camel,
  );
  const limits = model.limits.map((limit) => ({
    key: names.get(limit.name),
    value: limit.value === undefined ? "Infinity" : String(limit.value),
    meaning: `${limit.meaning} In ${limit.unit}.`,
    section: limit.section,
  }));
  const words = versions(model);
  const data = { draft: model.revision, version: words.at(-1), versions: words, groups, limits };
  return { path: "constants.ts", text: render(model, "constants", data) };
}

interface Worded {
  readonly meaning: string;
  readonly section: string;
}

function group(name: string, meaning: string, entries: readonly (readonly [string, Worded])[]) {
  const keys = identifiers(
    entries.map(([value]) => value),
    pascal,
  );
  const members = entries.map(([value, { meaning: words, section }]) => ({
    key: keys.get(value),
    value,
    meaning: words,
    section,
  }));
  return { name, meaning, members };
}

/**
 * What `arcp` may say: every version that something in the spec dates from, oldest first and this one last,
 * if the envelope takes such a word; it takes `1` alone where the draft has peers say that.
 */
function versions(model: Model): string[] {
  const { messages, kinds, errors, features, namespaces, version } = model;
  const dated = [...messages, ...kinds, ...errors, ...features, ...namespaces];
  const all = new Set([...dated.map((symbol) => symbol.since), version]);
  const sorted = [...all].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const pattern = model.envelope.schema.properties?.["arcp"]?.pattern;
  const taken = pattern === undefined ? sorted : sorted.filter(matches(pattern));
  return taken.length > 0 ? taken : [version.replace(/\..*/, "")];
}

function matches(pattern: string): (word: string) => boolean {
  const form = new RegExp(pattern, "u");
  return (word) => form.test(word);
}
