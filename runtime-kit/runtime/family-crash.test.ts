/** A family whose process dies at each commit in turn: what it left is whole, and so is what comes of it. §10 (DEL-03) */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isTerminal } from "../../generated/current/index.js";
import type { JobId } from "../../generated/current/index.js";
import type { JobState } from "../jobs/state.js";
import { memoryStore } from "../stores/memory.js";
import type { Store } from "../stores/port.js";
import { sqlite } from "../stores/sqlite.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import { defineAgent } from "./define.js";
import { mortal, rawClient } from "./raw-client.test-helper.js";
import { bearer } from "./auth.js";

let folder: string;
let made = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "arcp-family-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const money = (amount: string) => ({ "cost.budget": [`USD:${amount}`] });
const PARENT = { "agent.delegate": ["*"], "tool.call": ["pay"] };

async function pay(ctx: AgentContext, value: number): Promise<void> {
  await ctx.authorize("tool.call", "pay");
  await ctx.metric("cost.x", value, "USD");
}

/** A family of three generations; everybody spends something, of its own or of its parent's. */
function agentsOf(restartable: boolean) {
  return [
    defineAgent({
      name: "first",
      restartable,
      async run(_, ctx) {
        const lease = { ...PARENT, ...money("0.6") };
        const middle = await ctx.delegate("middle", {}, { id: "m", lease });
        const last = await ctx.delegate("last", {}, { id: "l", lease: { "tool.call": ["pay"] } });
        await pay(ctx, 0.1);
        await Promise.allSettled([middle.result(), last.result()]);
        return ctx.budget;
      },
    }),
    defineAgent({
      name: "middle",
      restartable,
      async run(_, ctx) {
        const lease = { "tool.call": ["pay"], ...money("0.2") };
        const last = await ctx.delegate("last", {}, { id: "x", lease });
        await pay(ctx, 0.05);
        await last.result().catch(() => undefined);
      },
    }),
    defineAgent({ name: "last", run: (_, ctx) => pay(ctx, 0.03) }),
  ];
}

/** A store whose user dies at its commit number `at`, which is `done` or not; `died` resolves then. */
function dyingAt(inner: Store, at: number, done: boolean) {
  const never = new Promise<never>(() => {});
  let commits = 0;
  let die = (): void => {};
  const died = new Promise<void>((resolve) => (die = resolve));
  const store: Store = {
    durable: true,
    async commit(batch) {
      commits += 1;
      if (commits < at) return inner.commit(batch);
      if (commits === at && done) await inner.commit(batch);
      die();
      return never;
    },
    readLog: (...args) => (commits >= at ? never : inner.readLog(...args)),
    readRuns: (...args) => (commits >= at ? never : inner.readRuns(...args)),
    load: () => inner.load(),
    close: async () => {},
  };
  return { store, died };
}

/** Each job as it is stored, with what its log holds. */
async function stored(store: Store) {
  const { jobs, logs } = await store.load();
  return Promise.all(
    jobs.map(async (record) => {
      const state = record as unknown as JobState;
      const length = logs.find(({ job }) => job === state.id)?.length ?? 0;
      const entries = length === 0 ? [] : await store.readLog(state.id, 0, length);
      const payloads = entries.map(({ body }) => JSON.parse(body) as Body);
      const bodies = (kind: string) =>
        payloads.filter((one) => one.kind === kind).map(({ body }) => body!);
      const terminals = entries.filter(({ type }) => type !== "job.event").length;
      return { state, bodies, terminals, last: entries.at(-1)?.type };
    }),
  );
}

interface Body {
  readonly kind?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}
type Stored = Awaited<ReturnType<typeof stored>>;

