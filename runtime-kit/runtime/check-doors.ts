/** What an agent hands to the doors of its context, held to being what they take: no type does that in JavaScript. */
import { aFunction, aString, checkOptions } from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import type { AgentContext, ToolOptions } from "./context.js";

const TOOL: Checks<ToolOptions<never>> = { summarise: aFunction };
const PROGRESS: Checks<NonNullable<Parameters<AgentContext["progress"]>[2]>> = {
  units: aString,
  message: aString,
};
const STREAM: Checks<NonNullable<Parameters<AgentContext["stream"]>[1]>> = { summary: aString };

/** Throws a `TypeError` for an option that `ctx.tool` has not: misspelt, it would publish the whole value. */
export function checkTool(options: unknown): void {
  checkOptions("ctx.tool", options, TOOL);
}

/** The same for what `ctx.progress` tells besides its numbers. */
export function checkProgress(more: unknown): void {
  checkOptions("ctx.progress", more, PROGRESS);
}

/** The same for the options of `ctx.stream`. */
export function checkStream(options: unknown): void {
  checkOptions("ctx.stream", options, STREAM);
}
