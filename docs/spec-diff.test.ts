/** What the page says of our revisions is what is found, its schema fits, and its program prints what it says. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { readSide } from "../codegen/compare/command.js";
import { compareRevisions } from "../codegen/compare/compare.js";
import { compared } from "../codegen/compare/compare.test-helper.js";
import { formatComparison } from "../codegen/compare/report.js";
import { DIRECTIONS } from "../codegen/compare/result.js";
import { summarise } from "../codegen/compare/summary.js";
import { blocksOf, root } from "./guide.test-helper.js";

const page = readFileSync(join(root, "docs/spec-diff.md"), "utf8");
const schema = JSON.parse(readFileSync(join(root, "docs/spec-diff.schema.json"), "utf8")) as object;
const PAIRS = [
  ["02", "02.1"],
  ["02.1", "1.1"],
  ["02", "1.1"],
] as const;
const comparisons = await Promise.all(
  PAIRS.map(async ([old, now]) =>
    compareRevisions(await readSide(root, old), await readSide(root, now)),
  ),
);

it("the table of our revisions", () => {
  const rows = comparisons.map((comparison) => {
    const changes = comparison.changes.filter(({ subject }) => subject !== "requirement");
    const { directions } = summarise({ ...comparison, changes });
    const counts = DIRECTIONS.map((it) => {
      const { breaks, breaksSome, degrades } = directions[it];
      return `${breaks} + ${breaksSome} break, ${degrades} degrade`;
    });
    return [comparison.old.revision, comparison.new.revision, `${changes.length}`, ...counts];
  });
  const shown = [...page.matchAll(/^\| (0\S*) +\| (\S+) +\| (\d+) +\| (.*?) +\|$/gm)].map(
    ([, old, now, changes, rest = ""]) => [old, now, changes, ...rest.split(/ +\| +/)],
  );
  expect(shown).toEqual(rows);
});

/** The schema with nothing but what it names: what is printed is described. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, it]) => [name, closed(it)]);
  const whole = Object.fromEntries(members) as Record<string, unknown>;
  return whole["type"] === "object" ? { ...whole, additionalProperties: false } : whole;
}

it("the schema describes every member of what is printed", () => {
  const validate = new Ajv2020({ strict: true }).compile(closed(schema) as object);
  const names = '"propertyNames": { "pattern": "^[a-z.]*$" }, "description": "Where it may go."';
  const doubted = compared(['"description": "Where it may go."', names]);
  expect(doubted.doubts).not.toEqual([]);
  for (const comparison of [...comparisons, doubted]) {
    validate(JSON.parse(formatComparison(comparison, "json", 0)));
    expect(validate.errors).toBe(null);
  }
});

it("the program of the page prints what stands below it", () => {
  const blocks = blocksOf(page);
  const at = blocks.findIndex(({ words }) => words[0] === "api");
  const [program, output] = blocks.slice(at);
  const folder = mkdtempSync(join(tmpdir(), "arcp-api-"));
  try {
    const file = join(folder, "program.mjs");
    const codegen = pathToFileURL(join(root, "codegen/")).href;
    writeFileSync(file, program?.text.replaceAll('"./codegen/', `"${codegen}`) ?? "");
    const args = ["--import", import.meta.resolve("tsx"), file];
    expect(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })).toBe(
      output?.text,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
