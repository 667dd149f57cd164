import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, describe, expect, it } from "vitest";
import { conformanceRuntime } from "../main.js";
import type { Body } from "../mutants/mutant.js";
import { fakeRuntime } from "../run/fake-runtime.test-helper.js";
import { reportSchema } from "./schema.js";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function run(options: { only: string[]; url?: string }) {
  const { target, stop } = await fakeRuntime();
  const reportDir = await mkdtemp(join(tmpdir(), "report-"));
  cleanups.push(stop, () => rm(reportDir, { recursive: true }));
  let text = "";
  const write = (more: string) => void (text += more);
  const code = await conformanceRuntime({
    ...target,
    ...options,
    reportDir,
    write,
    terminal: false,
  });
  const read = (name: string) => readFile(join(reportDir, name), "utf8");
  return { code, text, read };
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
    const { read } = await run({ only: ["6.4/ping"] });
    const { requirements } = JSON.parse(await read("report.json")) as { requirements: Body };
    expect(requirements.covered).toBe(1);
    expect(requirements.verdicts).toEqual({ "HB-03": ["pass"] });
    expect(requirements.uncovered).toHaveLength(requirements.all - 1);
    expect(requirements.uncovered).not.toContain("HB-03");
  });
});

describe("exit codes", () => {
  it("tell wrong usage and an implementation that cannot be reached from the rest", async () => {
    expect((await run({ only: ["no such check"] })).code).toBe(2);
    expect((await run({ only: ["6.4"], url: "http://127.0.0.1/" })).code).toBe(2);
    const { code, text } = await run({ only: ["6.4"], url: "ws://127.0.0.1:1/arcp" });
    expect(code).toBe(4);
    expect(text).toContain("cannot connect");
  });
});
