import { parseSpec } from "../parse/markdown.js";
import { createReport } from "../parse/report.js";
import { buildDraft, buildModel } from "./build.js";
import { sortDiagnostics } from "./diagnostics.js";
import { parseLock } from "./lock.js";
import { rules } from "./rules/index.js";
import { readRulings } from "./rulings.js";
import type { Diagnostic, Model } from "./types.js";

/** A file that has been read; the path is relative to the project and appears in findings. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

export interface SpecFiles {
  readonly spec: TextFile;
  /** The requirement lock. Without it the lock is not checked; blank text is an empty lock. */
  readonly lock?: TextFile | undefined;
  /** `spec/rulings.md`. Without it citations of rulings are not checked. */
  readonly rulings?: TextFile | undefined;
  /** Requirement id -> files that cite it, named when the requirement was reworded. */
  readonly citations?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The drafts before this one, the nearest first. */
  readonly older?: readonly TextFile[] | undefined;
}

export interface SpecReading {
  /** Undefined if the text has no readable envelope. Whole only if there is no finding. */
  readonly model: Model | undefined;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a spec: Markdown -> facts -> model, and every rule over it. Pure, and never throws: whatever
 * the text is, the answer is a list of findings.
 */
export function readSpec(files: SpecFiles): SpecReading {
  const { facts, diagnostics: parsed } = parseSpec(files.spec.path, files.spec.text);
  if (!facts.readable) return { model: undefined, diagnostics: sortDiagnostics(parsed) };
  const { diagnostics, report } = createReport();
  const draft = buildDraft(facts, report);
  const entries = files.lock && parseLock(files.lock.text);
  if (files.lock !== undefined && entries === undefined) {
    const position = { file: files.lock.path, line: 1, column: 1 };
    const fix = "restore it, or write it anew with `npm run spec:lint -- --accept`";
    report("invalid-lock", position, "this is no lock of requirements", fix);
  }
  const beside = {
    lock: files.lock && entries && { file: files.lock.path, entries },
    rulings: files.rulings && readRulings(files.rulings.path, files.rulings.text),
    citations: files.citations ?? {},
    older: files.older ?? [],
  };
  for (const rule of rules) rule(draft, report, beside);
  return {
    model: buildModel(draft),
    diagnostics: sortDiagnostics([...parsed, ...diagnostics]),
  };
}
