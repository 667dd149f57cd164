/** What a name in a draft is a name of, by what our model has, what the draft itself declares, and what stands around it. */
import type { FactKind, FactStore } from "./facts.js";
import type { Ours } from "./ours.js";

/** The kinds of facts that are names and not paths. */
type NameKind = Exclude<FactKind, "field">;

const DOTTED = /^[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)+$/;
const PLAIN = /^[a-z][a-z0-9_]*$/;
const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
/** A field, perhaps below others: `filter.status`, `agents[].name`. */
export const FIELD = /^[a-z][a-z0-9_]*(?:\[\])?(?:\.[a-z][a-z0-9_]*(?:\[\])?)*\??$/;

export interface Names {
  /** All that a name is known to be: of a draft that calls a flag and a namespace by one name, both. */
  known(name: string): readonly NameKind[];
  /** What an unknown name can only be, by its form: a code in capitals, a message of a family that we have. */
  byForm(name: string): NameKind | undefined;
  /** What a list or a table declares, by what is written above it. */
  announced(words: string): NameKind | "field" | undefined;
  /** Whether a name is one of our model's other words, so that it says nothing new. */
  isOurWord(text: string): boolean;
}

export function createNames(ours: Ours, store: FactStore): Names {
  const sets: readonly (readonly [NameKind, ReadonlySet<string>])[] = [
    ["message", ours.messages],
    ["kind", ours.kinds],
    ["error", ours.errors],
    ["feature", ours.features],
    ["namespace", ours.namespaces],
    ["rule", ours.rules],
  ];
  return {
    known: (name) =>
      sets.flatMap(([kind, set]) => (set.has(name) || store.has(kind, name) ? [kind] : [])),
    byForm: (name) => {
      if (CODE.test(name)) return "error";
      const [family = "", ...rest] = name.split(".");
      return DOTTED.test(name) && rest.length === 1 && ours.families.has(family)
        ? "message"
        : undefined;
    },
    announced: (words) => {
      const text = words.toLowerCase();
      if (/\b(?:fields?|members?|propert(?:y|ies)|parameters?|attributes?)\b/.test(text))
        return "field";
      if (/\bkinds?\b/.test(text)) return "kind";
      if (/\b(?:error|codes?)\b/.test(text)) return "error";
      if (/\b(?:features?|flags?)\b/.test(text)) return "feature";
      if (/\b(?:namespaces?|capabilit(?:y|ies))\b/.test(text)) return "namespace";
      return /\bmessages?\b/.test(text) ? "message" : undefined;
    },
    isOurWord: (text) => ours.words.has(text) || ours.fieldNames.has(text.replace(/\?$/, "")),
  };
}

/** Whether a name could be one of a kind at all. */
export function couldBe(kind: NameKind, name: string): boolean {
  if (kind === "error") return /^[A-Z][A-Z0-9_]{2,}$/.test(name);
  if (kind === "message" || kind === "namespace") return DOTTED.test(name);
  return PLAIN.test(name) || DOTTED.test(name) || /^x-[\w.-]+$/.test(name);
}
