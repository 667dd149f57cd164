/** `arcp tail` at a runtime with subscriptions: in a session of its own, across sessions and principals. §7.6 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect as dial, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deferred } from "../deferred.js";
import { serve } from "../../hosts/node.js";
import type { Serving } from "../../hosts/node.js";
import { bearer, createRuntime, defineAgent } from "../../node.js";
import { arcp, arcpDone } from "../io.test-helper.js";

let folder: string;
let server: Serving;
let env: Record<string, string>;
let step: () => void;

const steps = defineAgent({
  name: "steps",
  async run(_input, ctx) {
    for (let at = 1; at <= 4; at += 1) {
      await ctx.log("info", `step ${at}`);
      if (at === 2) await new Promise<void>((resolve) => (step = resolve));
    }
    return { done: true };
  },
});
const fails = defineAgent({
  name: "fails",
  run() {
    throw new Error("out of luck");
  },
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "arcp-tail-"));
  const runtime = createRuntime({
    agents: [steps, fails],
    auth: bearer({ t: "me", colleague: "a colleague", stranger: "a stranger" }),
    policy: {
      observe: ({ identity }) => (identity.principal === "a colleague" ? "allow" : "hide"),
    },
  });
  server = await serve(runtime, { port: 0 });
  env = { ARCP_URL: server.url, ARCP_TOKEN: "t", ARCP_STATE: join(folder, "state") };
});
afterEach(async () => {
  step?.();
  await server.close();
  await rm(folder, { recursive: true });
});

/** Submits elsewhere, so that nothing of it is kept here. */
async function detached(agent: string, more = env): Promise<string> {
  const { exit, stdout } = await arcpDone(["submit", agent, "--detach"], { env: more });
  expect(exit).toBe(0);
  return stdout.trim();
}

function logsOf(records: readonly Record<string, unknown>[]): (readonly [string, number])[] {
  return records.flatMap(({ event }) => {
    const { kind, body, seq } = (event ?? {}) as {
      kind?: string;
      body?: { message?: string };
      seq: number;
    };
    return kind === "log" ? [[body!.message!, seq] as const] : [];
  });
}

const elsewhere = () => ({ ...env, ARCP_STATE: join(folder, "elsewhere") });

const LEFT = { code: "LEFT", message: "left; the job goes on", exit: 1 };

