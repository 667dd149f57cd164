/** An audit as text, Markdown or JSON: one content, of which the first two are forms. */
import { baselinePath } from "./baseline.js";
import type { EvidenceForm, FactKind } from "./facts.js";
import type { Verdict } from "./matrix.js";
import type { Candidate } from "./match.js";
import { THRESHOLD } from "./match.js";
import { clip, spelled } from "./quoted.js";
import type { Audit, Difference } from "./result.js";

export type AuditFormat = "text" | "markdown" | "json";

/** A heading with a table, or with lines where a table has one column. */
interface Part {
  readonly title: string;
  readonly note?: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const KINDS: readonly FactKind[] = [
  "message",
  "field",
  "kind",
  "error",
  "feature",
  "namespace",
  "rule",
];
const FORMS: readonly EvidenceForm[] = ["json", "table", "list", "grammar", "trace", "prose"];
const VERDICTS: readonly Verdict[] = [
  "same",
  "by-name",
  "differs",
  "only-theirs",
  "only-ours",
  "not-mentioned",
];

/** 0: nothing beyond the baseline; 1: differences; 2: no draft of the protocol. */
export function exitCode({ refusal, differences }: Audit): 0 | 1 | 2 {
  if (refusal !== undefined) return 2;
  return differences.length === 0 ? 0 : 1;
}

/** The whole report; ends with a line end. */
export function formatAudit(audit: Audit, format: AuditFormat): string {
  if (format === "json") return `${JSON.stringify(asJson(audit), null, 2)}\n`;
  const render = format === "text" ? textPart : markdownPart;
  const title = `${audit.file} beside our revision ${audit.revision}`;
  const head = format === "text" ? title : `# ${title}`;
  return `${[head, ...partsOf(audit).map(render), verdictLine(audit)].join("\n\n")}\n`;
}

/** What it comes to, in a line. */
export function verdictLine(audit: Audit): string {
  const { refusal, differences, accepted } = audit;
  if (refusal !== undefined) return `exit 2: ${refusal}`;
  const beside = `${accepted.length} accepted by the baseline`;
  if (differences.length === 0) return `exit 0: nothing beyond the baseline (${beside})`;
  return `exit 1: ${differences.length} beyond the baseline (${beside})`;
}

function partsOf(audit: Audit): Part[] {
  const { facts, rows, examples, sentences, passages, differences, accepted } = audit;
  if (facts === undefined) return [];
  const { json, silent } = facts;
  const readable = json.filter(({ problem }) => problem === undefined);
  const steps = examples.filter(({ step }) => step);
  const deviations = new Map<string, number[]>();
  for (const block of json) {
    for (const { kind, line } of block.deviations)
      deviations.set(kind, [...(deviations.get(kind) ?? []), line]);
  }
  const outcome = (step: boolean, wanted: string): string =>
    `${examples.filter((run) => run.step === step && run.outcome === wanted).length}`;
  const verdicts = (...wanted: string[]) =>
    sentences.filter(({ verdict }) => wanted.includes(verdict));
  const missing = new Map<string, string[]>();
  for (const { kind, name, verdict } of rows) {
    if (verdict !== "not-mentioned") continue;
    const [subject = "", path] =
      kind === "field"
        ? [name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1)]
        : [kind, name];
    missing.set(subject, [...(missing.get(subject) ?? []), path ?? ""]);
  }
  return [
    {
      title: "Read",
      header: ["what", "count"],
      rows: [
        [
          "JSON blocks",
          `${readable.length} of ${json.length} (${json.filter(({ strict }) => strict).length} of them strict)`,
        ],
        ["messages of sequences", `${steps.length}`],
        [
          "tables",
          `${facts.tables}${facts.unevenRows.length > 0 ? ` (broken at ${list(facts.unevenRows)})` : ""}`,
        ],
        ["normative sentences", `${sentences.length}`],
        ["sections that repeat another draft", `${facts.inherited.length}`],
        ["passages", `${passages.length}`],
      ],
    },
    {
      title: "Deviations from JSON",
      header: ["kind", "lines"],
      rows: [...deviations].map(([kind, lines]) => [kind, list(lines)]),
    },
    {
      title: "Facts by evidence",
      note: "A fact with evidence of two forms counts in both.",
      header: ["fact", "all", ...FORMS],
      rows: KINDS.map((kind) => {
        const own = facts.facts.filter((fact) => fact.kind === kind);
        const by = (form: EvidenceForm) =>
          own.filter(({ evidence }) => evidence.some((piece) => piece.form === form)).length;
        return [kind, `${own.length}`, ...FORMS.map((form) => `${by(form)}`)];
      }),
    },
    {
      title: "Our model and theirs",
      header: ["fact", ...VERDICTS],
      rows: KINDS.map((kind) => [
        kind,
        ...VERDICTS.map(
          (verdict) =>
            `${rows.filter((row) => row.kind === kind && row.verdict === verdict).length}`,
        ),
      ]),
    },
    {
      title: "Rules of grammars that agree by name",
      note: "They are written otherwise; whether they mean the same is for a reader.",
      header: ["line", "rule", "what"],
      rows: rows.flatMap(({ name, verdict, differences, theirs: [first] }) =>
        verdict === "by-name" ? [[`${first?.line}`, name, spelled(differences.join("; "))]] : [],
      ),
    },
    {
      title: "Not mentioned, which is not removed",
      header: ["of", "names"],
      rows: [...missing].map(([of, names]) => [of, names.join(", ")]),
    },
    {
      title: "Their examples in our validators",
      header: ["from", "valid", "invalid", "no schema of ours"],
      rows: [false, true].map((step) => [
        step ? "sequences" : "JSON",
        ...["valid", "invalid", "unknown"].map((wanted) => outcome(step, wanted)),
      ]),
    },
    {
      title: "Normative sentences with requirements of ours",
      note: `"read": a person decided, and the baseline keeps it. A score of ${THRESHOLD.toFixed(2)} proposes, and decides nothing.`,
      header: ["line", "keywords", "sentence", "requirements"],
      rows: verdicts("matched", "read").map(({ sentence, matched, review }) => [
        `${sentence.line}`,
        sentence.keywords.join(" "),
        spelled(clip(sentence.text, 60)),
        review === undefined
          ? scores(matched)
          : `read: ${review.ids.join(", ") || `none: ${review.reason}`}`,
      ]),
    },
    {
      title: "Normative sentences without",
      note: "None that is near, or fewer than there are keywords, or only weaker ones.",
      header: ["line", "verdict", "sentence", "nearest"],
      rows: verdicts("unmatched", "partly", "weaker").map(
        ({ sentence, verdict, matched, near }) => [
          `${sentence.line}`,
          verdict,
          spelled(clip(sentence.text, 60)),
          scores(matched.length > 0 ? matched : near),
        ],
      ),
    },
    {
      title: "Requirements with an exception that the sentence has not",
      note: "Whether it may have one is for a reader: a ruling, or the sentence beside it.",
      header: ["line", "requirement", "sentence", "ours"],
      rows: sentences.flatMap(({ sentence, exceptions }) =>
        exceptions.map((it) => [
          `${sentence.line}`,
          it.id,
          spelled(clip(sentence.text, 60)),
          it.sentence,
        ]),
      ),
    },
    {
      title: "Read, and said nothing to us",
      note: "Each at its first place.",
      header: ["line", "what", "text"],
      rows: silent
        .toSorted((a, b) => a.line - b.line)
        .map(({ line, what, text }) => [
          `${line}`,
          what,
          spelled(clip(text.replace(/\s+/g, " "), 60)),
        ]),
    },
    {
      title: "Accepted by the baseline",
      header: ["where", "key"],
      rows: accepted.map((found) => [where(found), found.key]),
    },
    {
      title: "Beyond the baseline",
      note: `Mend our text, or accept what was read: by its key in ${baselinePath(audit.revision)}, passages with --accept "why".`,
      header: ["rule", "where", "what", "key"],
      rows: differences.map((found) => [found.rule, where(found), found.message, found.key]),
    },
  ];
}

