/** What the page shows of an audit is what an audit prints. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { main } from "../codegen/main.js";

const page = readFileSync(new URL("./auditing-a-draft.md", import.meta.url), "utf8");
const root = fileURLToPath(new URL("../", import.meta.url));

it("the findings of the page are those of the draft of another form", async () => {
  let out = "";
  const at = { root, out: (text: string) => void (out += text), err: () => undefined };
  expect(
    await main(["audit", "codegen/fixtures/audit/other-form.md", "--revision", "1.1"], at),
  ).toBe(1);
  const shown =
    /^```text of other-form\n([^]*?)^```$/m.exec(page)?.[1]?.trimEnd().split("\n") ?? [];
  expect(shown.length).toBeGreaterThan(5);
  // Scores move with every change of our spec, and the requirements that are nearest with them.
  const told = (text: string): string =>
    text.replaceAll(/ +/g, " ").replaceAll(/ \(nearest: .*\)/g, "");
  for (const line of shown) expect(told(out)).toContain(told(line));
});

it("the JSON of the page is a baseline, and every file that it links to is there", () => {
  expect(JSON.parse(/^```json\n([^]*?)^```$/m.exec(page)?.[1] ?? "")).toMatchObject({
    revision: "1.1",
  });
  for (const [, link = ""] of page.matchAll(/\]\(([^)#:]+)\)/g)) {
    expect(existsSync(new URL(link, import.meta.url)), link).toBe(true);
  }
});
