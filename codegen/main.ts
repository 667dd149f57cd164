import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { generate } from "./generate.js";
import { formatDiagnostics } from "./model/diagnostics.js";
import type { DiagnosticFormat } from "./model/diagnostics.js";
import { formatLock } from "./model/lock.js";
import type { Diagnostic } from "./model/types.js";
import { NoSpec, readModel, readRevisions } from "./revisions.js";
import { count, report } from "./surroundings.js";
import type { Surroundings } from "./surroundings.js";

const USAGE = `usage:
  generate [--check | --watch]   writes generated/ from the spec, or says what differs, or writes on each save
  lint [--accept]                checks the spec; --accept takes reworded requirements
  fmt [--check]                  writes the field tables of the spec from its schemas
  size                           says what somebody ships who imports what is generated
  audit DRAFT.md [--revision 1.1] [--was ACCEPTED.md] [--suggest | --accept "why"] [--format text|markdown|json]
                                 says what an upstream draft has that our model has not; --suggest prints a patch,
                                 --accept takes its passages as read, --was shows those before beside those that changed
  new-revision NAME [--from 1.1] [--version 1.2]
                                 begins a draft as a copy of the newest, and says what to do next
  diff OLD NEW [--format text|markdown|json] [--fail-on breaking]
                                 says what changed between two revisions, and which peers still understand each
                                 other. OLD and NEW are names (02.1) or paths of specs. Exits with 0 when all is
                                 compared and proved, 1 when something breaks and --fail-on breaking is given,
                                 2 when there is nothing to compare, 3 when a verdict is not proved by messages
Findings are printed with --format text, json or github.
`;

const FORMAT = { format: { type: "string" } } as const;
const OPTIONS = {
  generate: { check: { type: "boolean" }, watch: { type: "boolean" }, ...FORMAT },
  lint: { accept: { type: "boolean" }, ...FORMAT },
  fmt: { check: { type: "boolean" }, ...FORMAT },
  size: {},
  "new-revision": { from: { type: "string" }, version: { type: "string" } },
  audit: {
    revision: { type: "string" },
    was: { type: "string" },
    suggest: { type: "boolean" },
    accept: { type: "string" },
    ...FORMAT,
  },
  diff: { "fail-on": { type: "string" }, help: { type: "boolean" }, ...FORMAT },
} as const;

/** How often to look whether the process that started this one is still there, in milliseconds. */
const PARENT_LOOK_MS = 500;

/** Runs a command. 0: done, nothing to say; 1: findings or differences; 2: wrong usage. */
export async function main(args: readonly string[], at: Surroundings): Promise<number> {
  const rest = args.slice(1);
  try {
    switch (args[0]) {
      case "generate": {
        const { check, watch, format } = options(rest, OPTIONS.generate);
        if (check === true && watch === true) throw new UsageError("either --check or --watch");
        if (watch !== true) return await generate(at, check === true, formatOf(format));
        const { generateOnSave } = await import("./watch.js");
        return await generateOnSave(at, formatOf(format));
      }
      case "lint": {
        const { format, accept } = options(rest, OPTIONS.lint);
        return await lint(at, formatOf(format), accept === true);
      }
      case "fmt": {
        const { check, format } = options(rest, OPTIONS.fmt);
        return await fmt(at, check === true, formatOf(format));
      }
      case "size": {
        options(rest, OPTIONS.size);
        const { printSizes } = await import("./sizes.js");
        return await printSizes(at);
      }
      case "audit": {
        const { values, files } = withFiles(rest, OPTIONS.audit);
        const [file, ...more] = files;
        if (file === undefined || more.length > 0)
          throw new UsageError("which draft? audit takes one file");
        const { audit, auditFormat } = await import("./audit/command.js");
        const format = auditFormat(values.format);
        if (format === undefined)
          throw new UsageError(`--format is text, markdown or json, not ${values.format}`);
        const { revision, suggest = false, accept, was } = values;
        if (accept?.trim() === "" || (accept !== undefined && suggest))
          throw new UsageError("--accept takes a reason, and no --suggest");
        return await audit(at, { file, revision, format, suggest, accept, was });
      }
      case "new-revision": {
        const { values, files } = withFiles(rest, OPTIONS["new-revision"]);
        const [name, ...more] = files;
        if (name === undefined || more.length > 0)
          throw new UsageError("which one? new-revision takes one name");
        const { newRevision } = await import("./revise/new-revision.js");
        const { from, version } = values;
        return await newRevision(at, { name, from, version });
      }
      case "diff":
        return await diff(at, rest);
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

/** The same, of a command that takes files or names. */
function withFiles<T extends (typeof OPTIONS)["audit" | "diff" | "new-revision"]>(
  args: string[],
  options: T,
) {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { values, files: positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function diff(at: Surroundings, args: string[]): Promise<number> {
  const { values, files } = withFiles(args, OPTIONS.diff);
  if (values.help === true) {
    at.out(USAGE);
    return 0;
  }
  const [old, now, ...more] = files;
  if (old === undefined || now === undefined || more.length > 0) {
    throw new UsageError("which two revisions? diff takes OLD and NEW");
  }
  const { format = "text", "fail-on": failOn } = values;
  if (format !== "text" && format !== "markdown" && format !== "json") {
    throw new UsageError(`--format is text, markdown or json, not ${format}`);
  }
  if (failOn !== undefined && failOn !== "breaking") {
    throw new UsageError(`--fail-on is breaking, not ${failOn}`);
  }
  const { compare } = await import("./compare/command.js");
  return await compare(at, { old, new: now, format, failOnBreaking: failOn !== undefined });
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

async function fmt(at: Surroundings, check: boolean, format: DiagnosticFormat): Promise<number> {
  const { formatSpec } = await import("./fmt.js");
  let stale = false;
  const revisions = await readRevisions(at.root);
  for (const { spec, unreadable } of revisions) {
    const { text, changed, unreadable: given = [] } = formatSpec(spec);
    const findings = [...unreadable, ...given];
    if (findings.length > 0) {
      report(at, findings, format);
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
  const { formatPage } = await import("./revise/page.js");
  stale = (await formatPage(at, revisions, check)) || stale;
  return check && stale ? 1 : 0;
}

function formatOf(format = "text"): DiagnosticFormat {
  if (format === "text" || format === "json" || format === "github") return format;
  throw new UsageError(`--format is text, json or github, not ${format}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
  // Whoever ends only `npm run` has ended this as well: a watcher that nobody sees would go on writing.
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || stop.abort(), PARENT_LOOK_MS).unref();
  const at: Surroundings = {
    root: process.cwd(),
    stop: stop.signal,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
  // Whoever reads only the beginning, as `head` does, has what they wanted.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  process.exitCode = await main(process.argv.slice(2), at).catch((error: unknown) => {
    at.err(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  });
}