function where({ position: { file, line, column } }: Difference): string {
  return `${file}:${line}:${column}`;
}

function scores(candidates: readonly Candidate[]): string {
  return candidates.map(({ id, score }) => `${id} ${score.toFixed(2)}`).join(", ");
}

/** Numbers of lines, each once. */
function list(lines: readonly number[]): string {
  return [...new Set(lines)].join(", ");
}

function textPart({ title, note, header, rows }: Part): string {
  const table = rows.length === 0 ? [] : [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(0, ...table.map((row) => row[column]?.length ?? 0)),
  );
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell.padEnd(Math.min(widths[column] ?? 0, 70)),
      )
      .join("  "),
  );
  return [
    `${title}${rows.length === 0 ? ": none" : ""}`,
    ...(note === undefined || rows.length === 0 ? [] : [note]),
    ...lines,
  ].join("\n");
}

function markdownPart({ title, note, header, rows }: Part): string {
  if (rows.length === 0) return `## ${title}\n\nNone.`;
  const cells = (row: readonly string[]): string =>
    `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const table = [cells(header), cells(header.map(() => "---")), ...rows.map(cells)].join("\n");
  return [`## ${title}`, ...(note === undefined ? [] : [note]), table].join("\n\n");
}

function asJson(audit: Audit): unknown {
  const { facts, sentences, ...rest } = audit;
  return {
    exit: exitCode(audit),
    // As every refusal says it: docs/editing-the-spec.md.
    ...(audit.refusal === undefined ? {} : { error: audit.refusal, findings: [] }),
    ...rest,
    facts: facts && {
      ...facts,
      shown: [...facts.shown],
      listed: [...facts.listed],
      examples: undefined,
      sentences: undefined,
    },
    sentences,
  };
}
