/**
 * A draft of somebody else's beside our model of it: what it says that we do not, what we say that it does not, and what
 * nobody could read. Pure: texts in, a result out.
 */
import type { Draft } from "../model/draft.js";
import type { Position } from "../model/types.js";
import { findExcess, MAX_BYTES, tooLarge } from "../parse/caps.js";
import { createSource } from "../parse/source.js";
import type { Baseline } from "./baseline.js";
import { collectFacts } from "./collect.js";
import { runExamples } from "./examples.js";
import type { ExampleRun } from "./examples.js";
import type { DraftFacts } from "./facts.js";
import { compare } from "./matrix.js";
import type { Row } from "./matrix.js";
import { isWeaker, matchSentences } from "./match.js";
import type { Match } from "./match.js";
import { readOurs } from "./ours.js";
import type { Ours } from "./ours.js";
import { readPage } from "./page.js";

/** One thing in which a draft and our model do not agree, or that could not be read. */
export interface Difference {
  /** The same in each run and in each later draft that says the same: what a baseline names. */
  readonly key: string;
  readonly rule:
    | "differs"
    | "only-theirs"
    | "only-ours"
    | "invalid-example"
    | "unmatched-sentence"
    | "unread-sentence"
    | "weaker-requirement"
    | "unreadable-json"
    | "unreadable-step"
    | "says-nothing"
    | "stale-baseline";
  /** In the draft; in our spec for what only we have; in the baseline for what is stale. */
  readonly position: Position;
  readonly message: string;
}

/**
 * A score cannot tell MUST from MUST NOT, nor two intervals from three: only what a person has read is settled, and a
 * sentence that changes by a word has to be read again.
 */
export interface SentenceVerdict extends Match {
  readonly verdict: "read" | "weaker" | "matched" | "partly" | "unmatched";
  readonly review: { readonly ids: readonly string[]; readonly reason: string } | undefined;
}

export interface Audit {
  readonly file: string;
  readonly revision: string;
  /** Why this is no draft of the protocol, or none that could be read; nothing else is sure then. */
  readonly refusal: string | undefined;
  readonly facts: DraftFacts | undefined;
  readonly rows: readonly Row[];
  readonly examples: readonly ExampleRun[];
  readonly sentences: readonly SentenceVerdict[];
  /** Beyond the baseline. */
  readonly differences: readonly Difference[];
  readonly accepted: readonly Difference[];
}

export interface AuditInput {
  readonly file: string;
  readonly text: string;
  /** Our model of the revision that the caller chose. */
  readonly draft: Draft;
  readonly baseline: Baseline;
  /** Where the baseline stands, for what is stale in it. */
  readonly baselineFile: string;
}

/** Audits a draft. Never throws: a text that cannot be read ends in a refusal. */
export function auditDraft(input: AuditInput): Audit {
  const { file, text, draft } = input;
  const nothing = {
    facts: undefined,
    rows: [],
    examples: [],
    sentences: [],
    differences: [],
    accepted: [],
  };
  const refused = (refusal: string): Audit => ({
    file,
    revision: draft.revision,
    refusal,
    ...nothing,
  });
  const unreadable = whyUnreadable(file, text);
  if (unreadable !== undefined) return refused(unreadable);
  const ours = readOurs(draft);
  let facts: DraftFacts;
  try {
    facts = collectFacts(readPage(file, text), ours);
  } catch (error) {
    return refused(
      `the Markdown parser gave up: ${error instanceof Error ? error.message : "unknown reason"}`,
    );
  }
  const rows = compare(facts, ours);
  const examples = runExamples(facts.examples, ours);
  const sentences = judge(facts, ours, input.baseline);
  const all = differencesOf({ facts, rows, examples, sentences }, input);
  const keys = new Set(input.baseline.accepted.flatMap((entry) => entry.keys));
  const accepted = all.filter(({ key }) => keys.has(key));
  const beyond = all.filter(({ key }) => !keys.has(key));
  const stale = staleEntries(input, new Set(all.map(({ key }) => key)), facts);
  return {
    file,
    revision: draft.revision,
    refusal: tooFew(facts, ours),
    facts,
    rows,
    examples,
    sentences,
    differences: [...beyond, ...stale],
    accepted,
  };
}

