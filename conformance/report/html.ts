/**
 * The report as one page for people: the result first, then every check with its requirement and, where it did not
 * pass, the wire. It needs nothing from anywhere: no script, no font, no image; its policy forbids them.
 */
import { createHash } from "node:crypto";
import { requirements, type RequirementId } from "../../generated/current/requirements.js";
import type { LogLine } from "../peer/log.js";
import type { Result, Verdict } from "../run/verdict.js";
import { markup, type Markup } from "./markup.js";
import { excludedOf, type Report } from "./report.js";
import { styleOf, verdictWords } from "./style.js";
import { covers, dialectOf, subjectOf } from "./text.js";

const marks: Readonly<Record<Verdict, string>> = {
  fail: "✗",
  error: "!",
  flaky: "≈",
  inconclusive: "?",
  "pass-nonstrict": "~",
  pass: "✓",
  "not-run": "–",
  "not-applicable": "–",
  info: "i",
};

const allVerdicts = Object.keys(verdictWords) as Verdict[];

/** The page. */
export function html(report: Report, results: readonly Result[]): string {
  const verdicts = allVerdicts.filter((v) => results.some(({ verdict }) => verdict === v));
  const sections = [...new Set(results.map(({ id }) => sectionOf(id)))].sort(bySection);
  const style = styleOf(verdicts, sections.map(className));
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const { result, suite, side } = report;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${result.words} · ARCP ${suite.revision} ${side}</title>
<style>${{ html: style }}</style>
</head>
<body>
<header>
<p class="eyebrow">ARCP ${suite.revision} · conformance of a ${side}</p>
<h1 class="${result.overall.split(" ")[0] ?? ""}">${result.words}</h1>
<p class="subject">${subjectOf(report)}</p>
${bars(report, results, verdicts)}
${facts(report)}
</header>
${toLookAt(results)}
${filters(results, verdicts, sections)}
<main>
${sections.map((section) => sectionMarkup(section, results))}
</main>
${undecided(report)}
</body>
</html>
`;
  return page.html;
}

function bars(report: Report, results: readonly Result[], verdicts: readonly Verdict[]): Markup {
  const { all, covered, notApplicable, excluded, uncovered } = report.requirements;
  const without = Object.values(excluded).reduce((sum, n) => sum + n, 0);
  const count = (v: Verdict) => results.filter(({ verdict }) => verdict === v).length;
  const checks = verdicts.map((v) => ({ colour: v, n: count(v), words: verdictWords[v] }));
  const parts = [
    { colour: "pass", n: covered, words: "decided" },
    { colour: "not-applicable", n: notApplicable, words: "not applicable" },
    { colour: "info", n: without, words: "excluded" },
    { colour: "open", n: uncovered.length, words: "not decided" },
  ].filter(({ n }) => n > 0);
  return markup`${bar(`${results.length} checks`, checks)}
${bar(`${all} requirements for ${report.side}s`, parts)}`;
}

function bar(
  title: string,
  parts: readonly { readonly colour: string; readonly n: number; readonly words: string }[],
): Markup {
  // As an SVG and not as widths: the policy allows no style but the one above.
  const sum = Math.max(
    1,
    parts.reduce((total, { n }) => total + n, 0),
  );
  let x = 0;
  const rects = parts.map(({ colour, n }) => {
    const rect = markup`<rect class="f-${colour}" x="${(x / sum) * 1000}" width="${(n / sum) * 1000}" height="12"/>`;
    x += n;
    return rect;
  });
  return markup`<svg class="bar" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">${rects}</svg>
<ul class="legend"><li><b>${title}</b></li>${parts.map(
    ({ colour, n, words }) =>
      markup`<li><span class="dot bg-${colour}"></span><b>${n}</b> ${words}</li>`,
  )}</ul>`;
}

function facts(report: Report): Markup {
  const { implementation, dialect, suite } = report;
  const rows: [string, string][] = [
    ["Coverage", covers(report)],
    ["Features", implementation.features.join(", ") || "none"],
    ...(dialect === undefined ? [] : [["Dialect", dialectOf(report, dialect)] as [string, string]]),
    ["Run", `${report.startedAt}, ${(report.ms / 1000).toFixed(1)} s, seed ${report.seed}`],
    ["Suite", `${suite.name} ${suite.version}, revision ${suite.revision}, digest ${suite.digest}`],
  ];
  return markup`<dl class="facts">${rows.map(
    ([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`,
  )}</dl>`;
}

/** What somebody has to look at, the gravest first, with links: at two hundred checks nobody wants to search. */
function toLookAt(results: readonly Result[]): Markup {
  const passing: readonly Verdict[] = ["pass", "not-run", "not-applicable", "info"];
  const rows = allVerdicts
    .filter((verdict) => !passing.includes(verdict))
    .flatMap((verdict) => results.filter((r) => r.verdict === verdict));
  if (rows.length === 0) return markup``;
  return markup`<section class="look"><h2>To look at</h2><ul>${rows.map(
    ({ id, verdict, reason = "" }) =>
      markup`<li><span class="mark c-${verdict}">${marks[verdict]}</span><span><a href="#${id}"><code>${id}</code></a> ${firstLine(reason).slice(0, 300)}</span></li>\n`,
  )}</ul></section>`;
}

/** Radio buttons before `main`, whose labels stand in a panel: the style sheet does the rest. */
function filters(
  results: readonly Result[],
  verdicts: readonly Verdict[],
  sections: readonly string[],
): Markup {
  const radio = (group: string, id: string, checked: boolean) =>
    markup`<input type="radio" name="${group}" id="${group}-${id}" aria-label="${id}"${{ html: checked ? " checked" : "" }}>`;
  const label = (group: string, id: string, words: string) =>
    markup`<label for="${group}-${id}">${words}</label>`;
  const count = (v: Verdict) => results.filter(({ verdict }) => verdict === v).length;
  return markup`${radio("v", "all", true)}${verdicts.map((v) => radio("v", v, false))}
${radio("s", "all", true)}${sections.map((s) => radio("s", className(s), false))}
<nav class="filters">
<p><span>Verdict</span>${label("v", "all", `all ${results.length}`)}${verdicts.map((v) => label("v", v, `${verdictWords[v]} ${count(v)}`))}</p>
<p><span>Section</span>${label("s", "all", "all")}${sections.map((s) => label("s", className(s), `§${s}`))}</p>
</nav>`;
}

function sectionMarkup(section: string, results: readonly Result[]): Markup {
  const own = results.filter(({ id }) => sectionOf(id) === section);
  const good = own.filter(({ verdict }) => verdict === "pass").length;
  return markup`<section class="section s-${className(section)}">
<h2>§${section}<small>${good} of ${own.length} passed</small></h2>
${own.map(checkMarkup)}
</section>
`;
}

function checkMarkup(result: Result): Markup {
  const { id, verdict, reason, check, notes, log, ms, attempts } = result;
  const open = verdict === "fail" || verdict === "error" || verdict === "flaky";
  const why = reason === undefined ? [] : [markup`<span class="why">${firstLine(reason)}</span>`];
  return markup`<details class="check ${verdict}" id="${id}"${{ html: open ? " open" : "" }}>
<summary><span class="mark c-${verdict}" title="${verdictWords[verdict]}">${marks[verdict]}</span>
<span><code>${id}</code>${why}</span><span class="ids">${check.requirements.join(" ")}</span></summary>
<div class="body">
${reason === undefined ? [] : [markup`<p class="reason c-${verdict}"><b>${verdictWords[verdict]}</b> <span>${reason}</span></p>`]}
${check.requirements.map(requirementMarkup)}
<p class="meta">${check.level}, ${basisWords(check.basis)} · ${ms} ms${attempts > 1 ? `, ${attempts} attempts` : ""} · mutants that fail it: ${check.mutants.join(", ")}</p>
${notes.map((note) => markup`<p class="meta">Observed: ${note}</p>`)}
${log.length === 0 ? [] : [wire(log)]}
</div>
</details>
`;
}

function requirementMarkup(id: string): Markup {
  const requirement = requirements[id as RequirementId];
  return markup`<p class="requirement"><b>${id}</b>${requirement.sentence} <span class="meta">§${requirement.section}, ${requirement.level}</span></p>`;
}

function basisWords(basis: string): string {
  if (basis === "explicit") return "in the draft's words";
  return basis === "derived" ? "follows from the draft" : `by ruling ${basis}`;
}

const directions = { ">": ["out", "→"], "<": ["in", "←"], "*": ["aside", "·"] } as const;

function wire(log: readonly LogLine[]): Markup {
  return markup`<table class="wire"><caption>The wire: ms, connection, → to what is tested, ← from it</caption>
${log.map(({ at, connection, direction, text }) => {
  const [kind, arrow] = directions[direction];
  return markup`<tr class="${kind}"><td>${at.toFixed(1)}</td><td>${connection}</td><td>${arrow}</td><td>${text}</td></tr>\n`;
})}</table>`;
}

/** What nothing was decided about: left open in this run, or excluded for a reason. */
function undecided({ side, requirements: { uncovered, uncoveredMust } }: Report): Markup {
  const open = `${uncovered.length} requirements that this run does not decide, ${uncoveredMust} of them MUST`;
  const excluded = [...excludedOf(side)];
  return markup`<footer>${uncovered.length === 0 ? [] : [list(open, uncovered.map(requirementMarkup))]}
${list(
  `${excluded.length} requirements that no check can ask about, or need not`,
  excluded.map(
    ([id, { because }]) => markup`${requirementMarkup(id)}<p class="meta because">${because}</p>`,
  ),
)}</footer>`;
}

function list(title: string, items: readonly Markup[]): Markup {
  return markup`<details class="rest"><summary>${title}</summary>${items}</details>`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** `6.3` of `client/6.3/lost-welcome`. */
function sectionOf(id: string): string {
  return id.split("/")[1] ?? "";
}

function className(section: string): string {
  return section.replaceAll(".", "-");
}

function bySection(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => text.split(".").map(Number));
  return (x![0] ?? 0) - (y![0] ?? 0) || (x![1] ?? 0) - (y![1] ?? 0);
}
