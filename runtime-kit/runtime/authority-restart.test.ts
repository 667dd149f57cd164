/** What of a lease outlives the process: what was spent stays spent, and time goes on. §9.5, §9.6 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryStore } from "../stores/memory.js";
import type { Store } from "../stores/port.js";
import { sqlite } from "../stores/sqlite.js";
import { testClock } from "../testing/index.js";
import { ArcpError } from "../wire/errors.js";
import { bearer } from "./auth.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import { defineAgent } from "./define.js";
import { aborted, mortal, rawClient } from "./raw-client.test-helper.js";

let folder: string;
let made = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "arcp-authority-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const START = Date.UTC(2026, 0);
const EXPIRES = new Date(START + 60_000).toISOString();
const FEATURES = ["lease_expires_at", "cost.budget", "list_jobs"];

const code = async (asked: Promise<unknown>) => {
  try {
    await asked;
    return "allowed";
  } catch (error) {
    return ArcpError.is(error) ? error.code : String(error);
  }
};

/** A job of a restartable agent in two lives, the second one at `wall`. */
async function twice(
  inner: Store,
  lease: { readonly budget?: string; readonly expires?: string },
  works: readonly [(ctx: AgentContext) => unknown, (ctx: AgentContext) => unknown],
  { wall = START, restartable = true } = {},
) {
  let starts = 0;
  const agent = defineAgent({
    name: "a",
    restartable,
    run: (_input, ctx) => works[starts++]!(ctx),
  });
  const begin = (store: Store, at: number) => {
    const clock = testClock({ wall: at });
    return {
      clock,
      runtime: createRuntime({ agents: [agent], store, clock, auth: bearer({ tok: "me" }) }),
    };
  };
  const life = mortal(inner);
  const first = begin(life.store, START);
  const client = await rawClient(first.runtime, FEATURES);
  client.send("job.submit", {
    agent: "a",
    lease_request: {
      "tool.call": ["x"],
      ...(lease.budget ? { "cost.budget": [lease.budget] } : {}),
    },
    ...(lease.expires ? { lease_constraints: { expires_at: lease.expires } } : {}),
  });
  await client.until(() => client.seen.some(({ payload }) => payload["kind"] === "log"));
  life.kill();
  const second = begin(inner, wall);
  const { session_id, resume_token } = (await client.arrived("session.welcome")).payload;
  const resume = { session_id, resume_token, last_event_seq: 0 };
  return {
    ...second,
    starts: () => starts,
    again: await rawClient(second.runtime, FEATURES, { resume }),
  };
}

const begun = async (ctx: AgentContext) => {
  await ctx.log("info", "begun");
  return aborted(ctx);
};

describe.each([
  ["in memory", () => memoryStore()],
  ["in a file", () => sqlite(join(folder, `${(made += 1)}.db`))],
])("a lease %s, after a crash", (_where, store) => {
  it("BUD-08 BUD-10 what was charged before stays charged", async () => {
    const { again } = await twice(store(), { budget: "USD:1.00" }, [
      async (ctx) => {
        ctx.metric("cost.x", 0.9, "USD");
        return begun(ctx);
      },
      async (ctx) => {
        const left = ctx.budget;
        ctx.metric("cost.x", 0.2, "USD");
        return [left, ctx.budget, await code(ctx.authorize("tool.call", "x"))];
      },
    ]);
    const { payload } = await again.arrived("job.result");
    expect(payload["result"]).toEqual([{ USD: 0.1 }, { USD: -0.1 }, "BUDGET_EXHAUSTED"]);
    const told = again.seen.filter(({ payload: { kind } }) => kind === "metric");
    expect(told.map(({ payload: { body } }) => body)).toMatchObject([
      { name: "cost.x", value: 0.9 },
      { name: "cost.budget.remaining", value: 0.1 },
      { name: "cost.x", value: 0.2 },
      { name: "cost.budget.remaining", value: -0.1 },
    ]);
  });

  it("EXP-05 SEC-15 the wall clock says what remains of a lease", async () => {
    const { again, clock } = await twice(
      store(),
      { expires: EXPIRES },
      [begun, async (ctx) => [await code(ctx.authorize("tool.call", "x")), await begun(ctx)]],
      { wall: START + 59_000 },
    );
    await again.until(
      () => again.seen.filter(({ payload: { kind } }) => kind === "log").length === 2,
    );
    await clock.advance(2_000);
    const { payload } = await again.arrived("job.error");
    expect(payload).toMatchObject({ code: "LEASE_EXPIRED", retryable: false });
  });

  it("EXP-10 a clock that was set back in between gives no more time than there was", async () => {
    const { again, clock } = await twice(store(), { expires: EXPIRES }, [begun, begun], {
      wall: START - 86_400_000,
    });
    await again.until(
      () => again.seen.filter(({ payload: { kind } }) => kind === "log").length === 2,
    );
    await clock.advance(61_000);
    expect((await again.arrived("job.error")).payload).toMatchObject({ code: "LEASE_EXPIRED" });
  });

  it.each([true, false])(
    "EXP-08 a job whose lease has ended meanwhile is not started (%s)",
    async (restartable) => {
      const { again, starts } = await twice(store(), { expires: EXPIRES }, [begun, begun], {
        wall: START + 60_000,
        restartable,
      });
      expect((await again.arrived("job.error")).payload).toMatchObject({ code: "LEASE_EXPIRED" });
      expect(starts()).toBe(1);
    },
  );
});