/** Parents tell of exactly the children that there are, and none of them lives on after its parent. */
function expectWhole(jobs: Stored): void {
  const children = jobs.filter(({ state }) => state.parent !== undefined);
  const told = jobs.flatMap(({ state, bodies }) =>
    bodies("delegate").map((body) => [state.id, body["delegate_id"], body["child_job_id"]]),
  );
  const there = children.map(({ state: { id, parent } }) => [parent!.job, parent!.delegateId, id]);
  expect(told.toSorted()).toEqual(there.toSorted());
  const byId = new Map<JobId, JobState>(jobs.map(({ state }) => [state.id, state]));
  for (const { state } of children) {
    const parent = byId.get(state.parent!.job);
    if (parent === undefined || !isTerminal(parent.status)) continue;
    expect([state.status, isTerminal(state.status) || state.cancel !== undefined]).toContain(true);
  }
}

/** One life that ends at a commit, and what it left; `undefined` if the family was done before. */
async function firstLife(inner: Store, at: number, done: boolean, restartable: boolean) {
  const { store, died } = dyingAt(inner, at, done);
  const auth = bearer({ tok: "me" });
  const client = await Promise.race([
    rawClient(createRuntime({ agents: agentsOf(restartable), auth, store }), ["cost.budget"]),
    died.then(() => undefined),
  ]);
  client?.send("job.submit", { agent: "first", lease_request: { ...PARENT, ...money("1") } });
  const first = (): string | undefined =>
    client?.seen.find(({ type }) => type === "job.accepted")?.job_id;
  const over = client?.until(() =>
    client.seen.some(({ type, job_id }) => type === "job.result" && job_id === first()),
  );
  await Promise.race([died, over ?? died]);
  return Promise.race([
    died.then(() => true),
    new Promise((resolve) => setImmediate(resolve, false)),
  ]);
}

/** The next one, until nothing of it runs any more. */
async function secondLife(inner: Store, restartable: boolean): Promise<Stored> {
  const runtime = createRuntime({
    agents: agentsOf(restartable),
    auth: bearer({ tok: "me" }),
    store: mortal(inner).store,
  });
  const client = await rawClient(runtime, ["list_jobs"]);
  for (let asked = 1; ; asked++) {
    client.send("session.list_jobs", {});
    const { jobs } = (await client.arrived("session.jobs", asked)).payload as {
      readonly jobs: readonly { readonly status: JobState["status"] }[];
    };
    if (jobs.every(({ status }) => isTerminal(status))) break;
  }
  await runtime.close();
  return stored(inner);
}

describe.each<[string, () => Store]>([
  ["memory", memoryStore],
  ["sqlite", () => sqlite(join(folder, `${(made += 1)}.db`))],
])("a family whose process dies (%s)", (name, makeStore) => {
  it.each([
    ["its members can be started again", true],
    ["they cannot", false],
  ])("leaves no orphan and no money behind, whenever it dies, if %s", async (_, restartable) => {
    // Every commit that there is, and of those that take their time some.
    const instants =
      name === "memory" ? Array.from({ length: 30 }, (_, before) => before + 1) : [4, 7, 9];
    let deaths = 0;
    let families = 0;
    for (const at of instants) {
      for (const done of [true, false]) {
        const inner = makeStore();
        const died = await firstLife(inner, at, done, restartable);
        if (died === true) deaths += 1;
        expectWhole(await stored(inner));
        const jobs = await secondLife(inner, restartable);
        await inner.close();
        expectWhole(jobs);
        for (const { terminals, last } of jobs) {
          expect([terminals, last === "job.event"]).toEqual([1, false]);
        }
        const first = jobs.find(({ state }) => state.parent === undefined);
        if (first === undefined) continue;
        families += jobs.length > 1 ? 1 : 0;
        // Where nobody was left to wait for the rest, it has nobody to come back to.
        if (!restartable && first.last === "job.error") continue;
        const costs = jobs.flatMap(({ bodies }) =>
          bodies("metric").flatMap(({ name, value }) => (name === "cost.x" ? Number(value) : [])),
        );
        const spent = costs.reduce((sum, one) => sum + Math.round(one * 100), 0);
        const [left] = first.state.budget!;
        expect([at, done, Math.round(Number(left!.left) * 100)]).toEqual([at, done, 100 - spent]);
      }
    }
    // Otherwise nothing was tried.
    expect(deaths).toBeGreaterThan(instants.length / 4);
    expect(families).toBeGreaterThan(instants.length);
  });
});
