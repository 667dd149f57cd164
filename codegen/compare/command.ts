/** `diff` on the command line: the one file of this folder that reads from disk. It writes nothing. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { sortDiagnostics } from "../model/diagnostics.js";
import { readSpec } from "../model/read.js";
import type { Diagnostic, Model } from "../model/types.js";
import { NoSpec, readRevisions, readText } from "../revisions.js";
import type { Revision } from "../revisions.js";
import { Refused, countByFile } from "../surroundings.js";
import type { Surroundings } from "../surroundings.js";
import { compareRevisions } from "./compare.js";
import { formatComparison } from "./report.js";
import type { ComparisonFormat } from "./report.js";
import { exitCode } from "./summary.js";

export interface CompareOptions {
  /** Each the name of a revision, or the path of a spec from where the command was called. */
  readonly old: string;
  readonly new: string;
  readonly format: ComparisonFormat;
  readonly failOnBreaking: boolean;
}

/** Most findings of a file that is no spec: the first few say what it is. */
const FINDINGS = 10;

/**
 * Compares two specs. 0: done; 1: something breaks, which was to fail; 3: a verdict is not proved.
 *
 * @throws Refused if there is nothing to compare
 */
export async function compare(at: Surroundings, options: CompareOptions): Promise<number> {
  if (options.old === options.new) {
    throw new Refused(`OLD and NEW are both ${options.old}; name two revisions`);
  }
  const [old, now] = [await readSide(at.root, options.old), await readSide(at.root, options.new)];
  if (resolve(at.root, old.file) === resolve(at.root, now.file)) {
    throw new Refused(`OLD and NEW are both ${old.file}; name two revisions`);
  }
  const comparison = compareRevisions(old, now);
  const exit = exitCode(comparison, options.failOnBreaking);
  at.out(formatComparison(comparison, options.format, exit));
  return exit;
}

/**
 * The model of a revision by its name, or of a spec by its path below `root` or absolute.
 *
 * @throws Refused if there is none, or the spec has findings; the lock is not asked, and neither are the rulings
 */
export async function readSide(root: string, word: string): Promise<Model> {
  const revisions = await ours(root);
  if (word.trim() === "")
    throw new Refused(
      `a side has no name; it is a revision of ours (${namesOf(revisions)}) or a file`,
    );
  const named = revisions.find(({ name }) => name === word);
  const { file, unreadable } = named
    ? { file: named.spec, unreadable: named.unreadable }
    : await readPath(root, word, revisions);
  refuse(unreadable);
  if (file.text.trim() === "") throw new Refused(`${file.path}: the file is empty`);
  if (file.text.includes("\0")) {
    throw new Refused(`${file.path}: the file is not text: it has NUL characters in it`);
  }
  const { model, diagnostics } = readSpec({ spec: file });
  const formatted = revisions.some(
    ({ spec }) => resolve(root, spec.path) === resolve(root, file.path),
  );
  refuse(formatted ? diagnostics : diagnostics.map(fixElsewhere));
  if (model === undefined) throw new Refused(`${file.path}: this is no spec`);
  return model;
}

async function ours(root: string): Promise<Revision[]> {
  try {
    return await readRevisions(root);
  } catch (error) {
    if (error instanceof NoSpec) return [];
    throw error;
  }
}

async function readPath(root: string, path: string, revisions: readonly Revision[]) {
  const about = await stat(resolve(root, path)).catch(() => undefined);
  const read = about?.isDirectory() === true ? undefined : await readText(root, path);
  if (read !== undefined) return read;
  throw new Refused(`${path} is neither a revision of ours (${namesOf(revisions)}) nor a file`);
}

function namesOf(revisions: readonly Revision[]): string {
  return revisions.map(({ name }) => name).join(", ") || "none here";
}

/** `spec:fmt` takes no path: where a spec lies elsewhere, it has to be brought to where that works. */
function fixElsewhere(finding: Diagnostic): Diagnostic {
  if (finding.rule !== "stale-field-table") return finding;
  const fix = "copy the file to spec/draft-arcp-REVISION.md, then run `npm run spec:fmt`";
  return { ...finding, fix };
}

function refuse(findings: readonly Diagnostic[]): void {
  if (findings.length === 0) return;
  const first = sortDiagnostics(findings).slice(0, FINDINGS);
  const more = findings.length > FINDINGS ? `, the first ${FINDINGS} of them shown` : "";
  const said = `${countByFile(findings)}${more}; nothing was compared. spec/README.md says how a spec is written`;
  throw new Refused(said, { findings: first });
}
