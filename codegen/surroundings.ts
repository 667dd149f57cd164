import { formatDiagnostics } from "./model/diagnostics.js";
import type { DiagnosticFormat } from "./model/diagnostics.js";
import type { Diagnostic } from "./model/types.js";

/** Where a command works and prints; tests give their own. */
export interface Surroundings {
  /** The project's folder. */
  readonly root: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Ends a command that would go on for ever. */
  readonly stop?: AbortSignal;
}

/** Nothing was done, and a person has to know why, or a program that asked for JSON. */
export class Refused extends Error {
  readonly exit: 1 | 2;
  /** What has to be mended first. */
  readonly findings: readonly Diagnostic[];

  constructor(message: string, why: { exit?: 1 | 2; findings?: readonly Diagnostic[] } = {}) {
    super(message);
    this.exit = why.exit ?? 2;
    this.findings = why.findings ?? [];
  }
}

/** Where a command says what is no finding: for programs standard output is findings and nothing else. */
export function asideFor(at: Surroundings, format: DiagnosticFormat): Surroundings {
  return format === "text" ? at : { ...at, out: at.err };
}

/** Prints findings: text for people beside what a command has to say, the rest for programs alone. */
export function report(
  at: Surroundings,
  findings: readonly Diagnostic[],
  format: DiagnosticFormat,
): void {
  const print = format === "text" ? at.err : at.out;
  print(formatDiagnostics(findings, format));
}

/** "1 finding" */
export function count(findings: readonly Diagnostic[]): string {
  return findings.length === 1 ? "1 finding" : `${findings.length} findings`;
}

/** Whose findings they are: "spec/draft-arcp-1.1.md: 2 findings, spec/rulings.md: 1 finding". */
export function countByFile(findings: readonly Diagnostic[]): string {
  const files = new Map<string, Diagnostic[]>();
  for (const finding of findings) {
    const { file } = finding.position;
    files.set(file, [...(files.get(file) ?? []), finding]);
  }
  return [...files].map(([file, own]) => `${file}: ${count(own)}`).join(", ");
}
