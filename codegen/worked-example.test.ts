import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { emitAll } from "./emit/emit.js";
import { formatSpec } from "./fmt.js";
import { readSpec } from "./model/read.js";
import { changes, readFolder } from "./write.js";

const read = (name: string): string =>
  readFileSync(new URL(`../spec/${name}`, import.meta.url), "utf8");
const PATH = "spec/draft-arcp-1.1.md";

/** The spec with what the guide says to write, at the places that it names. */
function followed(): string {
  const guide = read("README.md").split("## Example: adding a message")[1] ?? "";
  const row = /```markdown\n(.*?)\n```/s.exec(guide)?.[1] ?? "";
  const section = /````markdown\n(.*?)````/s.exec(guide)?.[1] ?? "";
  const [before = "", features = ""] = read("draft-arcp-1.1.md").split("<!-- arcp:features -->");
  const wider = features.replace(/^(\n\n(?:\|.*\n)+)/, `$1${row}\n`);
  return `${before}<!-- arcp:features -->${wider}`.replace("\n## 8. ", `\n${section}\n## 8. `);
}

describe("the example in the guide to the spec", () => {
  it("can be followed to the letter, and lint says what the guide says", () => {
    const lock = { path: "lock", text: read("draft-arcp-1.1.lock.json") };
    const rules = (text: string): string[] =>
      readSpec({ spec: { path: PATH, text }, lock }).diagnostics.map(({ rule }) => rule);
    const text = followed();
    const fresh = ["missing-lock-entry", "missing-lock-entry"];
    expect(rules(text)).toEqual(["stale-field-table", "stale-field-table", ...fresh]);
    const written = formatSpec({ path: PATH, text });
    expect(written.changed).toEqual(["job.pause", "job.paused"]);
    expect(rules(written.text)).toEqual(fresh);
  });

  it("changes as many files as the guide says", async () => {
    const { text } = formatSpec({ path: PATH, text: followed() });
    const { model } = readSpec({ spec: { path: PATH, text } });
    if (model === undefined) throw new Error("the example cannot be read");
    const before = await readFolder(
      fileURLToPath(new URL("../generated/draft-1.1", import.meta.url)),
    );
    const after = await emitAll(model, "arcp 0.0.0");
    const { added, changed, removed } = changes(before, after);
    expect(read("README.md")).toContain(
      `${added.length} added, ${changed.length} changed, ${removed.length} removed`,
    );
  });
});
