/** Agents from files of the user. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { defineAgent } from "../runtime/define.js";
import type { Agent, AgentDefinition } from "../runtime/define.js";
import { IS_FOLDER, isFolder } from "./options.js";
import { UsageError } from "./report.js";

/** How modules are had; tests bring their own. */
export interface Loader {
  load(url: string): Promise<{ readonly default?: unknown }>;
  /** Makes TypeScript loadable, if this Node or the package `tsx` can; says whether it did. */
  typescript(): Promise<boolean>;
  /** What stands before the file's name in messages. Default `--agent `. */
  readonly option?: string;
}

/** The agents that a file exports by default: one, or a list. Throws a `UsageError` that names the file. */
export async function loadAgents(
  file: string,
  loader: Loader = systemLoader,
): Promise<readonly Agent[]> {
  const path = resolve(file);
  const what = `${loader.option ?? "--agent "}${file}`;
  if (isTypeScript(path) && !(await loader.typescript())) throw needsTypeScript(what);
  const exported = unwrapped((await load(what, path, loader)).default);
  const list: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  if (list.length === 0) throw new UsageError(`${what}: the list of agents is empty`);
  return list.map((one) => agentOf(one, what));
}

export function isTypeScript(file: string): boolean {
  return /\.m?ts$/.test(file);
}

/** What to tell where TypeScript cannot be loaded. */
export function needsTypeScript(what: string): UsageError {
  return new UsageError(
    `${what}: a .ts agent needs Node >= 22.18, or the package tsx beside arcp (npm install --save-dev tsx)`,
  );
}

/** What helps a module that Node takes for CommonJS, which is what a fresh `npm init` asks for; else nothing. */
export function moduleHint(error: unknown): string {
  const refused =
    error instanceof SyntaxError &&
    /^(Cannot use import statement outside|Unexpected token 'export')/.test(error.message);
  return refused ? "; run npm pkg set type=module, and start again" : "";
}

async function load(what: string, path: string, loader: Loader) {
  try {
    return await loader.load(pathToFileURL(path).href);
  } catch (error) {
    throw new UsageError(`${what}: ${whyNot(path, error)}`, { cause: error });
  }
}

function whyNot(path: string, error: unknown): string {
  if (!existsSync(path)) return "no such file";
  if (isFolder(path)) return IS_FOLDER;
  return `while loading this module: ${String(error)}${moduleHint(error)}`;
}

/** A module that was compiled to CommonJS has its default export one level deeper. */
function unwrapped(exported: unknown): unknown {
  const inner = exported as
    { readonly __esModule?: boolean; readonly default?: unknown } | undefined;
  return inner?.__esModule === true ? inner.default : exported;
}

function agentOf(value: unknown, what: string): Agent {
  if (!isDefinition(value)) {
    throw new UsageError(
      `${what}: the default export must be an agent, made by defineAgent, or a list of agents`,
    );
  }
  try {
    return defineAgent(value);
  } catch (error) {
    throw new UsageError(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

function isDefinition(value: unknown): value is AgentDefinition {
  if (typeof value !== "object" || value === null) return false;
  const { name, run } = value as Partial<AgentDefinition>;
  return typeof name === "string" && typeof run === "function";
}

/** Node itself, with `tsx` for TypeScript where it must be and is there. */
export const systemLoader: Loader = {
  load: (url) => import(url) as Promise<{ default?: unknown }>,
  typescript: async () => isTypeScriptNative() || registerTsx(),
};

function isTypeScriptNative(): boolean {
  const { typescript } = process.features as { readonly typescript?: string | false };
  return Boolean(typescript) || process.execArgv.some((argument) => argument.includes("tsx"));
}

/** `register` shares modules with this process, so that an agent throws the same `ArcpError` as ours. */
async function registerTsx(): Promise<boolean> {
  try {
    const [esm, cjs] = await Promise.all([import("tsx/esm/api"), import("tsx/cjs/api")]);
    esm.register();
    // Without "type": "module" near it, a file counts as CommonJS.
    cjs.register();
    return true;
  } catch {
    return false;
  }
}
