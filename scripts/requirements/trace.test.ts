import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pageOf } from "./page.js";
import { placesOf, readSources } from "./places.js";
import { rowsOf } from "./standing.js";

const test = (text: string) => placesOf([{ path: "runtime-kit/x.test.ts", text }]);

describe("where sources speak of requirements", () => {
  it("reads the titles of tests, however they are written, and not their bodies", () => {
    const places = test(`
      describe("one (SUB-01)", () => {
        it.each(rows)(\`\${two} of SUB-02\`, () => expect("SUB-03").toBe("SUB-04"));
        it.sequential("three, SUB-05", async () => {});
        other("SUB-06");
      });`);
    expect([...places.keys()]).toEqual(["SUB-01", "SUB-02", "SUB-05"]);
    expect(places.get("SUB-01")).toEqual({ code: [], tests: ["runtime-kit/x.test.ts"] });
  });

  it("reads the whole text of code that implements the draft, and of no other code", () => {
    const text = "/** SUB-01, and again SUB-01 */";
    const places = placesOf([
      { path: "runtime-kit/a.ts", text },
      { path: "codegen/b.ts", text: "// SUB-02" },
    ]);
    expect([...places]).toEqual([["SUB-01", { code: ["runtime-kit/a.ts"], tests: [] }]]);
  });
});

describe("where requirements stand", () => {
  const rows = rowsOf(placesOf(readSources(".")));

  it("has something that speaks of each that binds a runtime or a client", () => {
    expect(rows.filter(({ standing }) => standing === "open").map(({ id }) => id)).toEqual([]);
  });

  it("puts a check before a test, a test before code, and a reason last", () => {
    const places = new Map([
      ["SUB-01", { code: ["a.ts"], tests: ["a.test.ts"] }],
      ["TRN-02", { code: ["a.ts"], tests: [] }],
    ]);
    const standing = (id: string) => rowsOf(places).find((row) => row.id === id)?.standing;
    expect(standing("SUB-01")).toBe("checked");
    expect(standing("KIND-03")).toBe("theirs");
    expect(standing("TRN-17")).toBe("excluded");
    const tested = rowsOf(new Map([["TRN-17", { code: ["a.ts"], tests: ["a.test.ts"] }]]));
    expect(tested.find(({ id }) => id === "TRN-17")?.standing).toBe("tested");
  });

  it("stands on a page with all of them, each once, and with what a run found", () => {
    const page = pageOf(rows, new Map([["runtime/7.1/one-answer", "pass"]]));
    const anchors = [...page.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);
    expect(anchors).toEqual(rows.map(({ id }) => id));
    expect(page).toContain("`runtime/7.1/one-answer` pass");
    expect(pageOf(rows)).not.toContain("one-answer` pass");
    expect(readFileSync("docs/requirements.md", "utf8")).toMatch(
      /^# Where each requirement stands/,
    );
  });
});
