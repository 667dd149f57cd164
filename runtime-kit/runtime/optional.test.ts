/** What an agent leaves alone must not end the process that hosts it, and what it awaits it is told. §8, §9 */
import { afterEach, beforeEach, expect, it } from "vitest";
import { files, web } from "../tools/index.js";
import type { AgentContext } from "./context.js";
import { defineAgent } from "./define.js";
import { rawClient } from "./raw-client.test-helper.js";

const strays: unknown[] = [];
const stray = (reason: unknown) => void strays.push(reason);

beforeEach(() => {
  strays.length = 0;
  process.on("unhandledRejection", stray);
});
afterEach(() => void process.off("unhandledRejection", stray));

async function* broken() {
  yield "a";
  throw new Error("no more");
}

const DOORS: [string, (ctx: AgentContext) => Promise<unknown>][] = [
  ["tool, refused", (ctx) => ctx.tool("not.leased", {}, () => "never")],
  ["tool, failing", (ctx) => ctx.tool("leased", {}, () => Promise.reject(new Error("no disc")))],
  ["authorize", (ctx) => ctx.authorize("net.fetch", "https://example.com/")],
  ["stream", (ctx) => ctx.stream(broken())],
  ["delegate", (ctx) => ctx.delegate("nobody")],
  ["a child's result", async (ctx) => (await ctx.delegate("fails")).result()],
  ["files.read", (ctx) => files(ctx).read("/not/leased")],
  ["files.write", (ctx) => files(ctx).write("/not/leased", "x")],
  ["files.list", (ctx) => files(ctx).list("/not/leased")],
  ["files.stat", (ctx) => files(ctx).stat("/not/leased")],
  ["web.fetch", (ctx) => web(ctx).fetch("https://example.com/")],
];

async function ended(run: (ctx: AgentContext) => unknown) {
  const agents = [
    defineAgent({ name: "a", run: (_input, ctx) => run(ctx) }),
    defineAgent({ name: "fails", run: () => Promise.reject(new Error("it failed")) }),
  ];
  const client = await rawClient({ agents });
  const lease_request = { "tool.call": ["leased"], "agent.delegate": ["fails"] };
  await client.send("job.submit", { agent: "a", lease_request });
  const { job_id } = await client.arrived("job.accepted");
  const isEnd = ({ type, job_id: of }: { readonly type: string; readonly job_id?: string }) =>
    of === job_id && (type === "job.result" || type === "job.error");
  await client.until(() => client.seen.some((frame) => isEnd(frame as never)));
  await client.runtime.close();
  return client.seen.find((frame) => isEnd(frame as never))!;
}

it.each(DOORS)("%s may be left alone", async (name, door) => {
  let settled: Promise<unknown> = Promise.resolve();
  const { type } = await ended(async (ctx) => {
    const left = door(ctx);
    // The agent goes on while it fails, without having asked to be told.
    await new Promise<void>((resolve) => setImmediate(resolve));
    settled = left.then(
      () => "fulfilled",
      () => "rejected",
    );
    return "done";
  });
  expect(await settled).toBe("rejected");
  await new Promise<void>((resolve) => setImmediate(resolve));
  // Half a stream is no result, and goes with no other.
  expect(type).toBe(name === "stream" ? "job.error" : "job.result");
  expect(strays).toEqual([]);
});

it.each(DOORS)("%s tells whoever awaits it", async (_, door) => {
  const { type } = await ended(door);
  expect(type).toBe("job.error");
});
