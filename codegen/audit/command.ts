/** `audit` on the command line: the one file of this folder that reads from disk, and writes what `--accept` accepts. */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { buildDraft } from "../model/build.js";
import type { Draft } from "../model/draft.js";
import type { Diagnostic } from "../model/types.js";
import { MAX_BYTES } from "../parse/caps.js";
import { parseSpec } from "../parse/markdown.js";
import { createReport } from "../parse/report.js";
import { readRevisions } from "../revisions.js";
import type { Revision } from "../revisions.js";
import { Refused, countByFile } from "../surroundings.js";
import type { Surroundings } from "../surroundings.js";
import { auditDraft } from "./audit.js";
import { baselinePath, noBaseline, parseBaseline } from "./baseline.js";
import { accept, formatHeld, heldPath, parseHeld } from "./held.js";
import { readableLabels } from "./passages.js";
import { exitCode, formatAudit, verdictLine } from "./report.js";
import type { AuditFormat } from "./report.js";
import type { Audit, AuditInput } from "./result.js";
import { suggest } from "./suggest.js";

export interface AuditOptions {
  /** The draft, from where the command was called. */
  readonly file: string;
  /** The newest of ours if it is undefined. The draft's own words never decide. */
  readonly revision: string | undefined;
  readonly format: AuditFormat;
  /** Print a patch of our spec instead of the report. */
  readonly suggest: boolean;
  /** Accept the passages of the draft as they stand, for this reason. */
  readonly accept: string | undefined;
  /** The draft that was accepted before, from where the command was called. */
  readonly was: string | undefined;
}

/**
 * Audits a file, and writes the passages of it that are accepted. 0: nothing beyond the baseline; 1: differences; 2: it is
 * no draft of the protocol.
 *
 * @throws Refused if it, our own spec or what was accepted cannot be read
 */
export async function audit(at: Surroundings, options: AuditOptions): Promise<number> {
  const read = await readDraft(at.root, options.file);
  const was = options.was === undefined ? undefined : await readDraft(at.root, options.was);
  const revisions = await readRevisions(at.root);
  const names = revisions.map(({ name }) => name);
  const chosen = options.revision ?? names.at(-1);
  const revision = revisions.find(({ name }) => name === chosen);
  if (revision === undefined)
    throw new Refused(
      `we have no revision ${chosen}; say --revision with one of ${names.join(", ")}`,
    );
  const { draft, findings } = readOurDraft(revision);
  if (findings.length > 0) {
    const said = `${countByFile(findings)}; mend our own spec first: npm run spec:lint`;
    throw new Refused(said, { findings });
  }
  const { name } = revision;
  const [baselineFile, heldFile] = [baselinePath(name), heldPath(name)];
  let input: AuditInput;
  try {
    const baseline = await readAccepted(at.root, baselineFile, name, parseBaseline);
    const held = (await readAccepted(at.root, heldFile, name, parseHeld)) ?? [];
    input = {
      ...{ file: options.file, text: read.text, draft, was: was && { ...was, held } },
      ...{ baseline: baseline ?? noBaseline(name), baselineFile, held, heldFile },
    };
  } catch (error) {
    throw new Refused(error instanceof Error ? error.message : String(error));
  }
  let result = auditDraft(input);
  // Of a text that could not be read there is nothing to report.
  if (result.facts === undefined && result.refusal !== undefined) throw new Refused(result.refusal);
  if (options.accept !== undefined && result.refusal === undefined) {
    const { passages, unsettled } = result;
    if (unsettled.length > 0) at.err(`${sayUnsettled(result, input)}\n`);
    else {
      const held = accept(passages, input.held, options.accept);
      await mkdir(dirname(resolve(at.root, heldFile)), { recursive: true });
      await writeFile(resolve(at.root, heldFile), formatHeld(name, held));
      result = auditDraft({ ...input, held });
      const left = result.differences.length;
      const others = `, and none of the other differences, ${left}: they go into ${baselineFile} by hand`;
      at.err(`${heldFile}: ${passages.length} passages accepted${left === 0 ? "" : others}\n`);
    }
  }
  if (options.suggest) {
    if (result.refusal === undefined) {
      const ids = revisions.flatMap(({ spec }) =>
        parseSpec(spec.path, spec.text).facts.requirements.map(({ id }) => id),
      );
      at.out(suggest(result, draft, revision.spec.text, ids));
    }
    const more = result.refusal === undefined ? "" : `; without --suggest it is said ${READ}`;
    at.err(`${verdictLine(result)}${more}\n`);
  } else at.out(formatAudit(result, options.format));
  return exitCode(result);
}

const READ = "what was read, and what said nothing";
/** So many passages are named in a line. */
const NAMED = 5;

/** Why nothing was accepted: what stands around a sentence is told only once that is settled, and has to be seen first. */
function sayUnsettled(
  { passages, unsettled }: Audit,
  { file, heldFile, baselineFile }: AuditInput,
): string {
  const name = readableLabels(passages);
  const named = unsettled
    .slice(0, NAMED)
    .map(({ label, line }) => `${name(label)} (${file}:${line})`);
  const more = unsettled.length > NAMED ? `, and ${unsettled.length - NAMED} more` : "";
  const what =
    unsettled.length === 1
      ? "1 passage that changed has"
      : `${unsettled.length} passages that changed have`;
  return `${heldFile}: nothing was accepted, since ${what} a sentence that is not settled: ${named.join(", ")}${more}; settle the sentences in ${baselineFile}, read what else the passages say, and accept again`;
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

interface DraftText {
  readonly file: string;
  readonly text: string;
}

/** Reads no more than a draft may have: a film called draft.md is refused, not loaded. */
async function readDraft(root: string, file: string): Promise<DraftText> {
  const path = resolve(root, file);
  const refuse = (why: string): never => {
    throw new Refused(`${file}: ${why}`);
  };
  try {
    const about = await stat(path);
    if (!about.isFile()) refuse("this is no file; name the Markdown of the draft");
    if (about.size > MAX_BYTES)
      refuse(
        `the file is larger than ${MAX_BYTES} bytes; name the Markdown of the draft, or cut off what is no specification`,
      );
    const bytes = await readFile(path);
    return { file, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof Refused) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      return refuse("there is no such file; a relative path begins in the folder of package.json");
    if (error instanceof TypeError)
      return refuse("the file is not UTF-8; save it as UTF-8, or name the Markdown of the draft");
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** What was accepted; undefined where there is no such file. */
async function readAccepted<T>(
  root: string,
  path: string,
  revision: string,
  parse: (path: string, text: string, revision: string) => T,
): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(resolve(root, path), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return parse(path, text, revision);
}
