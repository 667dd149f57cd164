/** What a draft says, piece by piece, each with where and in which form it says so. */
import { createHash } from "node:crypto";

export type FactKind = "message" | "field" | "kind" | "error" | "feature" | "namespace" | "rule";

/** In which form a draft says it: strong to weak. */
export type EvidenceForm = "json" | "table" | "list" | "grammar" | "trace" | "prose";

export interface Evidence {
  readonly form: EvidenceForm;
  readonly line: number;
}

export interface Fact {
  readonly kind: FactKind;
  readonly name: string;
  readonly evidence: readonly Evidence[];
  /** Of a field: the types of JSON that are stated or shown; empty if none is. */
  readonly types: readonly string[];
  /** Of a field: what is stated; undefined where nothing is, or "yes" and "no" both. */
  readonly required: boolean | undefined;
  /** Of a rule of a grammar: what it consists of, as it was said first; undefined if it is only named. */
  readonly text?: string | undefined;
}

/** An example that can be validated: a message, the `{ kind, body }` of an event, or a definition. */
export interface DraftExample {
  /** Undefined if nothing of ours fits. */
  readonly of: string | undefined;
  /** Part of a sequence, which shows what matters and leaves the rest out. */
  readonly step: boolean;
  readonly value: unknown;
  /** JSON pointers to what the draft leaves open. */
  readonly elided: readonly string[];
  readonly line: number;
  readonly hash: string;
}

/** A sentence with a keyword of RFC 2119 in it, or one that says what is done. */
export interface Sentence {
  readonly text: string;
  /** The paragraph that it continues, as an item of a list does. */
  readonly lead: string;
  /** "says" alone where there is none. */
  readonly keywords: readonly string[];
  /** The code spans in both. */
  readonly names: readonly string[];
  readonly line: number;
  readonly section: string;
  readonly title: string;
  readonly hash: string;
}

/** Something that was read and says nothing to us. */
export interface Silent {
  readonly what: "code" | "fence" | "html" | "table" | "step";
  readonly text: string;
  readonly line: number;
  readonly hash: string;
}

export interface JsonBlock {
  readonly line: number;
  readonly strict: boolean;
  readonly deviations: readonly {
    readonly kind: string;
    readonly line: number;
    readonly column: number;
  }[];
  /** Why it could not be read. */
  readonly problem:
    { readonly line: number; readonly column: number; readonly message: string } | undefined;
  readonly hash: string;
}

export interface DraftFacts {
  readonly facts: readonly Fact[];
  /** Objects that the draft shows or lists in full, by the place in our model: `job.submit/`, `session.jobs/filter/`. */
  readonly shown: ReadonlySet<string>;
  /** The kinds of facts of which it has a table that is whole. */
  readonly listed: ReadonlySet<FactKind>;
  readonly examples: readonly DraftExample[];
  readonly sentences: readonly Sentence[];
  readonly silent: readonly Silent[];
  readonly json: readonly JsonBlock[];
  readonly tables: number;
  readonly unevenRows: readonly number[];
  /** Sections that repeat another document, by line. */
  readonly inherited: readonly { readonly line: number; readonly title: string }[];
}

/** Gathers facts: the same one from several places is one fact with several pieces of evidence. */
export function createFactStore() {
  const store = new Map<
    string,
    {
      fact: Fact;
      types: Set<string>;
      stated: Set<boolean>;
      seen: Set<string>;
      text: string | undefined;
    }
  >();
  return {
    add(
      kind: FactKind,
      name: string,
      evidence: Evidence,
      {
        types = [],
        required,
        text,
      }: { types?: readonly string[]; required?: boolean | undefined; text?: string } = {},
    ): void {
      const key = `${kind}:${name}`;
      const entry = store.get(key) ?? {
        fact: { kind, name, evidence: [], types: [], required: undefined },
        types: new Set<string>(),
        stated: new Set<boolean>(),
        seen: new Set<string>(),
        text: undefined,
      };
      store.set(key, entry);
      for (const type of types) entry.types.add(type);
      if (required !== undefined) entry.stated.add(required);
      // A name may be said in prose before the rule itself is written.
      entry.text ??= text;
      // The row or item that declares a name is read as prose too, for what else it says.
      const { line } = evidence;
      const declared = ["table", "list"].some((form) => entry.seen.has(`${form} ${line}`));
      if (evidence.form === "prose" && declared) return;
      const mark = `${evidence.form} ${line}`;
      if (!entry.seen.has(mark)) (entry.fact.evidence as Evidence[]).push(evidence);
      entry.seen.add(mark);
    },
    has: (kind: FactKind, name: string): boolean => store.has(`${kind}:${name}`),
    /** How much evidence there is: whether something that was read said anything. */
    size: (): number => [...store.values()].reduce((sum, { seen }) => sum + seen.size, 0),
    names: (kind: FactKind): Set<string> =>
      new Set(
        [...store.values()].filter(({ fact }) => fact.kind === kind).map(({ fact }) => fact.name),
      ),
    all: (): Fact[] =>
      [...store.values()].map(({ fact, types, stated, text }) => {
        const [required] = stated.size === 1 ? stated : [undefined];
        return { ...fact, types: [...types], required, text };
      }),
  };
}

export type FactStore = ReturnType<typeof createFactStore>;

/** A fingerprint of what a draft says, so that it can be named without being repeated. White space does not count. */
export function fingerprint(text: string): string {
  const folded = text.normalize("NFC").replace(/\s+/g, " ").trim();
  return createHash("sha256").update(folded).digest("hex").slice(0, 16);
}
