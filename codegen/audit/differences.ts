/** What of an audit somebody has to look at, by keys that stay: a baseline names what was accepted. */
import type { Position } from "../model/types.js";
import type { DraftFacts } from "./facts.js";
import { quoted, spelled } from "./quoted.js";
import type { Audit, AuditInput, Difference, Was } from "./result.js";

type Found = Pick<Audit, "rows" | "examples" | "sentences"> & { readonly facts: DraftFacts };

/** In the order of the draft, kind by kind. */
export function differencesOf(
  { facts, rows, examples, sentences }: Found,
  { file, draft }: AuditInput,
): Difference[] {
  const at = (line: number, column = 1): Position => ({ file, line, column });
  return [
    ...rows.flatMap(({ kind, name, verdict, differences, theirs, ours }): Difference[] => {
      if (verdict === "same" || verdict === "by-name" || verdict === "not-mentioned") return [];
      const line = theirs[0]?.line;
      const position =
        line === undefined ? { file: draft.file, line: ours ?? 1, column: 1 } : at(line);
      const message = {
        differs: differences.join("; "),
        "only-theirs": "we do not have it",
        "only-ours": "they do not have it",
      };
      const key = [verdict, kind, name, ...differences].join(":");
      return [
        { key, rule: verdict, position, message: spelled(`${kind} ${name}: ${message[verdict]}`) },
      ];
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
      const message = `${sentence.keywords.join(" ")}: ${quoted(sentence.text)} (${verdict === "unmatched" ? "nearest" : verdict}: ${hints})`;
      const key = `${verdict === "weaker" ? "weaker" : "sentence"}:${sentence.hash}`;
      return [{ key, rule, position: at(sentence.line), message, sentence: sentence.hash }];
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
      const message = `this ${what} says nothing that we understand: ${quoted(text.replace(/\s+/g, " "), 60)}`;
      return { key: `silent:${what}:${hash}`, rule: "says-nothing", position, message };
    }),
  ];
}

const SENTENCE_RULES = { unmatched: "unmatched-sentence", weaker: "weaker-requirement" } as const;

/** What a baseline excuses and nothing needs: a difference that is gone, a sentence that is not said, an id that we lack. */
export function staleEntries(
  { baseline, baselineFile, draft }: AuditInput,
  happened: ReadonlySet<string>,
  facts: DraftFacts,
  was?: Was,
): Difference[] {
  const before = new Map(was?.sentences.map(({ hash, text }) => [hash, text]));
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
        ...(said.has(sentence) ? [] : [stale(`sentence ${sentence}`, gone(before.get(sentence)))]),
        ...named
          .filter((id) => !ids.has(id))
          .map((id) => stale(`${id}, said to match ${sentence},`, "is no requirement of ours")),
      ]),
  ];
}

function gone(sentence: string | undefined): string {
  const words = sentence === undefined ? "" : ` any more: ${quoted(sentence)}`;
  return `does not stand in the draft${words}`;
}
