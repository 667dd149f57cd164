/** Waits until files change. */
import { setTimeout as sleep } from "node:timers/promises";
import { stampOf } from "./hooks.js";

/** How often files are looked at, in milliseconds. */
const LOOK_MS = 100;

/**
 * Resolves with the files whose state is another than in `files`, once nothing has changed between two
 * looks: an editor that saves in steps, or a tool that saves many files, is waited for. Resolves with none
 * when the signal aborts. Files that are added to the map meanwhile count.
 *
 * It looks instead of asking the system to be told: a look at a file costs microseconds, and unlike watchers
 * it survives saving by renaming, folders that go and come, and mounts that tell nothing.
 */
export async function changed(
  files: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let before = "";
  while (!signal.aborted) {
    const now = differing(files);
    const state = JSON.stringify(now);
    if (now.length > 0 && state === before) return now.map(([path]) => path);
    before = state;
    await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
  return [];
}

function differing(files: ReadonlyMap<string, string>): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (const [path, stamp] of files) {
    const now = stampOf(path);
    if (now !== stamp) found.push([path, now]);
  }
  return found;
}
