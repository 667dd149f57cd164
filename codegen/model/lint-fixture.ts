import { lockOf } from "./lock.js";
import type { SpecFiles, TextFile } from "./read.js";
import { readSpec } from "./read.js";
import type { Position } from "./types.js";

/** A fixture of a lint rule: the files to read, and the place of the finding. */
export interface LintFixture {
  readonly files: SpecFiles;
  readonly expected: Position;
}

const MARK = "‸";
const BLOCK =
  /^@@ (?<kind>replace|lock|rulings|path|older)\n(?<text>.*?)\n(?:@@ with\n(?<becomes>.*?)\n?)?@@ end$/gms;

/**
 * Applies a fixture to the base spec, see `codegen/fixtures/lint/README.md`.
 *
 * @throws Error if a text to replace does not stand in the base exactly once, or the mark is missing
 */
export function readLintFixture(base: string, fixture: string): LintFixture {
  let spec = base;
  let path = "draft-1.1.md";
  let lock: string | undefined;
  let rulings: string | undefined;
  const older: TextFile[] = [];
  const requirements = readSpec({ spec: { path, text: base } }).model?.requirements ?? [];
  const hashes = lockOf(requirements);
  for (const { groups } of fixture.matchAll(BLOCK)) {
    const { kind, text = "", becomes = "" } = groups ?? {};
    if (kind === "lock") lock = text.replace(/@([A-Z]+-\d+)/g, (_, id: string) => hashes[id] ?? id);
    if (kind === "rulings") rulings = text;
    if (kind === "path") path = text;
    if (kind === "older") older.push({ path: "draft-1.0.md", text });
    if (kind !== "replace") continue;
    if (text === "@all") spec = becomes.replace("@quotes", "> ".repeat(20_000));
    else {
      const parts = spec.split(text);
      if (parts.length !== 2) throw new Error(`not exactly once in the base: ${text}`);
      spec = parts.join(becomes);
    }
  }
  const files = { [path]: spec, "spec.lock.json": lock, "rulings.md": rulings };
  for (const [file, text] of Object.entries(files)) {
    const offset = text?.indexOf(MARK) ?? -1;
    if (text === undefined || offset < 0) continue;
    const before = text.slice(0, offset).split("\n");
    const expected = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    const clean = (file: string, text: string | undefined) =>
      text === undefined ? undefined : { path: file, text: text.replace(MARK, "") };
    return {
      expected,
      files: {
        spec: { path, text: spec.replace(MARK, "") },
        lock: clean("spec.lock.json", lock),
        rulings: clean("rulings.md", rulings),
        older,
      },
    };
  }
  throw new Error(`the fixture has no ${MARK}`);
}
