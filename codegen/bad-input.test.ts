/** Whatever is saved as a spec: a finding with its place, exit code 1, and not a byte written. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runIn, smallProject } from "./main.test-helper.js";
import { readFolder } from "./write.js";

const SPEC = "spec/draft-arcp-9.9.md";
let root: string;
let good: string;

beforeAll(async () => {
  root = await smallProject();
  good = await readFile(join(root, SPEC), "utf8");
  await run("lint", "--accept");
  expect((await run("generate")).code).toBe(0);
});
afterAll(() => rm(root, { recursive: true }));

const run = (...args: readonly string[]) => runIn(root, ...args);

/** The good spec with another member beside `agent` in the schema of `job.submit`. */
const member = (schema: string) => (): string => {
  const text = good.replace('"properties": {', `"properties": { "more": ${schema},`);
  expect(text).not.toBe(good);
  return text;
};
const deep = (open: string, close: string, times: number): string =>
  open.repeat(times) + close.repeat(times);

it.each<readonly [what: string, text: () => string | Uint8Array, finding: RegExp]>([
  ["nothing", () => "", /^missing-envelope .*:1:1 /m],
  ["zeros", () => new Uint8Array(200_000), /^(?:missing-envelope|unreadable-spec) /m],
  [
    "a picture",
    () => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xd, 0xa, 0x1a, 0xa),
    /^unreadable-spec .*:1:1 .*UTF-8/m,
  ],
  ["50 MB", () => new Uint8Array(50_000_000).fill(0x61), /^unreadable-spec .*:1:1 .*larger than/m],
  [
    "lists in lists",
    () =>
      `${good}\n${Array.from({ length: 5_000 }, (_, i) => `${"  ".repeat(i)}- a`)
        .join("\n")
        .slice(0, 900_000)}\n`,
    /^unreadable-spec .*:\d+:\d+ .*\(.+\)$/m,
  ],
  [
    "a table of 100,000 rows",
    () => `${good}\n| A |\n| - |\n${"| a |\n".repeat(100_000)}`,
    /^unreadable-spec .*:\d+:\d+ .*\(.+\)$/m,
  ],
  [
    "a schema nested deeply",
    () => member(deep('{"items":', "}", 50_000).replace(":}", ":{}}"))(),
    /^[a-z-]+ .*:\d+:\d+ .*\(.+\)$/m,
  ],
  [
    "a schema that refers to itself",
    member('{ "$ref": "#/$defs/Loop" }'),
    /^unresolved-reference .*Loop/m,
  ],
  [
    "schemas in a circle",
    () =>
      good.replace(
        "## ",
        '```json schema of=Loop\n{ "type": "object", "properties": { "a": { "$ref": "#/$defs/Loop", "description": "It." } } }\n```\n\n## ',
      ),
    /^cyclic-reference .*:\d+:\d+ .*Loop/m,
  ],
  [
    "a reference to elsewhere",
    member('{ "$ref": "https://example.com/schema.json", "description": "It." }'),
    /^(?:unresolved-reference|malformed-schema) .*:\d+:\d+ .*\(.+\)$/m,
  ],
])("%s", async (_, text, finding) => {
  await writeFile(join(root, SPEC), text());
  const before = await readFolder(root);
  for (const command of [["generate"], ["generate", "--check"]]) {
    const { code, out, err } = await run(...command);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(finding);
    expect(err).toMatch(/nothing was written\n$/);
  }
  expect(await run("lint")).toMatchObject({ code: 1, out: expect.stringMatching(finding) });
  expect((await run("fmt")).code).toBeLessThanOrEqual(1);
  expect(await readFolder(root)).toEqual(before);
});
