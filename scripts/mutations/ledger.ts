/** What became of mutants in earlier runs, so that a run that was stopped goes on, and who noticed once is asked first. */
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Artefact } from "../../codegen/emit/artefact.js";
import type { Notice } from "./mutant.js";

/** A line of the file. */
interface Entry {
  readonly id: string;
  /** Of the mutant, and of all that looked at it. */
  readonly digest: string;
  readonly noticed?: Notice;
}

export interface Ledger {
  /** What became of a mutant when everything was as it is now. */
  known(id: string, digest: string): { readonly noticed?: Notice } | undefined;
  /** Who noticed it last, whatever has changed since. */
  before(id: string): Notice | undefined;
  add(entry: Entry): void;
}

/** Reads a file of results, one JSON object each line; where there is none, nothing is known yet. */
export function openLedger(file: string): Ledger {
  mkdirSync(dirname(file), { recursive: true });
  const entries = new Map(linesOf(file).map((entry) => [entry.id, entry]));
  const notices = new Map(
    linesOf(file).flatMap(({ id, noticed }) => (noticed ? [[id, noticed] as const] : [])),
  );
  return {
    known(id, digest) {
      const entry = entries.get(id);
      return entry?.digest === digest ? entry : undefined;
    },
    before: (id) => notices.get(id),
    add(entry) {
      entries.set(entry.id, entry);
      if (entry.noticed) notices.set(entry.id, entry.noticed);
      appendFileSync(file, `${JSON.stringify(entry)}\n`);
    },
  };
}

function linesOf(file: string): Entry[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as Entry];
    } catch {
      // The last line of a run that was killed.
      return [];
    }
  });
}

/** Whose notice counts, and what it depends on. What is generated, and how mutants are tried, is not among it. */
const EYES = ["package-lock.json", "tsconfig.json", "runtime-kit", "conformance", "examples"];

/** Of all that looks at a mutant. */
export function digestOf(root: string): string {
  const hash = createHash("sha256");
  for (const name of EYES) {
    for (const path of filesOf(root, name)) {
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(root, path)))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

/** Of one mutant under those eyes. */
export function digestWith(eyes: string, artefacts: readonly Artefact[]): string {
  const hash = createHash("sha256").update(eyes);
  for (const { path, text } of artefacts) hash.update(`${path}\0${text}\0`);
  return hash.digest("hex").slice(0, 16);
}

function filesOf(root: string, name: string): string[] {
  if (statSync(join(root, name)).isFile()) return [name];
  return readdirSync(join(root, name), { recursive: true, encoding: "utf8" })
    .map((path) => `${name}/${path.replaceAll("\\", "/")}`)
    .filter((path) => /\.(ts|json)$/.test(path))
    .sort();
}
