/** The part of the exercise that takes no copy: the invented revision is one, and the lint leads to each of its changes. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { formatSpec } from "../../codegen/fmt.js";
import { formatDiagnostic } from "../../codegen/model/diagnostics.js";
import { formatLock } from "../../codegen/model/lock.js";
import { readSpec } from "../../codegen/model/read.js";
import { withExamplesOf, withHead } from "../../codegen/revise/head.js";
import { CHANGES, leading, missedBy } from "./changes.js";
import { invent, rename, renumber } from "./edits.js";

const older = {
  path: "spec/draft-arcp-1.1.md",
  text: readFileSync("spec/draft-arcp-1.1.md", "utf8"),
};
const path = "spec/draft-arcp-1.2.md";
const head = { name: "1.2", version: "1.2", replaces: "1.1" };
const begun = withExamplesOf(withHead(older.text, head), "1.1", "1.2");
const lock = {
  path: "lock.json",
  text: formatLock(readSpec({ spec: older }).model?.requirements ?? []),
};
const findings = (text: string) =>
  readSpec({ spec: { path, text }, lock, older: [older] }).diagnostics.map(formatDiagnostic);

it("begins with one finding: its peers say the version of the draft before it", () => {
  expect(findings(begun)).toEqual([
    expect.stringMatching(/^protocol-version .* by ENV-02 its peers send "1\.1" as arcp/),
  ]);
});

it("is read, once the lint's own proposals are followed", () => {
  const text = invent(begun);
  const found = findings(text);
  for (const change of CHANGES) {
    if (change.noticedBy.lint === undefined) continue;
    expect(leading(change, "lint", found), change.what).not.toEqual([]);
  }
  const followed = formatSpec({ path, text: renumber(rename(text, found), found) }).text;
  const rest = findings(followed).map((it) => it.split(" ")[0]);
  expect(new Set(rest)).toEqual(new Set(["missing-lock-entry", "removed-requirement"]));
});

it("counts findings, and no line that happens to have a word of a change", () => {
  const all = CHANGES.flatMap(({ what, noticedBy }) =>
    Object.keys(noticedBy).map((tool) => `${tool} does not lead to ${what}`),
  );
  expect(new Set(missedBy(new Map()))).toEqual(new Set(all));
  const mentions =
    "job.describe describe DESCRIPTION_WITHHELD DESC-01 max_runtime_sec reason SUB-01 ENV-02";
  expect(missedBy(new Map([["lint", [mentions]]]))).toEqual(missedBy(new Map()));
  const trace = ["unsaid: the feature describe is nowhere in runtime-kit"];
  expect(missedBy(new Map([["trace", trace]]))).not.toContain(
    "trace does not lead to a new feature flag",
  );
  expect(missedBy(new Map([["tests", trace]]))).toEqual(missedBy(new Map()));
});
