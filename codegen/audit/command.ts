/** `audit` on the command line: the one file of this folder that reads from disk. It writes nothing. */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { buildDraft } from "../model/build.js";
import type { Draft } from "../model/draft.js";
import type { Diagnostic } from "../model/types.js";
import { MAX_BYTES } from "../parse/caps.js";
import { parseSpec } from "../parse/markdown.js";
import { createReport } from "../parse/report.js";
import { readRevisions } from "../revisions.js";
import type { Revision } from "../revisions.js";
import { Refused, count } from "../surroundings.js";
import type { Surroundings } from "../surroundings.js";
import { auditDraft } from "./audit.js";
import { noBaseline, parseBaseline } from "./baseline.js";
import type { Baseline } from "./baseline.js";
import { exitCode, formatAudit, verdictLine } from "./report.js";
import type { AuditFormat } from "./report.js";
import { suggest } from "./suggest.js";

export interface AuditOptions {
  /** The draft, from where the command was called. */
  readonly file: string;
  /** The newest of ours if it is undefined. The draft's own words never decide. */
  readonly revision: string | undefined;
  readonly format: AuditFormat;
  /** Print a patch of our spec instead of the report. */
  readonly suggest: boolean;
}

/**
 * Audits a file. 0: nothing beyond the baseline; 1: differences; 2: it is no draft of the protocol.
 *
 * @throws Refused if it, our own spec or the baseline cannot be read
 */
export async function audit(at: Surroundings, options: AuditOptions): Promise<number> {
  const text = await readDraft(resolve(at.root, options.file));
  if (text.refusal !== undefined) throw new Refused(`${options.file}: ${text.refusal}`);
  const revisions = await readRevisions(at.root);
  const names = revisions.map(({ name }) => name);
  const chosen = options.revision ?? names.at(-1);
  const revision = revisions.find(({ name }) => name === chosen);
  if (revision === undefined)
    throw new Refused(`we have no revision ${chosen}; there is ${names.join(", ")}`);
  const { draft, findings } = readOurDraft(revision);
  if (findings.length > 0) {
    const said = `${revision.spec.path}: ${count(findings)}; mend our own spec first: npm run spec:lint`;
    throw new Refused(said, { findings });
  }
  let baseline: Baseline;
  const baselineFile = `codegen/baselines/${revision.name}.json`;
  try {
    baseline = await readBaseline(at.root, baselineFile, revision.name);
  } catch (error) {
    throw new Refused(error instanceof Error ? error.message : String(error));
  }
  const result = auditDraft({ file: options.file, text: text.text, draft, baseline, baselineFile });
  if (options.suggest) {
    if (result.refusal === undefined) at.out(suggest(result, draft, revision.spec.text));
    at.err(`${verdictLine(result)}\n`);
  } else at.out(formatAudit(result, options.format));
  return exitCode(result);
}

/** Our side. Whether it keeps every rule is for the lint to say; here it has to be readable. */
function readOurDraft({ spec, unreadable, succession }: Revision): {
  draft: Draft;
  findings: readonly Diagnostic[];
} {
  const { diagnostics, report: note } = createReport();
  const { facts, diagnostics: parsed } = parseSpec(spec.path, spec.text);
  const draft = buildDraft(facts, note);
  return { draft, findings: [...unreadable, ...succession, ...parsed, ...diagnostics] };
}

/** Reads no more than a draft may have: a film called draft.md is refused, not loaded. */
async function readDraft(path: string): Promise<{ text: string; refusal: string | undefined }> {
  const refuse = (refusal: string) => ({ text: "", refusal });
  try {
    const about = await stat(path);
    if (!about.isFile()) return refuse("this is no file");
    if (about.size > MAX_BYTES) return refuse(`the file is larger than ${MAX_BYTES} bytes`);
    const bytes = await readFile(path);
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), refusal: undefined };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return refuse("there is no such file");
    if (error instanceof TypeError) return refuse("the file is not UTF-8");
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

async function readBaseline(root: string, path: string, revision: string): Promise<Baseline> {
  try {
    return parseBaseline(path, await readFile(resolve(root, path), "utf8"), revision);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return noBaseline(revision);
    throw error;
  }
}
