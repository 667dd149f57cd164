/** `docs/requirements.md`: for each requirement where it stands. */
import { exclusionReasons } from "../../conformance/checks/excluded.js";
import type { Row, Standing } from "./standing.js";

const WORDS: Readonly<Record<Standing, string>> = {
  checked: "a check of the conformance suite asks for it",
  tested: "tests of ours hold it, where no wire shows it",
  cited: "code names it, and neither a check nor a test does",
  excluded: "the suite says why it does not ask, and nothing of ours names it",
  theirs: "it binds who writes an agent or runs a runtime, and nothing of ours can hold them to it",
  open: "nothing speaks of it",
};

/** The page as Markdown, the same for the same rows. `verdicts` are what a run found, by the id of a check. */
export function pageOf(
  rows: readonly Row[],
  verdicts: ReadonlyMap<string, string> = new Map(),
): string {
  const sections = [...new Set(rows.map(({ requirement }) => requirement.section))];
  return [
    "# Where each requirement stands",
    "",
    "Written by `npm run spec:trace` from the spec, the checks of the conformance suite, the titles of tests and the comments",
    "of code. What is to be read again when a requirement changes: `npm run spec:trace -- SUB-01`.",
    "",
    ...summaryOf(rows),
    "",
    ...Object.entries(WORDS).map(([name, words]) => `- **${name}**: ${words}`),
    "",
    "What the suite does not ask has a reason:",
    "",
    ...Object.entries(exclusionReasons).map(([name, words]) => `- _${name}_: ${words}`),
    ...sections.flatMap((section) => [
      "",
      `## §${section}`,
      "",
      ...tableOf(
        rows.filter(({ requirement }) => requirement.section === section),
        verdicts,
      ),
    ]),
    "",
  ].join("\n");
}

function summaryOf(rows: readonly Row[]): string[] {
  const levels = [...new Set(rows.map(({ requirement }) => requirement.level))];
  const standings = Object.keys(WORDS) as Standing[];
  const counted = levels.map((level) => {
    const some = rows.filter(({ requirement }) => requirement.level === level);
    const counts = standings.map((one) => some.filter(({ standing }) => standing === one).length);
    return line([level, ...counts.map(String), String(some.length)]);
  });
  return [
    line(["", ...standings, "all"]),
    line(Array<string>(standings.length + 2).fill("---")),
    ...counted,
  ];
}

function tableOf(rows: readonly Row[], verdicts: ReadonlyMap<string, string>): string[] {
  const found = (check: string): string => `\`${check}\` ${verdicts.get(check) ?? ""}`.trimEnd();
  return [
    line(["requirement", "level", "binds", "stands", "checks", "tests", "code"]),
    line(Array<string>(7).fill("---")),
    ...rows.map(({ id, requirement, standing, checks, tests, code, exclusions }) =>
      line([
        `<a id="${id}"></a>${id}`,
        requirement.level,
        requirement.side,
        standing,
        checks.length > 0
          ? checks.map(found).join("<br>")
          : exclusions.map(({ reason, because }) => `_${reason}_: ${because}`).join("<br>"),
        links(tests),
        links(code),
      ]),
    ),
  ];
}

function links(paths: readonly string[]): string {
  return paths.map((path) => `[${path.split("/").at(-1)}](../${path})`).join("<br>");
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
