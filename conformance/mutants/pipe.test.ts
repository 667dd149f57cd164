import { describe, expect, it, vi } from "vitest";
import { unreadable } from "../peer/message.js";
import { check, type Check } from "../run/check.js";
import { fakeChild } from "../run/fake-child.test-helper.js";
import { present } from "../run/preflight.js";
import { runCheck, runtimeBench } from "../run/runner.js";
import { complete, killMatrix } from "./matrix.js";
import { losing, type Mutant } from "./mutant.js";
import { runtimeContest } from "./runtime-contest.js";

const drop: Mutant = { name: "drop", about: "loses pongs", toClient: losing("session.pong") };
const noise: Mutant = {
  name: "noise",
  about: "prints",
  lines: { write: (line) => Buffer.concat([Buffer.from("hm\n"), line, Buffer.from("\n")]) },
};
const deaf: Mutant = { name: "deaf", about: "hears no end", lines: { deafToEnd: true } };
const late: Mutant = { name: "late", about: "starts at the first word", dialsLate: true };

function asks(
  id: string,
  mutants: readonly [string, ...string[]],
  run: Check["run"],
  needs: Partial<Check["needs"]> = {},
): Check {
  return check(
    {
      id: `runtime/0/${id}`,
      requirements: ["HB-03"],
      level: "MUST",
      basis: "explicit",
      needs: { rung: "R0", ...needs },
      mutants,
    },
    run,
  );
}

const lines = asks("lines", ["noise"], async (t) => {
  const peer = await t.session();
  await peer.fence();
  t.ok(!peer.frames.some(({ message }) => message.type === unreadable), "noise");
});
const pong = asks("pong", ["drop"], async (t) => (await t.session()).fence());
const end = asks("end", ["deaf"], async (t) => {
  const peer = await t.session();
  peer.close();
  t.equal((await peer.expectClose()).reason, "exited with 0", "how it ended");
});

describe("the kill matrix over stdio", () => {
  it("passes what is healthy, and kills every check through the lines of a child", async () => {
    const target = fakeChild();
    const presented = await present(target);
    expect(presented.runtime.name).toBe("fake");
    const checks = [lines, pong, end];
    const mutants = [drop, noise, deaf];
    const matrix = await killMatrix(
      runtimeContest({ checks, mutants, target, presented, write: () => {} }),
    );
    expect(matrix.unhealthy).toEqual([]);
    expect(matrix.kills.map(({ check: id, killed }) => [id, killed]).sort()).toEqual([
      ["runtime/0/end", true],
      ["runtime/0/lines", true],
      ["runtime/0/pong", true],
    ]);
    expect(complete(matrix)).toBe(true);
  });

  it("starts a child only when there is something to say, where the mutant is such", async () => {
    const target = fakeChild();
    const patient = asks("patient", ["late"], async (t) => (await t.session()).fence());
    const presented = await present(target);
    const options = { checks: [patient], mutants: [late], target, presented, write: () => {} };
    const { kills, dead } = await killMatrix(runtimeContest(options));
    expect([kills.map(({ killed }) => killed), dead]).toEqual([[false], []]);
  });
});

describe("a check over stdio", () => {
  const run = async (one: Check) => {
    const target = fakeChild();
    return runCheck(one, runtimeBench(target, await present(target)));
  };
  const twice: Check["run"] = async (t) => {
    await t.session();
    await t.session();
  };

  it("does not apply where it is about two connections to one runtime, or about WebSocket", async () => {
    expect(await run(asks("a", ["late"], twice, { connections: "together" }))).toMatchObject({
      verdict: "not-applicable",
      reason: "needs a second connection to the same runtime",
    });
    expect(await run(asks("a", ["late"], twice, { carrier: "websocket" }))).toMatchObject({
      verdict: "not-applicable",
      reason: "is about WebSocket",
    });
    expect((await run(asks("a", ["late"], twice, { connections: "apart" }))).verdict).toBe("pass");
  });

  it("is held to what it declares", async () => {
    expect(await run(asks("a", ["late"], twice))).toMatchObject({
      verdict: "error",
      reason: "opened 2 connections and declares one",
    });
  });

  it("keeps the standard error in its log, and no token", async () => {
    const { log, verdict } = await run(
      asks("a", ["late"], async (t) => {
        await (await t.session()).fence();
        // It comes by a pipe of its own, and may be later than the answer.
        await vi.waitFor(
          () => expect(JSON.stringify(t.log.lines())).toContain("read session.ping"),
          { timeout: 20_000 },
        );
        t.ok(false, "no");
      }),
    );
    expect(verdict).toBe("fail");
    const text = JSON.stringify(log);
    expect(text).toContain("standard error: read session.ping");
    expect(text).not.toContain("secret-token");
  });

  it("about tokens does not apply where none is needed", async () => {
    const { token: _, ...believing } = fakeChild();
    const one = asks("a", ["late"], twice, { token: true });
    const bench = runtimeBench(believing, await present(believing));
    expect(await runCheck(one, bench)).toMatchObject({
      verdict: "not-applicable",
      reason: "is about tokens, and this runtime believes whoever started it",
    });
  });
});
