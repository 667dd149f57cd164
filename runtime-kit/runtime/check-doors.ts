/** What an agent hands to the doors of its context, held to being what they take: no type does that in JavaScript. */
import { aFunction, aString, anObject, checkArguments, checkOptions } from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import type { AgentContext, ToolOptions } from "./context.js";

const TOOL: Checks<ToolOptions<never>> = { summarise: aFunction };
const PROGRESS: Checks<NonNullable<Parameters<AgentContext["progress"]>[2]>> = {
  units: aString,
  message: aString,
};
const STREAM: Checks<NonNullable<Parameters<AgentContext["stream"]>[1]>> = { summary: aString };

const TOOL_ARGUMENTS = { tool: aString, args: anObject, run: aFunction };
const AUTHORIZE_ARGUMENTS = { namespace: aString, target: aString };
const MODEL_ARGUMENTS = { name: aString };

/**
 * Throws a `TypeError` for arguments that `ctx.tool` cannot use, and for an option that it has not: misspelt, that would
 * publish the whole value.
 */
export function checkTool(tool: unknown, args: unknown, run: unknown, options: unknown): void {
  checkArguments("ctx.tool", { tool, args, run }, TOOL_ARGUMENTS);
  checkOptions("ctx.tool", options, TOOL);
}

/** The same for what `ctx.authorize` is asked. */
export function checkAuthorize(namespace: unknown, target: unknown): void {
  checkArguments("ctx.authorize", { namespace, target }, AUTHORIZE_ARGUMENTS);
}

/** The same for what `ctx.useModel` is asked. */
export function checkModel(name: unknown): void {
  checkArguments("ctx.useModel", { name }, MODEL_ARGUMENTS);
}

/** The same for what `ctx.progress` tells besides its numbers. */
export function checkProgress(more: unknown): void {
  checkOptions("ctx.progress", more, PROGRESS);
}

/** The same for the options of `ctx.stream`. */
export function checkStream(options: unknown): void {
  checkOptions("ctx.stream", options, STREAM);
}
