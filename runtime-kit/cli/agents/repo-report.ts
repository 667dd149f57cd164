/** The agent of the demonstration: it reads a folder within its lease, and is refused what lies outside. */
import { dirname, isAbsolute } from "node:path";
import type { AgentContext } from "../../runtime/context.js";
import { defineAgent } from "../../runtime/define.js";
import { files } from "../../tools/files.js";
import type { Entry, Files } from "../../tools/files.js";
import { ArcpError } from "../../wire/errors.js";
import { InputFault, inputSchema, members, numberOf } from "./input.js";
import { pause } from "./pause.js";
import { reportOf, sampleOf } from "./repo-survey.js";
import type { Sample } from "./repo-survey.js";

interface ReportInput {
  /** The folder, an absolute path. */
  readonly path: string;
  /** A file that the lease should not cover; the agent tries it once. */
  readonly outside: string;
  /** At most so many files are read. */
  readonly maxFiles: number;
  /** A rest after each file, in milliseconds, for those who want to watch. */
  readonly pauseMs: number;
}

const IGNORED = new Set(["node_modules", ".git", "dist"]);

/** The walk ends at so many times the files that may be read: a home folder has more than anyone reads of. */
const WALKED = 10;

/** Files that are read at the same time. */
const READERS = 8;

/** Walks a folder and streams a report on it: lines by language, the largest files, what is still to do. */
export const repoReport = defineAgent<ReportInput>({
  name: "repo-report",
  version: "1.0.0",
  input: inputSchema(readInput),
  async run(input, ctx) {
    const box = files(ctx);
    await ctx.status("walking", input.path);
    const most = input.maxFiles * WALKED;
    const found = await findFiles(box, ctx, input.path, most);
    await tryOutside(box, ctx, input.outside);
    const chosen = found.slice(0, input.maxFiles);
    await ctx.status("reading", `${chosen.length} files`);
    const { samples, failed } = await readFiles(box, ctx, chosen, input);
    const lines = samples.reduce((total, sample) => total + (sample.lines ?? 0), 0);
    await ctx.metric("repo.files", samples.length, "files");
    await ctx.metric("repo.lines", lines, "lines");
    await ctx.status("reporting");
    const unread = found.length - chosen.length;
    return ctx.stream(
      reportOf({ root: input.path, samples, unread, failed, cut: found.length === most }),
      {
        summary: `${samples.length} files, ${lines} lines`,
      },
    );
  },
});

function readInput(value: unknown): ReportInput {
  const given = members(value, ["path", "outside", "maxFiles", "pauseMs"]);
  const path = absolute(given["path"], "path").replace(/(?<=.)\/+$/, "");
  const above = dirname(path);
  const otherwise = above === path ? "/etc/hostname" : `${above === "/" ? "" : above}/package.json`;
  return {
    path,
    outside: given["outside"] === undefined ? otherwise : absolute(given["outside"], "outside"),
    maxFiles: numberOf(given["maxFiles"], "maxFiles", { from: 1, to: 100_000, otherwise: 2_000 }),
    pauseMs: numberOf(given["pauseMs"], "pauseMs", { from: 0, to: 60_000, otherwise: 0 }),
  };
}

function absolute(value: unknown, name: string): string {
  if (typeof value === "string" && isAbsolute(value)) return value;
  throw new InputFault(`${name} must be an absolute path`);
}

async function findFiles(
  box: Files,
  ctx: AgentContext,
  path: string,
  most: number,
): Promise<Entry[]> {
  const found: Entry[] = [];
  const walk = box.walk(path, {
    ignore: ({ name }) => IGNORED.has(name),
    unreadable: (entry, error) => void ctx.log("warn", `${entry.path}: ${error.reason}`),
  });
  for await (const entry of walk) {
    if (entry.kind === "file") found.push(entry);
    if (found.length === most) break;
  }
  return found;
}

/** Shows that a refusal is no end: the lease decides, and the agent goes on. */
async function tryOutside(box: Files, ctx: AgentContext, path: string): Promise<void> {
  try {
    await box.read(path, { encoding: "bytes" });
    await ctx.log("info", `${path}: the lease covers it`);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof ArcpError)) throw error;
    await ctx.log("warn", `${path}: ${error.message}; going on without it`);
  }
}

/** Reads the files, a few at a time and one at a time with rests; what cannot be read is counted. */
async function readFiles(
  box: Files,
  ctx: AgentContext,
  entries: readonly Entry[],
  { path: root, pauseMs }: ReportInput,
): Promise<{ samples: readonly Sample[]; failed: number }> {
  const samples: Sample[] = [];
  const step = Math.max(1, Math.floor(entries.length / 100));
  let next = 0;
  let done = 0;
  let failed = 0;
  const reader = async (): Promise<void> => {
    for (let entry = entries[next++]; entry !== undefined; entry = entries[next++]) {
      const sample = await readOne(box, ctx, entry, root);
      if (sample === undefined) failed += 1;
      else samples.push(sample);
      done += 1;
      const last = done === entries.length;
      if (pauseMs > 0 || last || done % step === 0) {
        await ctx.progress(done, entries.length, { units: "files" });
      }
      if (pauseMs > 0) await pause(pauseMs, ctx.signal);
    }
  };
  await Promise.all(Array.from({ length: pauseMs > 0 ? 1 : READERS }, reader));
  return { samples, failed };
}

async function readOne(
  box: Files,
  ctx: AgentContext,
  { path }: Entry,
  root: string,
): Promise<Sample | undefined> {
  const name = path.slice(root === "/" ? 1 : root.length + 1);
  try {
    return sampleOf(name, await box.read(path, { encoding: "bytes" }));
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof ArcpError)) throw error;
    await ctx.log("warn", `${name}: ${error.reason}`);
    return undefined;
  }
}
