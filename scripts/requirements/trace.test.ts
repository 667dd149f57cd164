import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pageOf } from "./page.js";
import { readModel, readRevisions } from "../../codegen/revisions.js";
import { lostIds, placesOf, readSources } from "./places.js";
import { rowsOf } from "./standing.js";
import { EXCUSED, codeOf, readTexts, stale, unmoved, unsaid, wordsOf } from "./words.js";

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

describe("what a new draft leaves to be done", async () => {
  const readings = await Promise.all((await readRevisions(".")).map((one) => readModel(".", one)));
  const models = readings.flatMap(({ model }) => model ?? []);
  const newest = models.at(-1)!;
  const texts = readTexts(".");
  /** A next draft: a field and a code are new, a field has another name. */
  const text = JSON.stringify(newest).replaceAll("final_status", "last_status");
  const renamed = JSON.parse(text) as typeof newest;
  const [error] = newest.errors;
  const next = { ...renamed, errors: [...renamed.errors, { ...error!, code: "QUOTA_REACHED" }] };

  it("is nothing now", () => {
    const ids = models.map(({ requirements }) => requirements.map(({ id }) => id as string));
    expect(lostIds(placesOf(readSources(".")), ids)).toEqual([]);
    expect(unsaid(newest, texts)).toEqual([]);
    expect(stale(models, texts)).toEqual([]);
    expect(unmoved(newest)).toEqual([]);
  });

  it("is each trigger that no sequence plays", () => {
    const [machine] = newest.machines;
    const [transition] = machine!.transitions;
    const transitions = [...machine!.transitions, { ...transition!, on: "retry" }];
    const machines = [{ ...machine!, transitions }, ...newest.machines.slice(1)];
    expect(unmoved({ ...newest, machines })).toEqual([
      { word: "retry", what: `trigger of the ${machine!.subject}` },
    ]);
  });

  it("excuses only words that there are, and that no code says", () => {
    const words = new Set(wordsOf(newest).map(({ word }) => word));
    expect(Object.keys(EXCUSED).filter((word) => !words.has(word))).toEqual([]);
    const sources = texts.filter(({ path }) => /^runtime-kit\/.*(?<!\.test)\.ts$/.test(path));
    const said = Object.keys(EXCUSED).filter((word) =>
      sources.some((it) => it.text.includes(word)),
    );
    expect(said).toEqual([]);
  });

  it("is each word that no code says", () => {
    expect(unsaid(next, texts)).toEqual([
      { word: "QUOTA_REACHED", what: "error code" },
      { word: "last_status", what: "field" },
    ]);
    const comment = {
      path: "runtime-kit/a.ts",
      text: "/** QUOTA_REACHED */\nreply(x.last_status);",
    };
    expect(unsaid(next, [...texts, comment])).toEqual([
      { word: "QUOTA_REACHED", what: "error code" },
    ]);
  });

  it("is a word of everyday English too, which code has for something else", () => {
    const [feature] = newest.features;
    const [message] = newest.messages;
    const schema = { ...message!.schema, schema: { properties: { pause: {} } } };
    const flagged = { ...newest, features: [{ ...feature!, flag: "pause" }] };
    const membered = { ...newest, messages: [{ ...message!, schema }] };
    const isUnsaid = (model: typeof newest, text: string): boolean =>
      unsaid(model, [{ path: "runtime-kit/a.ts", text }]).some(({ word }) => word === "pause");

    expect(unsaid(flagged, texts)).toEqual([{ word: "pause", what: "feature" }]);
    for (const text of [
      "// a pause",
      'fail("a pause");',
      'import { a } from "./pause.js"; export { b } from "../pause.js";',
      'await import("./pause.js"); new URL("./pause.js", import.meta.url);',
      "const [pause] = list;",
      "socket.pause!();",
      "function pause(pause) {}",
      "pause();",
      "socket.pause();",
    ])
      expect([text, isUnsaid(flagged, text), isUnsaid(membered, text)]).toEqual([text, true, true]);
    for (const text of [
      "x.pause",
      "const { pause } = x;",
      "f({ pause });",
      "type A = { pause: 1 }",
    ])
      expect([text, isUnsaid(flagged, text), isUnsaid(membered, text)]).toEqual([
        text,
        true,
        false,
      ]);
    for (const text of ["const table = { pause: served };", 'has("pause")', "`a.${a}/pause`"])
      expect([text, isUnsaid(flagged, text), isUnsaid(membered, text)]).toEqual([
        text,
        false,
        false,
      ]);
  });

  it("is each place of a word that is gone, wherever people read it", () => {
    const found = stale([...models, next], texts);
    expect(new Set(found.map(({ word, what }) => `${what} ${word}`))).toEqual(
      new Set(["field final_status"]),
    );
    const folders = new Set(found.map(({ at }) => at.split("/")[0]));
    expect(folders).toContain("runtime-kit");
    expect(folders).toContain("conformance");
    expect(
      stale([...models, next], [{ path: "a.ts", text: "x\n{ final_status: y.final_status }" }]),
    ).toMatchObject([{ at: "a.ts:2" }]);
    expect(stale([], texts)).toEqual([]);
    const draft = { path: "a.md", text: "The final_status.\nIt MUST send `final_status`." };
    expect(stale([...models, next], [codeOf(draft)])).toMatchObject([{ at: "a.md:2" }]);
  });

  it("is each id that the newest draft has given up, or that no draft has, but for those of old drafts alone", () => {
    const cited = placesOf([
      { path: "runtime-kit/a.ts", text: "// SUB-01 SUB-02 SUB-77 SUB-101 SUB-177 UTF-16" },
      { path: "runtime-kit/a.test.ts", text: 'it("SUB-01", () => {})' },
    ]);
    expect(lostIds(cited, [["SUB-01", "SUB-101"], ["SUB-02"]])).toEqual([
      { id: "SUB-01", paths: ["runtime-kit/a.ts", "runtime-kit/a.test.ts"] },
      { id: "SUB-77", paths: ["runtime-kit/a.ts"] },
      { id: "SUB-177", paths: ["runtime-kit/a.ts"] },
    ]);
  });
});
