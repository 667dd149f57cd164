import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { citations } from "./citations.js";
import { readSpec } from "./model/read.js";
import type { SpecReading, TextFile } from "./model/read.js";

/** The spec of a revision and what is checked with it, as read from disk. */
export interface Revision {
  /** "1.1" */
  readonly name: string;
  readonly spec: TextFile;
  /** Blank while there is none: then every requirement is new. */
  readonly lock: TextFile;
  readonly rulings: TextFile | undefined;
}

/** There is nothing to generate from. */
export class NoSpec extends Error {}

/** Every `spec/draft-arcp-*.md`, sorted. Throws `NoSpec` if there is none. */
export async function readRevisions(root: string): Promise<Revision[]> {
  const names = await readdir(join(root, "spec")).catch(() => []);
  const found = names.sort().flatMap((name) => /^draft-arcp-([\d.]+)\.md$/.exec(name)?.[1] ?? []);
  if (found.length === 0) {
    throw new NoSpec("there is no spec/draft-arcp-*.md here; run this at the root of the project");
  }
  const rulings = await readText(root, "spec/rulings.md");
  return Promise.all(
    found.map(async (name): Promise<Revision> => {
      const stem = `spec/draft-arcp-${name}`;
      const [spec, lock] = await Promise.all([
        readText(root, `${stem}.md`),
        readText(root, `${stem}.lock.json`),
      ]);
      return {
        name,
        spec: spec ?? { path: `${stem}.md`, text: "" },
        lock: lock ?? { path: `${stem}.lock.json`, text: "" },
        rulings,
      };
    }),
  );
}

/** Reads the model. Only a reworded requirement makes it look for the files that cite one. */
export async function readModel(root: string, revision: Revision): Promise<SpecReading> {
  const { spec, lock, rulings } = revision;
  const reading = readSpec({ spec, lock, rulings });
  const reworded = reading.diagnostics.some(({ rule }) => rule === "reworded-requirement");
  return reworded ? readSpec({ spec, lock, rulings, citations: await citations(root) }) : reading;
}

async function readText(root: string, path: string): Promise<TextFile | undefined> {
  try {
    return { path, text: await readFile(join(root, path), "utf8") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
