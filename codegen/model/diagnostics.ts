import type { Diagnostic } from "./types.js";

/** How findings are printed: for people, for programs, or as annotations of a GitHub run. */
export type DiagnosticFormat = "text" | "json" | "github";

/** Findings in the order of the text; the same finding at the same place once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const unique = new Map(diagnostics.map((finding) => [formatDiagnostic(finding), finding]));
  return [...unique.values()].sort(
    ({ position: a, ...one }, { position: b, ...other }) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(one.rule, other.rule) ||
      compare(one.message, other.message),
  );
}

/** One finding as `rule file:line:column message (how to mend it)`. */
export function formatDiagnostic({ rule, position, message, fix }: Diagnostic): string {
  const { file, line, column } = position;
  return `${rule} ${file}:${line}:${column} ${message} (${fix})`;
}

/** One finding as it is in JSON. */
export function flatDiagnostic({ rule, position, message, fix }: Diagnostic): object {
  const { end, ...begin } = position;
  const behind = end === undefined ? {} : { endLine: end.line, endColumn: end.column };
  return { rule, ...begin, ...behind, message, fix };
}

/**
 * All findings in a format; "" for none, but `[]` as JSON. Ends with a line end unless empty. As JSON a
 * finding is `rule file line column endLine? endColumn? message fix`; see docs/editing-the-spec.md.
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat,
): string {
  const sorted = sortDiagnostics(diagnostics);
  if (format === "json") {
    return `${JSON.stringify(sorted.map(flatDiagnostic), null, 2)}\n`;
  }
  const line = format === "text" ? formatDiagnostic : annotation;
  return sorted.map((finding) => `${line(finding)}\n`).join("");
}

/** A workflow command of GitHub Actions. */
function annotation({ rule, position, message, fix }: Diagnostic): string {
  const { file, line, column, end } = position;
  const properties = [
    `file=${property(file)}`,
    `line=${line}`,
    `col=${column}`,
    ...(end === undefined ? [] : [`endLine=${end.line}`, `endColumn=${end.column}`]),
    `title=${rule}`,
  ];
  return `::error ${properties.join(",")}::${data(`${message} (${fix})`)}`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** By code unit, not by locale: the same order on every machine. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
