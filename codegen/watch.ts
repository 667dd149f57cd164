import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CURRENT } from "./emit/artefact.js";
import { renderAll } from "./generate.js";
import type { DiagnosticFormat } from "./model/diagnostics.js";
import { readRevisions } from "./revisions.js";
import type { Revision } from "./revisions.js";
import { asideFor, countByFile, report } from "./surroundings.js";
import type { Surroundings } from "./surroundings.js";
import { updateFolder } from "./write.js";

/** Milliseconds without another event after which a save is over: editors make several of one. */
const QUIET_MS = 25;

/**
 * Writes what changed in `generated/` after each save below `spec/`, until `at.stop` aborts. A spec with
 * findings writes nothing, and neither does one that cannot be read; the next save is another try.
 * Gives 0.
 */
export async function generateOnSave(at: Surroundings, format: DiagnosticFormat): Promise<number> {
  const stop = at.stop ?? new AbortController().signal;
  const saves = savesBelow(at.root, "spec", stop);
  let before: readonly Revision[] | undefined;
  let broken = false;
  /** What each revision was last written from: the others need no second look. */
  const written = new Map<string, Revision>();
  const tell = asideFor(at, format).out;
  /** `since` is when the save began, in milliseconds; `undefined` for the first run. */
  const run = async (since: number | undefined): Promise<void> => {
    const revisions = await readRevisions(at.root);
    if (isDeepStrictEqual(revisions, before)) return;
    before = revisions;
    const changed = revisions.filter((one) => !isDeepStrictEqual(one, written.get(one.name)));
    if (changed.length === 0) return;
    if (since !== undefined) tell("spec/ was saved\n");
    const wasBroken = broken;
    broken = !(await update(at, changed, format, (said) => {
      const took = since === undefined ? "" : `; ${seconds(since)} after the save`;
      tell(`${wasBroken ? "mended: " : ""}${said}${took}\n`);
    }));
    for (const one of changed) {
      if (broken) written.delete(one.name);
      else written.set(one.name, one);
    }
  };
  for await (const since of saves) {
    try {
      await run(since);
    } catch (error) {
      broken = true;
      before = undefined;
      written.clear();
      at.err(`${error instanceof Error ? error.message : String(error)}\n${WAITING}\n`);
    }
  }
  return 0;
}

const WAITING = "nothing was written; waiting for the next save";

/** Whether the spec was without findings, and so was written. */
async function update(
  at: Surroundings,
  revisions: readonly Revision[],
  format: DiagnosticFormat,
  say: (what: string) => void,
): Promise<boolean> {
  const result = await renderAll(at.root, revisions);
  if ("findings" in result) {
    report(at, result.findings, format);
    at.err(`${countByFile(result.findings)}; ${WAITING}\n`);
    return false;
  }
  if (format === "json") report(at, [], format);
  for (const { folder, artefacts } of result.rendered) {
    const { added, changed, removed } = await updateFolder(join(at.root, folder), artefacts);
    // The lasting name says the same as long as no new draft comes: no line for that.
    if (folder === CURRENT && added.length + changed.length + removed.length === 0) continue;
    say(`${folder}: ${added.length} added, ${changed.length} changed, ${removed.length} removed`);
  }
  return true;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(2)} s`;
}

/**
 * Yields at once, and then after each burst of events in a folder: when it began, as `performance.now()`.
 * The folder is watched, not its files: editors save by putting another file in the place of the old one.
 * Its parent is watched as well, for the folder may go and come back. Ends when `stop` aborts.
 */
export async function* savesBelow(
  root: string,
  name: string,
  stop: AbortSignal,
): AsyncGenerator<number | undefined, void> {
  let began: number | undefined;
  let last = 0;
  let wake = (): void => undefined;
  const note = (): void => {
    last = performance.now();
    began ??= last;
    wake();
  };
  let inside = watchFolder(join(root, name), note);
  const outside = watch(root, (_, file) => {
    if (file !== name) return;
    inside?.close();
    inside = watchFolder(join(root, name), note);
    note();
  });
  outside.on("error", note);
  const end = (): void => wake();
  stop.addEventListener("abort", end);
  try {
    if (!stop.aborted) yield undefined;
    while (!stop.aborted) {
      const rest = began === undefined ? undefined : last + QUIET_MS - performance.now();
      if (began !== undefined && rest !== undefined && rest <= 0) {
        const since = began;
        began = undefined;
        yield since;
        continue;
      }
      await new Promise<void>((resolve) => {
        const timer = rest === undefined ? undefined : setTimeout(resolve, rest);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    stop.removeEventListener("abort", end);
    inside?.close();
    outside.close();
  }
}

/** `undefined` while there is no such folder. */
function watchFolder(folder: string, note: () => void): FSWatcher | undefined {
  try {
    return watch(folder, note).on("error", note);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
