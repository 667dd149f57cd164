import { afterEach, describe, expect, it } from "vitest";
import { check, type Check } from "../run/check.js";
import { fakeRuntime } from "../run/fake-runtime.test-helper.js";
import { present } from "../run/preflight.js";
import { complete, killMatrix, matrixText } from "./matrix.js";
import { losing, on, type Mutant } from "./mutant.js";
import { runtimeContest } from "./runtime-contest.js";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const drop: Mutant = { name: "drop", about: "loses pongs", toClient: losing("session.pong") };
const idle: Mutant = { name: "idle", about: "changes nothing" };
const deaf: Mutant = { name: "deaf", about: "loses welcomes", toClient: losing("session.welcome") };
const loud: Mutant = {
  name: "loud",
  about: "answers twice",
  toClient: on(["session.pong"], (_, message) => [message, message]),
};

function pings(id: string, mutants: readonly [string, ...string[]]): Check {
  const definition = {
    id: `runtime/0/${id}`,
    requirements: ["HB-03"],
    level: "MUST",
    basis: "explicit",
    needs: { rung: "R0" },
    mutants,
  } as const;
  return check(definition, async (t) => {
    const peer = await t.session();
    await peer.fence();
    t.equal(peer.collect("session.pong").length, 1, "pongs");
  });
}

async function matrix(checks: Check[], mutants: Mutant[]) {
  const { target, stop } = await fakeRuntime();
  stops.push(stop);
  const presented = await present(target);
  const write = () => {};
  return killMatrix(runtimeContest({ checks, mutants, target, presented, write }));
}

describe("the kill matrix", () => {
  it("is complete when a mutant makes each check fail", async () => {
    const found = await matrix([pings("a", ["drop", "loud"]), pings("b", ["loud"])], [drop, loud]);
    expect(complete(found)).toBe(true);
    expect(found.kills.map(({ killed }) => killed)).toEqual([true, true, true]);
    expect(matrixText(found)).toContain("3 kills in 3 meetings of 2 checks with 2 mutants");
  });

  it("names a check that lets all its mutants pass", async () => {
    const found = await matrix([pings("a", ["idle"])], [idle]);
    expect(found.survived).toEqual(["runtime/0/a"]);
    expect(complete(found)).toBe(false);
    expect(matrixText(found)).toContain("· idle");
  });

  it("does not count a mutant that breaks everything, and names one that nobody names", async () => {
    const found = await matrix([pings("a", ["deaf"])], [deaf, loud]);
    expect(found.dead[0]).toMatch(/^deaf: /);
    expect(found.kills).toEqual([]);
    expect(found.survived).toEqual(["runtime/0/a"]);
    expect(found.idle).toEqual(["loud"]);
  });

  it("does not attack a check that fails by itself", async () => {
    const wrong = { ...pings("a", ["drop"]), run: async () => expect.unreachable() };
    const found = await matrix([wrong], [drop]);
    expect(found.unhealthy.map(({ id }) => id)).toEqual(["runtime/0/a"]);
    expect(complete(found)).toBe(false);
  });
});
