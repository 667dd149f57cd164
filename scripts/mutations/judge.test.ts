import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Artefact } from "../../codegen/emit/artefact.js";
import type { Copy, Ran } from "./copy.js";
import { complaintIn, createJudge } from "./judge.js";
import { openLedger } from "./ledger.js";
import { checksAbout, unmetIn } from "./suite.js";
import { failedIn, inTurn } from "./tests.js";

const folder = mkdtempSync(join(tmpdir(), "arcp-judge-"));
afterAll(() => rmSync(folder, { recursive: true }));

const healthy: Artefact[] = [{ path: "a.ts", text: "right" }];
const artefacts: Artefact[] = [{ path: "a.ts", text: "wrong" }];
const nothing = { section: "0", words: ["word"], typed: false, artefacts };

/** A copy with two test files and nothing to run; `fails` says which of the files that are asked fails now. */
function copyWith(fails: (files: readonly string[], text: string) => string | undefined) {
  const asked: string[] = [];
  let text = "";
  const copy: Copy = {
    place: folder,
    put: async ([artefact]) => void (text = artefact!.text),
    async run([program, ...args]): Promise<Ran> {
      const names = args.filter((one) => one.endsWith(".test.ts"));
      asked.push(`${text}: ${names.join(" ") || program!.split("/").at(-1)}`);
      const failed = fails(names, text);
      return { ok: failed === undefined, said: failed ? ` FAIL  ${failed} > says so` : "" };
    },
    remove() {},
  };
  return { copy, asked };
}

const [near, far] = ["runtime-kit/near.test.ts", "runtime-kit/far.test.ts"];

beforeEach(() => {
  mkdirSync(join(folder, "runtime-kit/cli"), { recursive: true });
  writeFileSync(join(folder, near), "word word");
  writeFileSync(join(folder, far), "nothing");
  writeFileSync(join(folder, "runtime-kit/public-api.test.ts"), "word");
  writeFileSync(join(folder, "runtime-kit/cli/slow.test.ts"), "word");
});

describe("a judge", () => {
  it("asks the tests that speak of it first, and believes one that is content with what is right", async () => {
    const { copy, asked } = copyWith((files, text) =>
      text === "wrong" && files.includes(far) ? far : undefined,
    );
    const noticed = await createJudge(copy, healthy)(nothing);
    expect(noticed).toEqual({ by: "test", where: `${far} > says so` });
    expect(asked).toEqual([`wrong: ${near}`, `wrong: ${far}`, `right: ${far}`]);
  });

  it("asks who noticed before at the very first", async () => {
    const { copy, asked } = copyWith((_, text) => (text === "wrong" ? far : undefined));
    const before = { by: "test" as const, where: `${far} > says so` };
    await createJudge(copy, healthy)({ ...nothing, before });
    expect(asked[0]).toBe(`wrong: ${far}`);
  });

  it("does not believe a test that fails in any case, and asks the others all the same", async () => {
    const { copy, asked } = copyWith((files) => (files.includes(near) ? near : undefined));
    expect(await createJudge(copy, healthy)(nothing)).toBeUndefined();
    expect(asked).toEqual([`wrong: ${near}`, `right: ${near}`, `wrong: ${far}`]);
  });

  it("does not believe a test that fails once, among others", async () => {
    let times = 0;
    const { copy } = copyWith((files) =>
      files.includes(near) && times++ === 0 ? near : undefined,
    );
    writeFileSync(join(folder, far), "word");
    expect(await createJudge(copy, healthy)(nothing)).toBeUndefined();
  });

  it("asks the compiler where types may change, and only there", async () => {
    const { copy, asked } = copyWith(() => undefined);
    await createJudge(copy, healthy)({ ...nothing, typed: true });
    expect(asked[0]).toBe("wrong: tsc");
  });
});

describe("what is said", () => {
  it("by the compiler counts for code that is written by hand, and is no test", () => {
    const said = `generated/draft-1.1/dispatch.ts(1,2): error TS1: x
runtime-kit/client/a.test.ts(3,2): error TS1: x
runtime-kit/jobs/ending.ts(14,2): error TS2345: y`;
    expect(complaintIn(said)).toBe("runtime-kit/jobs/ending.ts:14");
    expect(complaintIn("scripts/x.ts(1,2): error TS1: x")).toBeUndefined();
  });

  it("by the tests and by the suite names the first that failed", () => {
    const said = " ✓ runtime-kit/b.test.ts\n\n FAIL  runtime-kit/a.test.ts > one > two\nError: x";
    expect(failedIn(said)).toEqual({ file: "runtime-kit/a.test.ts", title: "one > two" });
    const ofProject = said.replace("FAIL  ", "FAIL  |alike| ");
    expect(failedIn(ofProject)).toEqual(failedIn(said));
    expect(failedIn("no tests ran")).toBeUndefined();
    const records = ["pass", "not-run", "fail"].map((verdict, at) =>
      JSON.stringify({ check: { id: `runtime/1/${at}`, verdict } }),
    );
    expect(unmetIn([...records, '{"result":{}}'].join("\n"))).toBe("runtime/1/2");
  });
});

describe("who is asked", () => {
  it("of the suite speaks for a requirement of the section, of the feature or of the word", () => {
    const checks = checksAbout({ section: "6.5", words: ["max_depth"] });
    expect(checks).toContain("runtime/5.3/deep-nesting");
    expect(checks.some((id) => id.includes("/6.5/"))).toBe(true);
    expect(checks.some((id) => id.includes("/9.6/"))).toBe(false);
    expect(checksAbout({ section: "0", words: ["heartbeat"] }).join()).toContain("/6.4/");
  });

  it("of the tests is in at most four groups, each file once", () => {
    const tests = ["a", "b", "c"].map((path) => ({ path, text: path === "b" ? "word" : "" }));
    expect(inTurn(tests, ["word"], "c")).toEqual([["c"], ["b"], ["a"]]);
    expect(inTurn(tests, ["word"], "gone")).toEqual([["b"], ["a", "c"]]);
    const all = tests.map(({ path }) => ({ path, text: "word" }));
    expect(inTurn(all, ["word"])).toEqual([["a", "b"], ["c"]]);
  });
});

describe("the file of results", () => {
  const file = join(folder, "deep/results.jsonl");

  it("knows a mutant whose eyes are the same, and who noticed it before", () => {
    const noticed = { by: "check" as const, where: "runtime/1/a" };
    const ledger = openLedger(file);
    ledger.add({ id: "x", digest: "1", noticed });
    ledger.add({ id: "y", digest: "1" });
    ledger.add({ id: "x", digest: "2" });
    // As a run leaves it that was killed.
    appendFileSync(file, '{"id":"z","dig');
    const again = openLedger(file);
    expect(again.known("x", "1")).toBeUndefined();
    expect(again.known("x", "2")).toEqual({ id: "x", digest: "2" });
    expect(again.before("x")).toEqual(noticed);
    expect([again.known("z", "1"), again.before("y")]).toEqual([undefined, undefined]);
  });
});