function whyUnreadable(file: string, text: string): string | undefined {
  if (text.trim() === "") return "the file is empty";
  if (text.includes("\0")) return "the file is not text: it has NUL characters in it";
  const { lines } = createSource(file, text.length > MAX_BYTES ? "" : text);
  const excess = text.length > MAX_BYTES ? tooLarge(file) : findExcess(file, lines);
  if (excess === undefined) return undefined;
  const { line, column } = excess.position;
  return `${file}:${line}:${column} ${excess.message}`;
}

/** Parts of our model of which a draft has to name so much, or it is about something else, or was not understood. */
const LEAST = { messages: 1 / 3, errors: 1 / 3, sentences: 1 / 50, json: 1 / 2 } as const;

function tooFew({ facts, sentences, json }: DraftFacts, ours: Ours): string | undefined {
  const known = (kind: "message" | "error", set: ReadonlySet<string>): number =>
    facts.filter((fact) => fact.kind === kind && set.has(fact.name)).length;
  const counts: readonly (readonly [what: string, found: number, least: number, of: string])[] = [
    [
      "message types of ours",
      known("message", ours.messages),
      ours.messages.size * LEAST.messages,
      `${ours.messages.size}`,
    ],
    [
      "error codes of ours",
      known("error", ours.errors),
      ours.errors.size * LEAST.errors,
      `${ours.errors.size}`,
    ],
    [
      "normative sentences",
      sentences.length,
      ours.draft.requirements.length * LEAST.sentences,
      `our ${ours.draft.requirements.length} requirements`,
    ],
    [
      "readable JSON blocks",
      json.filter(({ problem }) => !problem).length,
      json.length * LEAST.json,
      `${json.length}`,
    ],
  ];
  const short = counts.filter(([, found, least]) => found < least);
  if (short.length === 0) return undefined;
  const said = short.map(
    ([what, found, least, of]) =>
      `${found} ${what}, where at least ${Math.ceil(least)} of ${of} should be`,
  );
  return `too few facts to be a draft of this protocol: ${said.join("; ")}`;
}

/** What a person decided goes before any score; that ours is no weaker is seen without a person. */
function judge(facts: DraftFacts, { draft }: Ours, { sentences }: Baseline): SentenceVerdict[] {
  const reviews = new Map(
    sentences.flatMap(({ reason, ids }) =>
      Object.entries(ids).map(([hash, named]) => [hash, { ids: named, reason }]),
    ),
  );
  const levels = new Map(draft.requirements.map(({ id, level }) => [id, level]));
  const titles = new Map(draft.sections.map(({ number, title }) => [number, title]));
  return matchSentences(facts.sentences, draft.requirements, titles).map(
    (match): SentenceVerdict => {
      const { sentence, matched } = match;
      const review = reviews.get(sentence.hash);
      const named = review?.ids ?? matched.map(({ id }) => id);
      if (
        named.length > 0 &&
        isWeaker(
          sentence.keywords,
          named.flatMap((id) => levels.get(id) ?? []),
        )
      ) {
        return { ...match, review, verdict: "weaker" };
      }
      if (review !== undefined) return { ...match, review, verdict: "read" };
      const verdict =
        matched.length === 0
          ? "unmatched"
          : matched.length < sentence.keywords.length
            ? "partly"
            : "matched";
      return { ...match, review, verdict };
    },
  );
}

type Found = Pick<Audit, "rows" | "examples" | "sentences"> & { readonly facts: DraftFacts };

