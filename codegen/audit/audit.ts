/**
 * A draft of somebody else's beside our model of it: what it says that we do not, what we say that it does not, and what
 * nobody could read. Pure: texts in, a result out.
 */
import { findExcess, MAX_BYTES, tooLarge } from "../parse/caps.js";
import { createSource } from "../parse/source.js";
import type { Baseline } from "./baseline.js";
import { passageDifferences, unsettledPassages } from "./changed.js";
import { collectFacts } from "./collect.js";
import { differencesOf, staleEntries } from "./differences.js";
import { runExamples } from "./examples.js";
import type { DraftFacts } from "./facts.js";
import { compare } from "./matrix.js";
import { hasException, isWeaker, matchSentences } from "./match.js";
import { readOurs } from "./ours.js";
import type { Ours } from "./ours.js";
import { readPage } from "./page.js";
import { readPassages } from "./passages.js";
import type { Passage } from "./passages.js";
import type { Audit, AuditInput, SentenceVerdict, Was } from "./result.js";
import { whyNotAccepted } from "./was.js";

/** Audits a draft. Never throws: a text that cannot be read ends in a refusal. */
export function auditDraft(input: AuditInput): Audit {
  const { file, text, draft } = input;
  const nothing = {
    facts: undefined,
    rows: [],
    examples: [],
    sentences: [],
    passages: [],
    unsettled: [],
    differences: [],
    accepted: [],
  };
  const refused = (refusal: string): Audit => ({
    file,
    revision: draft.revision,
    refusal,
    ...nothing,
  });
  const unreadable =
    whyUnreadable(file, text) ?? (input.was && whyUnreadable(input.was.file, input.was.text));
  if (unreadable !== undefined) return refused(unreadable);
  const ours = readOurs(draft);
  let facts: DraftFacts;
  let passages: readonly Passage[];
  let was: Was | undefined;
  try {
    const page = readPage(file, text);
    facts = collectFacts(page, ours);
    passages = readPassages(page);
    if (input.was !== undefined) {
      const before = readPage(input.was.file, input.was.text);
      const { sentences } = collectFacts(before, ours);
      was = { file: input.was.file, passages: readPassages(before), sentences };
      const { revision } = draft;
      const other = whyNotAccepted(input.was, was.passages, passages, { ...input, revision });
      if (other !== undefined) return refused(other);
    }
  } catch (error) {
    return refused(
      `the Markdown parser gave up: ${error instanceof Error ? error.message : "unknown reason"}`,
    );
  }
  const rows = compare(facts, ours);
  const examples = runExamples(facts.examples, ours);
  const sentences = judge(facts, ours, input.baseline);
  const keys = new Set(input.baseline.accepted.flatMap((entry) => entry.keys));
  const found = differencesOf({ facts, rows, examples, sentences }, input);
  const told = new Set(
    found.flatMap(({ key, sentence = "" }) => (keys.has(key) ? [] : [sentence])),
  );
  const all = [...found, ...passageDifferences(passages, told, input, was)];
  const accepted = all.filter(({ key }) => keys.has(key));
  const beyond = all.filter(({ key }) => !keys.has(key));
  const stale = staleEntries(input, new Set(all.map(({ key }) => key)), facts, was);
  return {
    file,
    revision: draft.revision,
    refusal: tooFew(facts, ours),
    facts,
    rows,
    examples,
    sentences,
    passages,
    unsettled: unsettledPassages(passages, told, input.held),
    differences: [...beyond, ...stale],
    accepted,
  };
}

function whyUnreadable(file: string, text: string): string | undefined {
  if (text.trim() === "") return `${file} is empty; ${NAME_IT}`;
  if (text.includes("\0")) return `${file} is not text: it has NUL characters in it; ${NAME_IT}`;
  const { lines } = createSource(file, text.length > MAX_BYTES ? "" : text);
  const excess = text.length > MAX_BYTES ? tooLarge(file) : findExcess(file, lines);
  if (excess === undefined) return undefined;
  const { line, column } = excess.position;
  return `${file}:${line}:${column} ${excess.message}; ${excess.fix}`;
}

const NAME_IT = "name the Markdown of the draft";

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
  return `too few facts to be a draft of this protocol: ${said.join("; ")}; if it is one, hold it against the revision that it is nearest to, --revision`;
}

/** What a person decided goes before any score; that ours is no weaker is seen without a person. */
function judge(facts: DraftFacts, { draft }: Ours, { sentences }: Baseline): SentenceVerdict[] {
  const reviews = new Map(
    sentences.flatMap(({ reason, ids }) =>
      Object.entries(ids).map(([hash, named]) => [hash, { ids: named, reason }]),
    ),
  );
  const levels = new Map(draft.requirements.map(({ id, level }) => [id, level]));
  const excepting = draft.requirements.filter((it) => hasException(it.sentence));
  const titles = new Map(draft.sections.map(({ number, title }) => [number, title]));
  return matchSentences(facts.sentences, draft.requirements, titles).map(
    (match): SentenceVerdict => {
      const { sentence, matched } = match;
      const review = reviews.get(sentence.hash);
      const named = review?.ids ?? matched.map(({ id }) => id);
      const exceptions = hasException(`${sentence.lead} ${sentence.text}`)
        ? []
        : excepting.flatMap(({ id, sentence: ours }) =>
            named.includes(id) ? [{ id, sentence: ours }] : [],
          );
      if (
        named.length > 0 &&
        isWeaker(
          sentence.keywords,
          named.flatMap((id) => levels.get(id) ?? []),
        )
      ) {
        return { ...match, review, exceptions, verdict: "weaker" };
      }
      if (review !== undefined) return { ...match, review, exceptions, verdict: "read" };
      const verdict =
        matched.length === 0
          ? "unmatched"
          : matched.length < sentence.keywords.length
            ? "partly"
            : "matched";
      return { ...match, review, exceptions, verdict };
    },
  );
}
