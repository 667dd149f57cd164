import { DIRECTIONS } from "./result.js";
import type { Change, Comparison } from "./result.js";
import { evidence, groupsOf, isUndecided, nameOf } from "./groups.js";
import { plural } from "./plural.js";
import { DIRECTION_NAMES, isBreaking, summarise } from "./summary.js";
import { fieldsText } from "./made-of.js";
import { MEANING } from "./table.js";

/** A changelog: who still understands whom, what breaks, and then every change by what it is about. */
export function formatMarkdown(comparison: Comparison): string {
  const { old, new: now, changes, doubts } = comparison;
  const { breaking, directions } = summarise(comparison);
  const rows = DIRECTIONS.map((it) => {
    const { breaks, breaksSome, degrades, works, undecided } = directions[it];
    return [DIRECTION_NAMES[it], breaks, breaksSome, degrades, works, undecided].join(" | ");
  });
  const parts = [
    `# From ${nameOf(old)} to ${nameOf(now)}`,
    `${plural(changes.length, "change")}, of which ${breaking} ${breaking === 1 ? "breaks" : "break"} something for somebody. ${evidence(comparison)}`,
    [
      "| | breaks | breaks for some messages | degrades | works | not decided by messages |",
      "| --- | --- | --- | --- | --- | --- |",
      ...rows.map((row) => `| ${row} |`),
    ].join("\n"),
    ...section(
      "What is in doubt",
      doubts.map((it) => `- **${it.doubt}** ${code(it.of)}: ${it.message}`),
    ),
    ...section("What breaks", changes.filter(isBreaking).flatMap(entry)),
    ...groupsOf(comparison).flatMap(({ title, counts, changes: own, undecided }) => {
      const rest = own.filter((it) => !isBreaking(it)).flatMap(entry);
      return rest.length === 0
        ? []
        : section(`${title}${undecided ? " (not decided by messages)" : ""}`, [
            `${counts}.`,
            "",
            ...rest,
          ]);
    }),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.join("\n")];
}

function entry(change: Change): string[] {
  const { subject, how, was, name, about, details, verdicts } = change;
  const called = was === undefined ? code(name) : `${code(was)} → ${code(name)}`;
  const prose = subject === "requirement" ? `: ${about}` : `: ${code(about)}`;
  const made = fieldsText(change.fields, code);
  const told = DIRECTIONS.filter((it) => verdicts[it].verdict !== "works");
  return [
    `- **${how}** ${subject} ${called}${about === "" ? "" : prose}`,
    ...details.map((it) =>
      it.aspect === MEANING || (subject === "requirement" && it.aspect === "words")
        ? `  - was: ${it.old}\n  - is: ${it.new}`
        : `  - ${it.aspect}: ${code(it.old)} → ${code(it.new)}`,
    ),
    ...(made === "" ? [] : [`  - fields: ${made}`]),
    ...(isUndecided(change)
      ? []
      : told.map((it) => {
          const { verdict, some, reason, also } = verdicts[it];
          return `  - ${DIRECTION_NAMES[it]}: **${verdict}**${some ? " for some messages" : ""}: ${[reason, ...also].join("; ")}`;
        })),
  ];
}

/** As code, whatever backticks there are in it. */
function code(text: string): string {
  const plain = text.replaceAll("`", "");
  return `\`${plain}\``;
}
