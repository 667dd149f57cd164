import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, describe, expect, it } from "vitest";
import { conformanceRuntime } from "../main.js";
import type { Body } from "../mutants/mutant.js";
import { fakeRuntime, type Script } from "../run/fake-runtime.test-helper.js";
import { reportSchema } from "./schema.js";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function run(options: { only: string[]; url?: string; need?: "R2" }, script?: Script) {
  const { target, stop } = await fakeRuntime(script);
  const reportDir = await mkdtemp(join(tmpdir(), "report-"));
  cleanups.push(stop, () => rm(reportDir, { recursive: true }));
  let text = "";
  const write = (more: string) => void (text += more);
  let complaint = "";
  const complain = (words: string) => void (complaint += words);
  const code = await conformanceRuntime({
    url: target.address,
    token: target.token,
    timeScale: target.timeScale,
    ...options,
    reportDir,
    write,
    complain,
    terminal: false,
  });
  const read = (name: string) => readFile(join(reportDir, name), "utf8");
  return { code, text, complaint, read };
}

describe("the report", () => {
  it("follows its schema, ends with complete, and holds no token", async () => {
    const { code, text, read } = await run({ only: ["6.4/ping", "6.1/no-token"] });
    const json = await read("report.json");
    const report = JSON.parse(json) as Record<string, unknown>;
    const validate = new Ajv2020().compile(reportSchema);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(Object.keys(report).at(-1)).toBe("complete");
    // A runtime that lets everybody in fails one check and passes the other.
    expect(report["result"]).toMatchObject({ counts: { pass: 1, fail: 1 }, exit: 1 });
    expect(code).toBe(1);
    expect(text).toContain("NOT CONFORMANT");
    for (const file of [json, text, await read("report.txt")]) {
      expect(file).not.toMatch(/secret-token|rt_secret/);
    }
  });

  it("says which requirements no check speaks for", async () => {
    const { read } = await run({ only: ["6.4/ping-answered"] });
    const { requirements } = JSON.parse(await read("report.json")) as { requirements: Body };
    expect(requirements.covered).toBe(1);
    expect(requirements.verdicts).toEqual({ "HB-03": ["pass"] });
    const excluded = Object.values<number>(requirements.excluded).reduce((sum, n) => sum + n, 0);
    expect(excluded).toBeGreaterThan(0);
    expect(requirements.uncovered).toHaveLength(requirements.all - 1 - excluded);
    expect(requirements.uncovered).not.toContain("HB-03");
  });
});

describe("a rung that is missing", () => {
  it("is counted apart, and beside the verdict stands what that speaks for", async () => {
    const { code, text, read } = await run({
      only: ["6.4/ping-answered", "7.3/success", "7.3/failure"],
    });
    expect(code).toBe(0);
    expect(text).toMatch(/\n {2}checks {5}1 pass in /);
    expect(text).toMatch(
      /\n {2}not run {4}\d+ checks \(needs R2: the agent conformance\.script\)\n/,
    );
    expect(text).toMatch(
      /\nCONFORMANT \(partial, up to R1\)\n1 of \d+ requirements for runtimes decided; \d+ excluded; \d+ not decided \(\d+ of them MUST\)\n/,
    );
    expect(text).not.toContain("inconclusive");
    const { requirements } = JSON.parse(await read("report.json")) as { requirements: Body };
    expect(requirements).toMatchObject({ covered: 1, notApplicable: 0 });
  });

  it("makes the run incomplete where it was asked for", async () => {
    const { code, text } = await run({
      only: ["6.4/ping-answered", "7.3/success", "7.3/failure"],
      need: "R2",
    });
    expect(code).toBe(3);
    expect(text).toContain("INCOMPLETE (R2 was asked for and is not provided)");
  });

  it("does not count what does not apply as covered", async () => {
    const { read } = await run({ only: ["6.4/ping-answered", "6.6/"] });
    const { requirements } = JSON.parse(await read("report.json")) as { requirements: Body };
    expect(requirements.covered).toBe(1);
    expect(requirements.notApplicable).toBeGreaterThan(0);
  });
});

describe("exit codes", () => {
  it("tell wrong usage and an implementation that cannot be reached from the rest", async () => {
    expect((await run({ only: ["no such check"] })).code).toBe(2);
    expect((await run({ only: ["6.4"], url: "http://127.0.0.1/" })).code).toBe(2);
    const { code, text, complaint } = await run({ only: ["6.4"], url: "ws://127.0.0.1:1/arcp" });
    expect(code).toBe(4);
    expect(complaint).toContain("cannot connect");
    expect(text).toBe("");
  });

  it("tell a token that was refused from a runtime that is not there", async () => {
    const error = { code: "UNAUTHENTICATED", message: "no such token", retryable: false };
    const answer = () => [{ type: "session.error", payload: error }];
    const { code, complaint } = await run({ only: ["6.4"] }, { answer });
    expect(code).toBe(7);
    expect(complaint).toContain("UNAUTHENTICATED no such token; give a token");
  });
});
