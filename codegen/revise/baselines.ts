import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { baselinePath, parseBaseline } from "../audit/baseline.js";
import { heldPath, parseHeld } from "../audit/held.js";
import type { Planned } from "./together.js";

const FILES = [
  { pathOf: baselinePath, parse: parseBaseline },
  { pathOf: heldPath, parse: parseHeld },
] as const;

/**
 * What was accepted of a draft, for one that begins with its text: whatever our words have otherwise there, they have
 * otherwise here. Nothing where nothing was accepted. Throws where it cannot be read, with what to do.
 */
export async function acceptedFor(root: string, from: string, name: string): Promise<Planned[]> {
  const planned = await Promise.all(
    FILES.map(async ({ pathOf, parse }): Promise<Planned[]> => {
      const path = pathOf(from);
      const text = await readFile(join(root, path), "utf8").catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      });
      if (text === undefined) return [];
      parse(path, text, from);
      // The text is kept as people wrote it, but for the name.
      const renamed = text.replace(
        `"revision": ${JSON.stringify(from)}`,
        `"revision": ${JSON.stringify(name)}`,
      );
      parse(path, renamed, name);
      return [{ path: pathOf(name), text: renamed }];
    }),
  );
  return planned.flat();
}
