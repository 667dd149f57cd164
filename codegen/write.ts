import { readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Artefact } from "./emit/artefact.js";

/** What a write changed, as paths within the folder, sorted. */
export interface Written {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Every file below a folder, by its path with `/`. A folder that does not exist has none. */
export async function readFolder(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  const files = entries.filter((entry) => entry.isFile());
  const pairs = files.map((entry): [string, string] => {
    const path = join(entry.parentPath, entry.name);
    // To read some dozens of small files aside takes three times as long.
    return [path.slice(folder.length + 1).replaceAll("\\", "/"), readFileSync(path, "utf8")];
  });
  return new Map(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a write would change. */
export function changes(
  before: ReadonlyMap<string, string>,
  artefacts: readonly Artefact[],
): Written {
  const paths = new Set(artefacts.map((artefact) => artefact.path));
  const fresh = artefacts.filter(({ path, text }) => before.get(path) !== text);
  return {
    added: fresh.filter(({ path }) => !before.has(path)).map(({ path }) => path),
    changed: fresh.filter(({ path }) => before.has(path)).map(({ path }) => path),
    removed: [...before.keys()].filter((path) => !paths.has(path)),
  };
}

/**
 * Makes a folder hold exactly these files. Everything is written beside it first and then swapped in,
 * so that a run that fails leaves the folder as it was. A folder that is right already is not touched.
 * `move` is for tests.
 */
export async function writeFolder(
  folder: string,
  artefacts: readonly Artefact[],
  move: typeof rename = rename,
): Promise<Written> {
  await recover(folder);
  const result = changes(await readFolder(folder), artefacts);
  if (result.added.length + result.changed.length + result.removed.length === 0) return result;
  const staging = join(dirname(folder), `${STAGING}${process.pid}-${basename(folder)}`);
  const old = `${staging}${OLD}`;
  try {
    await rm(staging, { recursive: true, force: true });
    for (const { path, text } of artefacts) await put(join(staging, path), text);
    await swap(staging, folder, old, move);
  } finally {
    await rm(staging, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
  return result;
}

/**
 * Like `writeFolder`, but a file that is right already keeps its place and its time, so that whoever
 * watches the folder sees what changed and nothing else. Everything is written beside the folder first;
 * each file is replaced at once, and what was replaced is put back when another one cannot be.
 */
export async function updateFolder(
  folder: string,
  artefacts: readonly Artefact[],
  move: typeof rename = rename,
): Promise<Written> {
  await recover(folder);
  const before = await readFolder(folder);
  const result = changes(before, artefacts);
  const fresh = new Set([...result.added, ...result.changed]);
  if (fresh.size + result.removed.length === 0) return result;
  const staging = join(dirname(folder), `${STAGING}${process.pid}-${basename(folder)}`);
  const replaced: string[] = [];
  try {
    await rm(staging, { recursive: true, force: true });
    const files = artefacts.filter(({ path }) => fresh.has(path));
    for (const { path, text } of files) await put(join(staging, path), text);
    for (const { path } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      replaced.push(path);
      await move(join(staging, path), join(folder, path));
    }
    for (const path of result.removed) await rm(join(folder, path));
  } catch (error) {
    for (const path of replaced) {
      const text = before.get(path);
      if (text === undefined) await rm(join(folder, path), { force: true });
      else await put(join(folder, path), text);
    }
    throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return result;
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

const STAGING = ".staging-";
const OLD = "-old";

/**
 * Mends what a process left that was killed in the middle of `writeFolder`: puts the folder back if it
 * was moved away and nothing took its place, and removes the rest. Leaves alone what a process that
 * still runs is writing.
 */
export async function recover(folder: string): Promise<void> {
  const parent = dirname(folder);
  const names = await readdir(parent).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const name = basename(folder);
  const stale = names.filter((it) => {
    const [, pid, of] = /^\.staging-(\d+)-(.+?)(?:-old)?$/.exec(it) ?? [];
    return of === name && !runs(Number(pid));
  });
  const old = stale.find((it) => it.endsWith(OLD));
  if (old !== undefined && !names.includes(name)) await rename(join(parent, old), folder);
  for (const it of stale) await rm(join(parent, it), { recursive: true, force: true });
}

/** Whether a process of that id is there; one of somebody else's is. */
function runs(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function swap(
  staging: string,
  folder: string,
  old: string,
  move: typeof rename,
): Promise<void> {
  const existed = await move(folder, old).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
  try {
    await move(staging, folder);
  } catch (error) {
    if (existed) await rename(old, folder);
    throw error;
  }
}
