/** The problem matcher of the page, over findings of every rule that there is a broken spec for. */
import { readFileSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { buildDraft } from "../codegen/model/build.js";
import { formatDiagnostics } from "../codegen/model/diagnostics.js";
import { readSpec } from "../codegen/model/read.js";
import { parseSpec } from "../codegen/parse/markdown.js";
import { createReport } from "../codegen/parse/report.js";
import { readRevisions } from "../codegen/revisions.js";
import { droppedRequirements } from "../scripts/mutations/requirements.js";
import { tableMutants } from "../scripts/mutations/tables.js";
import { root } from "./guide.test-helper.js";

const page = readFileSync(new URL("./editing-the-spec.md", import.meta.url), "utf8");
const [, task = ""] = /^```json\n([^]*?)^```$/m.exec(page) ?? [];
const folder = new URL("../codegen/fixtures/lint/", import.meta.url);

it("the problem matcher of VS Code takes every line that the lint prints, and its parts", () => {
  const { tasks } = JSON.parse(task) as {
    readonly tasks: readonly [
      { readonly problemMatcher: { readonly pattern: Readonly<Record<string, string | number>> } },
    ];
  };
  const { pattern } = tasks[0].problemMatcher;
  const regexp = new RegExp(String(pattern["regexp"]));
  const rules = new Set<string>();
  for (const name of readdirSync(folder).filter((it) => it !== "README.md")) {
    const path = `spec/${name}`;
    const text = readFileSync(new URL(name, folder), "utf8");
    for (const finding of readSpec({ spec: { path, text } }).diagnostics) {
      const lines = formatDiagnostics([finding], "text").trimEnd().split("\n");
      expect(lines).toHaveLength(1);
      const match = regexp.exec(lines[0] ?? "");
      const part = (what: string) => match?.[Number(pattern[what])];
      const { file, line, column } = finding.position;
      expect([part("code"), part("file"), part("line"), part("column")]).toEqual([
        finding.rule,
        file,
        String(line),
        String(column),
      ]);
      expect(part("message")).toBe(`${finding.message} (${finding.fix})`);
      rules.add(finding.rule);
    }
  }
  expect(rules.size).toBeGreaterThan(15);
});

it("every file that the page links to is there", () => {
  for (const [, link = ""] of page.matchAll(/\]\(([^)#:]+)\)/g)) {
    expect(() => readFileSync(new URL(link, new URL("./", import.meta.url)))).not.toThrow();
  }
});

it("the numbers of mutants are those of the spec", async () => {
  const revision = (await readRevisions(root)).find(({ newest }) => newest);
  const { path = "", text = "" } = revision?.spec ?? {};
  const draft = buildDraft(parseSpec(path, text).facts, createReport().report);
  const requirements = droppedRequirements(draft, []).length;
  const cells = tableMutants(draft).length;
  expect(page).toMatch(
    new RegExp(`Of ${requirements} requirements .* words of schemas all, of ${cells} cells`),
  );
});
