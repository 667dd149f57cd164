/** Our own tests as judges: which are asked, in which order, and which of them failed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Copy } from "./copy.js";

/** A test that failed. */
export interface FailedTest {
  readonly file: string;
  readonly title: string;
}

/**
 * Tests that repeat what is generated, name by name or byte by byte: that they notice tells nothing. And those that start
 * programs: what they show of a table others show in less time.
 */
const LEFT_OUT =
  /^runtime-kit\/(public-api|architecture|client\/bundle)\.test\.ts$|^runtime-kit\/cli\//;
/** So many of the files that speak most of a mutant are asked before all the others, and so many before these. */
const [NEAREST, NEAR] = [2, 8];

/** A test file, and what it says. */
interface TestFile {
  readonly path: string;
  readonly text: string;
}

/** The test files that may be asked. */
export function readTests(root: string): TestFile[] {
  return readdirSync(join(root, "runtime-kit"), { recursive: true, encoding: "utf8" })
    .map((name) => `runtime-kit/${name.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".test.ts") && !LEFT_OUT.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/**
 * The groups in which test files are asked: first who noticed at another time, then those that speak most of the words, then
 * the rest.
 */
export function inTurn(
  tests: readonly TestFile[],
  words: readonly string[],
  first?: string,
): string[][] {
  const scored = tests
    .map(({ path, text }) => ({ path, score: scoreOf(text, words) }))
    .filter(({ path }) => path !== first)
    .sort((a, b) => b.score - a.score);
  const near = scored.filter(({ score }, at) => score > 0 && at < NEAR);
  const known = tests.some(({ path }) => path === first) ? [first!] : [];
  const groups = [near.slice(0, NEAREST), near.slice(NEAREST), scored.slice(near.length)];
  return [known, ...groups.map((group) => group.map(({ path }) => path))].filter(
    (group) => group.length > 0,
  );
}

/** The first word counts most. Different words count for more than the same one again; so one file that is about all of them comes first. */
function scoreOf(text: string, words: readonly string[]): number {
  const counts = words.map((word) => text.split(word).length - 1);
  const most = counts.reduce((sum, count) => sum + Math.min(count, 50), 0);
  const first = (counts[0] ?? 0) > 0 ? 1_000 : 0;
  return first + 100 * counts.filter((count) => count > 0).length + most;
}

/** Runs test files in the copy until one fails. Tests that end without saying which one failed have noticed nothing. */
export async function firstFailure(
  copy: Copy,
  files: readonly string[],
): Promise<FailedTest | undefined> {
  const vitest = join(copy.place, "node_modules/vitest/vitest.mjs");
  const { ok, said } = await copy.run([vitest, "run", "--bail", "1", ...files]);
  return ok ? undefined : failedIn(said);
}

/** The first test that a run of the tests says to have failed. */
export function failedIn(said: string): FailedTest | undefined {
  const found = /^\s*FAIL\s+(?:\|\w+\|\s+)?(\S+\.test\.ts)(?:\s+>\s+(.*?))?\s*$/m.exec(said);
  if (found === null) return undefined;
  const [, file = "", title = "the file as a whole"] = found;
  return { file, title };
}
