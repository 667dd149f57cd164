import { DIRECTIONS } from "./result.js";
import type { Change, Comparison, Detail, Judgement } from "./result.js";
import { evidence, groupsOf, isUndecided, nameOf } from "./groups.js";
import { plural } from "./plural.js";
import { DIRECTION_NAMES, summarise } from "./summary.js";
import { fieldsText } from "./made-of.js";
import { MEANING } from "./table.js";

const SIGNS = { added: "+", removed: "-", renamed: ">", changed: "~", reworded: "~" } as const;

/** For people at a terminal: what it comes to in the first line, then each change with what does not just work. */
export function formatText(comparison: Comparison): string {
  const { old, new: now, doubts } = comparison;
  const summary = summarise(comparison);
  const broken = DIRECTIONS.flatMap((it) => {
    const { breaks, breaksSome } = summary.directions[it];
    return breaks + breaksSome === 0 ? [] : [`${breaks + breaksSome} ${DIRECTION_NAMES[it]}`];
  });
  const what = broken.length === 0 ? "nothing breaks" : `breaks: ${broken.join("; ")}`;
  const head = `${nameOf(old)} -> ${nameOf(now)}: ${plural(summary.changes, "change")}; ${what}`;
  const groups = groupsOf(comparison).map(({ title, counts, changes, undecided }) =>
    [
      `${title}: ${counts}${undecided ? " (not decided by messages)" : ""}`,
      ...changes.flatMap((it) => lines(it, undecided)),
    ].join("\n"),
  );
  const doubted = doubts.map((it) => `${it.doubt}: ${it.of}: ${it.message}`);
  return `${[head, table(comparison), ...groups, [...doubted, evidence(comparison)].join("\n")].join("\n\n")}\n`;
}

function table(comparison: Comparison): string {
  const { directions } = summarise(comparison);
  const rows = DIRECTIONS.map((it) => {
    const { breaks, breaksSome, degrades, works, undecided } = directions[it];
    return [DIRECTION_NAMES[it], breaks, breaksSome, degrades, works, undecided].map(String);
  });
  const header = ["", "breaks", "for some", "degrades", "works", "undecided"];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  return [header, ...rows]
    .map(([name = "", ...cells]) =>
      [name.padEnd(width), ...cells.map((cell) => cell.padStart(9))].join("  ").trimEnd(),
    )
    .join("\n");
}

function lines(change: Change, grouped: boolean): string[] {
  const { how, was, name, about, details } = change;
  const called = was === undefined ? name : `${was} => ${name}`;
  const head = `  ${SIGNS[how]} ${called}${about === "" ? "" : `  ${about}`}`;
  const said = details.map((it) => `      ${aspectOf(it, grouped)}: ${it.old} -> ${it.new}`);
  const made = fieldsText(change.fields);
  const fields = made === "" ? [] : [`      fields: ${made}`];
  return [head, ...said, ...fields, ...verdictLines(change, grouped)];
}

/** What a table says in prose is never decided, whatever else of the row is. */
function aspectOf({ aspect }: Detail, grouped: boolean): string {
  return aspect === MEANING && !grouped ? `${aspect} (not decided by messages)` : aspect;
}

/** Only what does not just work; that all does is a line too. */
function verdictLines(change: Change, grouped: boolean): string[] {
  const { how, verdicts } = change;
  if (isUndecided(change)) {
    return grouped || how === "reworded"
      ? []
      : [`      not decided by messages: ${verdicts.oldClientNewRuntime.reason}`];
  }
  const told = DIRECTIONS.filter((it) => verdicts[it].verdict !== "works");
  if (told.length === 0) return [`      works: ${reasonToWork(Object.values(verdicts))}`];
  return told.flatMap((it) => {
    const { verdict, some, reason, also } = verdicts[it];
    const word = verdict === "breaks" ? `BREAKS${some ? " some" : ""}` : verdict;
    const line = (name: string, what: string, why: string): string =>
      `      ${name.padEnd(30)}  ${what.padEnd(11)}  ${why}`;
    return [line(DIRECTION_NAMES[it], word, reason), ...also.map((why) => line("", "", why))];
  });
}

function reasonToWork(judgements: readonly Judgement[]): string {
  const told = judgements.find(({ proof }) => proof.by !== "absence") ?? judgements[0];
  return told?.reason ?? "";
}
