import { afterEach, describe, expect, it } from "vitest";
import { check, type CheckDefinition } from "./check.js";
import { fakeRuntime, type Script } from "./fake-runtime.test-helper.js";
import { present } from "./preflight.js";
import { runAll, runCheck, runtimeBench } from "./runner.js";
import type { Trial } from "./trial.js";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const plain: CheckDefinition = {
  id: "runtime/0/test",
  requirements: ["SUB-01"],
  level: "MUST",
  basis: "explicit",
  needs: { rung: "R0" },
  mutants: ["no-id"],
};

async function run(
  body: (t: Trial) => Promise<void>,
  definition: Partial<CheckDefinition> = {},
  script: Script = {},
) {
  const { target, stop } = await fakeRuntime(script);
  stops.push(stop);
  const bench = runtimeBench(target, await present(target));
  return runCheck(check({ ...plain, ...definition }, body), bench);
}

describe("verdicts of one check", () => {
  it("passes, without a log, and with its notes", async () => {
    const result = await run(async (t) => {
      await (await t.session()).fence();
      t.notes.push("seen");
    });
    expect(result).toMatchObject({ verdict: "pass", notes: ["seen"], log: [], attempts: 1 });
  });

  it("fails with the reason and the wire, in which no token stands", async () => {
    const result = await run(async (t) => {
      await t.session();
      t.equal(1, 2, "the number");
    });
    expect(result).toMatchObject({ verdict: "fail", reason: "the number: 1 instead of 2" });
    const text = JSON.stringify(result.log);
    expect(text).toContain("session.welcome");
    expect(text).not.toMatch(/secret-token|rt_secret/);
  });

  it("lets a SHOULD and a ruling fail without strictness only", async () => {
    const fails = async (t: Trial) => t.ok(false, "no");
    expect(await run(fails, { level: "SHOULD" })).toMatchObject({ verdict: "pass-nonstrict" });
    expect(await run(fails, { basis: "W-05" })).toMatchObject({
      verdict: "pass-nonstrict",
      reason: "W-05: no",
    });
    const lapse = await run(async (t) => t.should(false, "could be better"));
    expect(lapse).toMatchObject({ verdict: "pass-nonstrict", reason: "could be better" });
  });

  it("tries a failure by time once more: flaky when it then passes, else a failure", async () => {
    let turn = 0;
    const late = await run(async (t) => {
      const peer = await t.session();
      if (turn++ === 0) await peer.expect("job.event");
    });
    expect(late).toMatchObject({ verdict: "flaky", attempts: 2 });
    const never = await run(async (t) => void (await (await t.session()).expect("job.event")));
    expect(never).toMatchObject({ verdict: "fail", attempts: 2, byTime: true });
  });

  it("does not try another failure again", async () => {
    let turns = 0;
    const result = await run(async (t) => t.ok(turns++ > 0, "the first time"));
    expect(result).toMatchObject({ verdict: "fail", attempts: 1 });
  });

  it("ends a check that does not end", async () => {
    const result = await run(() => new Promise(() => {}), { deadlineMs: 200 });
    expect(result).toMatchObject({ verdict: "fail", byTime: true });
  });

  it("calls its own faults errors, an invalid message of its own among them", async () => {
    expect(await run(async () => void JSON.parse("{"))).toMatchObject({ verdict: "error" });
    const sloppy = await run(async (t) => {
      (await t.session()).send("job.submit", { agent: 7 });
    });
    expect(sloppy).toMatchObject({ verdict: "error" });
    expect(sloppy.reason).toContain("/payload/agent");
  });

  it("does not run what lacks a rung or a feature", async () => {
    const never = async () => expect.unreachable();
    expect(await run(never, { needs: { rung: "R1" } })).toMatchObject({
      verdict: "not-run",
      missing: "R1",
      attempts: 0,
    });
    expect(await run(never, { needs: { rung: "R2" } })).toMatchObject({ missing: "R2" });
    const needs = { rung: "R0", features: ["ack"] } as const;
    expect(await run(never, { needs })).toMatchObject({ verdict: "not-applicable" });
  });

  it("is inconclusive when a prerequisite is missing on the way", async () => {
    const result = await run(async (t) => void t.token("b"));
    expect(result).toMatchObject({ verdict: "inconclusive" });
    expect(result.missing).toBeUndefined();
  });
});

describe("a whole run", () => {
  it("keeps the order of the checks and never runs more than allowed at a time", async () => {
    const { target, stop } = await fakeRuntime();
    stops.push(stop);
    let now = 0;
    let most = 0;
    const checks = Array.from({ length: 9 }, (_, i) =>
      check({ ...plain, id: `runtime/0/n${i}` }, async (t) => {
        most = Math.max(most, ++now);
        await (await t.session()).fence();
        now--;
      }),
    );
    const results = await runAll(checks, runtimeBench(target, await present(target)), {
      parallel: 3,
    });
    expect(results.map(({ id }) => id)).toEqual(checks.map(({ id }) => id));
    expect(most).toBe(3);
  });
});

describe("what a check declares", () => {
  it("must be what it opens, and mean something over WebSocket", async () => {
    const twice = async (t: Trial) => {
      await t.session();
      await t.session();
    };
    const once = async (t: Trial) => void (await t.session());
    const needs = (more: Partial<CheckDefinition["needs"]>) => ({
      needs: { rung: "R0" as const, ...more },
    });
    expect(await run(twice)).toMatchObject({
      verdict: "error",
      reason: "opened 2 connections and declares one",
    });
    expect(await run(once, needs({ connections: "together" }))).toMatchObject({
      verdict: "error",
      reason: "declares connections together, and opened one",
    });
    expect((await run(twice, needs({ connections: "apart" }))).verdict).toBe("pass");
    expect(await run(once, needs({ carrier: "stdio" }))).toMatchObject({
      verdict: "not-applicable",
      reason: "is about stdio",
    });
  });
});