function differencesOf(
  { facts, rows, examples, sentences }: Found,
  { file, draft }: AuditInput,
): Difference[] {
  const at = (line: number, column = 1): Position => ({ file, line, column });
  return [
    ...rows.flatMap(({ kind, name, verdict, differences, theirs, ours }): Difference[] => {
      if (verdict === "same" || verdict === "not-mentioned") return [];
      const line = theirs[0]?.line;
      const position =
        line === undefined ? { file: draft.file, line: ours ?? 1, column: 1 } : at(line);
      const message = {
        differs: differences.join("; "),
        "only-theirs": "we do not have it",
        "only-ours": "they do not have it",
      };
      const key = [verdict, kind, name, ...differences].join(":");
      return [{ key, rule: verdict, position, message: `${kind} ${name}: ${message[verdict]}` }];
    }),
    ...examples.flatMap(({ of, line, hash, outcome, failures }): Difference[] => {
      if (outcome !== "invalid") return [];
      const why = failures.map(({ pointer, message }) => `${pointer || "/"} ${message}`).join("; ");
      const message = `this example of ${of} does not fit our schema: ${why}`;
      return [
        { key: `example:${of}:${hash}`, rule: "invalid-example", position: at(line), message },
      ];
    }),
    ...sentences.flatMap(({ sentence, verdict, matched, near, review }): Difference[] => {
      if (verdict === "read") return [];
      const shown = matched.length > 0 ? matched : near;
      const hints =
        review?.ids.join(", ") ??
        shown.map(({ id, score }) => `${id} ${score.toFixed(2)}`).join(", ");
      const rule =
        verdict === "unmatched" || verdict === "weaker"
          ? SENTENCE_RULES[verdict]
          : "unread-sentence";
      const message = `${sentence.keywords.join(" ")}: ${JSON.stringify(clip(sentence.text))} (${verdict === "unmatched" ? "nearest" : verdict}: ${hints})`;
      const key = `${verdict === "weaker" ? "weaker" : "sentence"}:${sentence.hash}`;
      return [{ key, rule, position: at(sentence.line), message }];
    }),
    ...facts.json.flatMap(({ problem, hash }): Difference[] => {
      if (problem === undefined) return [];
      const { line, column, message } = problem;
      return [
        {
          key: `unreadable:json:${hash}`,
          rule: "unreadable-json",
          position: at(line, column),
          message: `this is not even nearly JSON: ${message}`,
        },
      ];
    }),
    ...facts.silent.map(({ what, text, line, hash }): Difference => {
      const position = at(line);
      if (what === "step")
        return {
          key: `unreadable:step:${hash}`,
          rule: "unreadable-step",
          position,
          message: `the members of ${text} could not be read`,
        };
      const message = `this ${what} says nothing that we understand: ${JSON.stringify(clip(text.replace(/\s+/g, " "), 60))}`;
      return { key: `silent:${what}:${hash}`, rule: "says-nothing", position, message };
    }),
  ];
}

const SENTENCE_RULES = { unmatched: "unmatched-sentence", weaker: "weaker-requirement" } as const;

/** What a baseline excuses and nothing needs: a difference that is gone, a sentence that is not said, an id that we lack. */
function staleEntries(
  { baseline, baselineFile, draft }: AuditInput,
  happened: ReadonlySet<string>,
  facts: DraftFacts,
): Difference[] {
  const said = new Set(facts.sentences.map(({ hash }) => hash));
  const ids = new Set(draft.requirements.map(({ id }) => id));
  const stale = (name: string, why: string): Difference => ({
    key: `stale:${name}`,
    rule: "stale-baseline",
    position: { file: baselineFile, line: 1, column: 1 },
    message: `${name} ${why}; take it out of the baseline`,
  });
  return [
    ...baseline.accepted.flatMap(({ keys }) =>
      keys
        .filter((key) => !happened.has(key))
        .map((key) => stale(key, "is no difference any more")),
    ),
    ...baseline.sentences
      .flatMap((entry) => Object.entries(entry.ids))
      .flatMap(([sentence, named]) => [
        ...(said.has(sentence)
          ? []
          : [stale(`sentence ${sentence}`, "does not stand in the draft")]),
        ...named
          .filter((id) => !ids.has(id))
          .map((id) => stale(`${id}, said to match ${sentence},`, "is no requirement of ours")),
      ]),
  ];
}

/** A sentence, short enough for a line. */
export function clip(text: string, most = 100): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
