import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Artefact } from "./emit/artefact.js";
import { formatDiagnostics } from "./model/diagnostics.js";
import type { DiagnosticFormat } from "./model/diagnostics.js";
import { formatLock } from "./model/lock.js";
import type { Diagnostic, Model } from "./model/types.js";
import { NoSpec, readModel, readRevisions } from "./revisions.js";
import type { Revision } from "./revisions.js";

/** Where a command works and prints; tests give their own. */
export interface Surroundings {
  /** The project's folder. */
  readonly root: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const USAGE = `usage:
  generate [--check]                             writes generated/ from the spec, or says what differs
  lint [--format text|json|github] [--accept]    checks the spec; --accept takes reworded requirements
  fmt [--check]                                  writes the field tables of the spec from its schemas
`;

const OPTIONS = {
  generate: { check: { type: "boolean" } },
  lint: { format: { type: "string" }, accept: { type: "boolean" } },
  fmt: { check: { type: "boolean" } },
} as const;

/** Runs a command. 0: done, nothing to say; 1: findings or differences; 2: wrong usage. */
export async function main(args: readonly string[], at: Surroundings): Promise<number> {
  const rest = args.slice(1);
  try {
    switch (args[0]) {
      case "generate":
        return await generate(at, options(rest, OPTIONS.generate).check === true);
      case "lint": {
        const { format = "text", accept } = options(rest, OPTIONS.lint);
        if (!isFormat(format))
          throw new UsageError(`--format is text, json or github, not ${format}`);
        return await lint(at, format, accept === true);
      }
      case "fmt":
        return await fmt(at, options(rest, OPTIONS.fmt).check === true);
      default:
        throw new UsageError(args[0] === undefined ? "which command?" : `no command "${args[0]}"`);
    }
  } catch (error) {
    if (error instanceof NoSpec) {
      at.err(`${error.message}\n`);
      return 1;
    }
    if (!(error instanceof UsageError)) throw error;
    at.err(`${error.message}\n${USAGE}`);
    return 2;
  }
}

/** The command was called in a way that it does not have. */
class UsageError extends Error {}

function options<T extends (typeof OPTIONS)[keyof typeof OPTIONS]>(args: string[], options: T) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A revision's folder, rendered in memory. */
interface Rendered {
  readonly folder: string;
  readonly model: Model;
  readonly artefacts: readonly Artefact[];
  readonly spec: string;
}

async function generate(at: Surroundings, check: boolean): Promise<number> {
  const rendered: Rendered[] = [];
  for (const revision of await readRevisions(at.root)) {
    const result = await renderRevision(at, revision);
    if (result === undefined) return 1;
    rendered.push(result);
  }
  return check ? await compare(at, rendered) : await write(at, rendered);
}

/** `undefined` after findings, which are printed: then nothing may be written, for any revision. */
async function renderRevision(at: Surroundings, revision: Revision): Promise<Rendered | undefined> {
  const { model, diagnostics } = await readModel(at.root, revision);
  if (model === undefined || diagnostics.length > 0) {
    at.err(formatDiagnostics(diagnostics, "text"));
    at.err(`${revision.spec.path}: ${count(diagnostics)}; nothing was written\n`);
    return undefined;
  }
  const { emitAll } = await import("./emit/emit.js");
  const { name, version } = JSON.parse(await readFile(join(at.root, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
  };
  const artefacts = await emitAll(model, `${name} ${version}`);
  return { folder: `generated/draft-${revision.name}`, model, artefacts, spec: revision.spec.text };
}

async function write(at: Surroundings, rendered: readonly Rendered[]): Promise<number> {
  const { writeFolder } = await import("./write.js");
  for (const { folder, artefacts } of rendered) {
    const { added, changed, removed } = await writeFolder(join(at.root, folder), artefacts);
    const said = `${added.length} added, ${changed.length} changed, ${removed.length} removed`;
    at.out(`${folder}: ${artefacts.length} files; ${said}\n`);
  }
  return 0;
}

async function compare(at: Surroundings, rendered: readonly Rendered[]): Promise<number> {
  const [{ compareFolder }, { createLocator }, { readFolder }] = await Promise.all([
    import("./check.js"),
    import("./locate.js"),
    import("./write.js"),
  ]);
  let differs = false;
  for (const { folder, model, artefacts, spec } of rendered) {
    const before = await readFolder(join(at.root, folder));
    const difference = compareFolder(folder, before, artefacts, createLocator(model, spec));
    at.out(difference);
    differs ||= difference !== "";
  }
  return differs ? 1 : 0;
}

async function lint(at: Surroundings, format: DiagnosticFormat, accept: boolean): Promise<number> {
  const found: Diagnostic[] = [];
  for (const revision of await readRevisions(at.root)) {
    const reading = await readModel(at.root, revision);
    if (!accept || reading.model === undefined) {
      found.push(...reading.diagnostics);
      continue;
    }
    const lock = { path: revision.lock.path, text: formatLock(reading.model.requirements) };
    await writeFile(join(at.root, lock.path), lock.text);
    found.push(...(await readModel(at.root, { ...revision, lock })).diagnostics);
  }
  at.out(formatDiagnostics(found, format));
  if (found.length > 0 && format === "text") at.err(`${count(found)}\n`);
  return found.length === 0 ? 0 : 1;
}

async function fmt(at: Surroundings, check: boolean): Promise<number> {
  const { formatSpec } = await import("./fmt.js");
  let stale = false;
  for (const { spec, unreadable } of await readRevisions(at.root)) {
    const { text, changed, unreadable: given = [] } = formatSpec(spec);
    const findings = [...unreadable, ...given];
    if (findings.length > 0) {
      at.err(formatDiagnostics(findings, "text"));
      return 1;
    }
    if (text === spec.text) continue;
    stale = true;
    const tables = changed.join(", ");
    if (check) at.out(`${spec.path}: stale field tables: ${tables}. Run: npm run spec:fmt\n`);
    else {
      await writeFile(join(at.root, spec.path), text);
      at.out(`${spec.path}: wrote the field tables of ${tables}\n`);
    }
  }
  return check && stale ? 1 : 0;
}

function count(found: readonly Diagnostic[]): string {
  return found.length === 1 ? "1 finding" : `${found.length} findings`;
}

function isFormat(format: string): format is DiagnosticFormat {
  return format === "text" || format === "json" || format === "github";
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const at: Surroundings = {
    root: process.cwd(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
  process.exitCode = await main(process.argv.slice(2), at).catch((error: unknown) => {
    at.err(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  });
}
