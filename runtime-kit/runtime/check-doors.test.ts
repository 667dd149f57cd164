/** What an agent hands to the doors of its context: a slip is named, not met somewhere within. */
import { expect, it } from "vitest";
import { testAgent } from "../testing/index.js";
import type { AgentContext } from "./context.js";
import { agentOf } from "./raw-client.test-helper.js";

/** As a program in JavaScript sees it. */
type Loose = Record<"tool" | "authorize" | "useModel", (...given: unknown[]) => unknown>;

const takesTool = "ctx.tool takes tool, args, run: ";
const takesAuthorize = "ctx.authorize takes namespace, target: ";

const slips: readonly (readonly [words: string, slip: (ctx: Loose) => unknown])[] = [
  [`${takesTool}run must be a function; got undefined`, (ctx) => ctx.tool("t", {})],
  [`${takesTool}args must be an object; got null`, (ctx) => ctx.tool("fs.read", null, () => 1)],
  [`${takesTool}args must be an object; got an array`, (ctx) => ctx.tool("t", [], () => 1)],
  [`${takesTool}args must be an object; got a function`, (ctx) => ctx.tool("t", () => 1)],
  [`${takesTool}tool must be a string; got an array`, (ctx) => ctx.tool(["t"], {}, () => 1)],
  [
    `${takesAuthorize}target must be a string; got an array`,
    (ctx) => ctx.authorize("tool.call", ["t"]),
  ],
  [`${takesAuthorize}target must be a string; got a number`, (ctx) => ctx.authorize("fs.read", 5)],
  [
    `${takesAuthorize}namespace must be a string; got an array`,
    (ctx) => ctx.authorize(["tool.call"], "t"),
  ],
  ["ctx.useModel takes name: name must be a string; got an array", (ctx) => ctx.useModel(["m"])],
  ["ctx.useModel takes name: name must be a string; got undefined", (ctx) => ctx.useModel()],
];

it("names the argument that is none, before anything is told or done", async () => {
  const agent = agentOf(async (_input, ctx: AgentContext) => {
    const said: string[] = [];
    for (const [, slip] of slips) {
      const slipped = async () => slip(ctx as unknown as Loose);
      said.push(await slipped().then(String, String));
    }
    return said;
  });
  const lease = { "tool.call": ["t"], "fs.read": ["/**"], "model.use": ["m"] };
  const run = await testAgent<string[]>(agent, null, { lease });
  expect(await run.result()).toEqual(slips.map(([words]) => `TypeError: ${words}`));
  expect(run.events).toEqual([]);
});
