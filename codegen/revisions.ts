import { readFile, readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { citations } from "./citations.js";
import { readSpec } from "./model/read.js";
import type { SpecReading, TextFile } from "./model/read.js";
import type { RuleId } from "./model/rules/ids.js";
import { succession } from "./model/succession.js";
import type { Diagnostic } from "./model/types.js";
import { MAX_BYTES, tooLarge } from "./parse/caps.js";

/** The spec of a revision and what is checked with it, as read from disk. */
export interface Revision {
  /** "1.1", "02.1" */
  readonly name: string;
  readonly spec: TextFile;
  /** Blank while there is none: then every requirement is new. */
  readonly lock: TextFile;
  /** Whether no other one replaces it. */
  readonly newest: boolean;
  /** Of the newest one only: a ruling decides what the drafts leave open, and those before it say what they say. */
  readonly rulings: TextFile | undefined;
  /** The texts of the drafts before it, the nearest first. */
  readonly older: readonly TextFile[];
  /** Why some of them could not be read; their text is blank then, and no reader should judge it. */
  readonly unreadable: readonly Diagnostic[];
  /** Why nobody knows which draft comes before it, or after. */
  readonly succession: readonly Diagnostic[];
}

/** There is nothing to generate from. */
export class NoSpec extends Error {}

/** Every `spec/draft-arcp-*.md`, from the first to the newest. Throws `NoSpec` if there is none. */
export async function readRevisions(root: string): Promise<Revision[]> {
  const names = await readdir(join(root, "spec")).catch(() => []);
  const found = names.flatMap((name) => /^draft-arcp-(\d[\d.]*)\.md$/.exec(name)?.[1] ?? []);
  if (found.length === 0) {
    throw new NoSpec("there is no spec/draft-arcp-*.md here; run this at the root of the project");
  }
  const about = await readText(root, "spec/rulings.md");
  const read = await Promise.all(
    found.map(async (name) => {
      const stem = `spec/draft-arcp-${name}`;
      const [spec, lock] = await Promise.all([
        readText(root, `${stem}.md`),
        readText(root, `${stem}.lock.json`),
      ]);
      return {
        name,
        spec: spec?.file ?? { path: `${stem}.md`, text: "" },
        lock: lock?.file ?? { path: `${stem}.lock.json`, text: "" },
        unreadable: [spec, lock].flatMap((file) => file?.unreadable ?? []),
      };
    }),
  );
  const { ordered, findings } = succession(read);
  // What cannot be read says nothing of the order either, and has a finding already.
  const blank = read.some(({ unreadable }) => unreadable.length > 0);
  return ordered.map((one, index): Revision => {
    const newest = index === ordered.length - 1;
    const rulings = newest ? about : undefined;
    return {
      ...one,
      newest,
      rulings: rulings?.file,
      older: ordered
        .slice(0, index)
        .reverse()
        .map(({ spec }) => spec),
      unreadable: [...one.unreadable, ...(rulings?.unreadable ?? [])],
      succession: blank ? [] : (findings.get(one.name) ?? []),
    };
  });
}

/** Reads the model. Only a requirement with other words makes it look for the files that cite one. */
export async function readModel(root: string, revision: Revision): Promise<SpecReading> {
  const { spec, lock, rulings, older, unreadable } = revision;
  if (unreadable.length > 0) return { model: undefined, diagnostics: unreadable };
  let reading = readSpec({ spec, lock, rulings, older });
  if (reading.diagnostics.some(({ rule }) => CITED.has(rule))) {
    reading = readSpec({ spec, lock, rulings, older, citations: await citations(root) });
  }
  const { model, diagnostics } = reading;
  return { model, diagnostics: [...revision.succession, ...diagnostics] };
}

/** The rules that name who cites a requirement. */
const CITED: ReadonlySet<string> = new Set<RuleId>(["reworded-requirement", "changed-requirement"]);

interface Read {
  readonly file: TextFile;
  readonly unreadable: readonly Diagnostic[];
}

/** A text of at most `MAX_BYTES`, by its path below `root` or absolute; undefined if there is none. */
export async function readText(root: string, path: string): Promise<Read | undefined> {
  const refused = (finding: Omit<Diagnostic, "rule">): Read => ({
    file: { path, text: "" },
    unreadable: [{ rule: "unreadable-spec", ...finding }],
  });
  try {
    const about = await stat(resolve(root, path));
    if (!about.isFile()) {
      const position = { file: path, line: 1, column: 1 };
      return refused({ position, message: "this is no file", fix: "name a file" });
    }
    if (about.size > MAX_BYTES) return refused(tooLarge(path));
    const bytes = await readFile(resolve(root, path));
    const text = decode(bytes);
    if (text !== undefined) return { file: { path, text }, unreadable: [] };
    const offset = firstInvalid(bytes);
    const before = decode(bytes.subarray(0, offset))?.split(/\r\n|\n|\r/) ?? [""];
    return refused({
      position: { file: path, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
      message: `the file is not UTF-8: byte ${offset} begins no character`,
      fix: "save it as UTF-8",
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** `undefined` for what is not UTF-8. A byte order mark stays: whoever reads the text skips it. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Offset of the first byte that is part of no character: the end of the longest start that decodes. */
function firstInvalid(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startDecodes(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  // What is left may have been cut within its last character; go back to where that begins.
  while (low > 0 && decode(bytes.subarray(0, low)) === undefined) low -= 1;
  return low;
}

/** Whether bytes are the start of something valid, a character that is cut at the end included. */
function startDecodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