describe("arcp tail", () => {
  it("follows what was submitted anywhere, with others beside it, and what has ended", async () => {
    const id = await detached("steps");
    const tails = [
      { env },
      { env: elsewhere() },
      { env: { ...elsewhere(), ARCP_TOKEN: "colleague" } },
    ].map((io) => arcp(["tail", id, "--json"], io));
    for (const tail of tails) await tail.seen(/step 2/);
    step();
    for (const tail of tails) {
      expect(await tail.exit).toBe(0);
      expect(logsOf(tail.records())).toEqual([
        ["step 1", 1],
        ["step 2", 2],
        ["step 3", 3],
        ["step 4", 4],
      ]);
      expect(tail.records().at(-1)).toMatchObject({
        result: { job_id: id, result: { done: true } },
      });
    }
    const again = await arcpDone(["tail", id], { env });
    expect([again.exit, JSON.parse(again.stdout), again.stderr]).toEqual([0, { done: true }, ""]);
  });

  it("--from goes on after a number of the session that submitted it", async () => {
    const id = await detached("steps");
    const first = arcp(["tail", id, "--json"], { env });
    await first.seen(/step 2/);
    first.signal();
    expect(await first.exit).toBe(1);
    expect(first.records().at(-1)).toEqual({ error: LEFT });
    step();
    const rest = await arcpDone(["tail", id, "--from", "2", "--json"], { env });
    expect(logsOf(rest.records())).toEqual([
      ["step 3", 3],
      ["step 4", 4],
    ]);
    // After the last one there is the end.
    const end = await arcpDone(["tail", id, "--from", "5"], { env });
    expect([end.exit, JSON.parse(end.stdout)]).toEqual([0, { done: true }]);
    const beyond = await arcpDone(["tail", id, "--from", "6"], { env });
    expect([beyond.exit, beyond.stderr]).toEqual([
      2,
      expect.stringContaining("the newest number of this job is 5"),
    ]);
  });

  it("tells how a job has ended by its exit code", async () => {
    const id = await detached("fails");
    const { exit, stderr } = await arcpDone(["tail", id], { env: elsewhere() });
    expect([exit, stderr]).toEqual([5, expect.stringContaining("out of luck")]);
  });

  it("knows nothing of a job that may not be seen, and names the address at which it is kept", async () => {
    const id = await detached("steps");
    const hidden = await arcpDone(["tail", id], {
      env: { ...elsewhere(), ARCP_TOKEN: "stranger" },
    });
    expect([hidden.exit, hidden.stderr]).toEqual([9, expect.stringContaining("keeps nothing of")]);
    for (const command of ["tail", "cancel"]) {
      const { exit, stderr } = await arcpDone([command, id, "--url", server.url], {
        env: { ...env, ARCP_TOKEN: "stranger" },
      });
      const why = `the runtime has no ${id} for this token: it was forgotten, or submitted with the`;
      expect([exit, stderr]).toEqual([9, expect.stringContaining(why)]);
      expect(stderr).not.toContain("give that as --url");
    }
    const other = await serve(createRuntime({ auth: bearer({ t: "me" }) }), { port: 0 });
    try {
      const { exit, stderr } = await arcpDone(["tail", id, "--url", other.url], { env });
      expect([exit, stderr]).toEqual([
        9,
        expect.stringContaining(`keeps ${id} as a job of ${server.url}: give that as --url`),
      ]);
    } finally {
      await other.close();
    }
    // Without an address it is found where it was submitted.
    const { ARCP_URL: _, ...nowhere } = env;
    step();
    expect((await arcpDone(["tail", id], { env: nowhere })).exit).toBe(0);
  });

  it("leaves nothing open of a job whose end it has shown", async () => {
    const id = await detached("steps");
    const tail = arcp(["tail", id], { env });
    while (step === undefined) await new Promise((resolve) => setImmediate(resolve));
    step();
    expect(await tail.exit).toBe(0);
    const cancelled = await arcpDone(["cancel", id], { env });
    expect([cancelled.exit, cancelled.stdout]).toEqual([0, `${id} had ended already: success\n`]);
    expect(await readdir(join(folder, "state"))).toHaveLength(2);
  });

  it.each([
    ["while connecting", 0],
    ["before the welcome", 1],
    ["before the first answer", 2],
    ["between the answers", 3],
  ])(
    "leaves at once on a signal %s, from a runtime that is silent from then on",
    async (_, heard) => {
      const id = await detached("steps");
      const silent = await falling(server, heard);
      const tail = arcp(["tail", id, "--json", "--url", silent.url], { env });
      await silent.fallen;
      tail.signal();
      expect(await tail.exit).toBe(1);
      expect(tail.records().at(-1)).toEqual({ error: LEFT });
      expect(tail.listening()).toBe(0);
      const told = tail.records().length;
      silent.close();
      step();
      expect((await arcpDone(["tail", id], { env })).exit).toBe(0);
      expect(tail.records()).toHaveLength(told);
    },
  );
});

/** A way to the runtime on which only so many pieces come back: the upgrade, the welcome, the first answer. */
async function falling(to: Serving, heard: number) {
  const { promise: fallen, resolve: fall } = deferred<void>();
  const sockets = new Set<Socket>();
  const relay = createServer((near) => {
    const { host, port: at } = new URL(to.url);
    const far = dial(Number(at), "127.0.0.1");
    sockets.add(near).add(far);
    let left = heard;
    near.on("data", (data) => {
      far.write(data.toString("latin1").replace(/^host: .*$/im, `Host: ${host}`), "latin1");
      if (left <= 0) fall();
    });
    far.on("data", (data) => {
      if (left <= 0) return fall();
      left -= 1;
      near.write(data);
    });
    for (const socket of [near, far]) socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const { port } = relay.address() as AddressInfo;
  const close = (): void => {
    sockets.forEach((socket) => socket.destroy());
    relay.close();
  };
  return { url: `ws://127.0.0.1:${port}/arcp`, fallen, close };
}
