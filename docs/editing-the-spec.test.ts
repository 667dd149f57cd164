/** The problem matcher of the page, over findings of every rule that there is a broken spec for. */
import { readFileSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { formatDiagnostics } from "../codegen/model/diagnostics.js";
import { readSpec } from "../codegen/model/read.js";

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
