import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file to be written: its path from the root, and its text. */
export interface Planned {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes all of these files or none: each beside its place first, then all moved there. What was moved is put back
 * when another one cannot be. `move` is for tests.
 */
export async function writeTogether(
  root: string,
  files: readonly Planned[],
  move: typeof rename = rename,
): Promise<void> {
  const places = files.map(({ path }) => join(root, path));
  const before = await Promise.all(places.map(textOf));
  const beside = places.map((place) => `${place}.${process.pid}.new`);
  let moved = 0;
  try {
    for (const [i, { text }] of files.entries()) {
      await mkdir(dirname(beside[i]!), { recursive: true });
      await writeFile(beside[i]!, text);
    }
    for (const [i, place] of places.entries()) {
      await move(beside[i]!, place);
      moved = i + 1;
    }
  } catch (error) {
    for (const [i, place] of places.slice(0, moved).entries()) {
      const text = before[i];
      if (text === undefined) await rm(place, { force: true });
      else await writeFile(place, text);
    }
    throw error;
  } finally {
    for (const path of beside) await rm(path, { force: true });
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
