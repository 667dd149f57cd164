/** Loads the files of the user anew, as often as it is asked. */
import { existsSync } from "node:fs";
import { createRequire, register } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MessageChannel } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import type { Agent } from "../../runtime/define.js";
import { deferred } from "../deferred.js";
import { isTypeScript, loadAgents, needsTypeScript, systemLoader } from "../load-agents.js";
import { GENERATION, stampOf } from "./hooks.js";
import type { HookData, HookNews } from "./hooks.js";
import { isOfUser } from "./place.js";
import type { Missing } from "./place.js";

/** What came of one file. */
export type Outcome = { readonly agents: readonly Agent[] } | { readonly error: unknown };

/** The files as of now. */
export interface Loaded {
  /** In the order of the files. */
  readonly outcomes: readonly Outcome[];
  /** Every file that was loaded or wanted, with its state before that. */
  readonly files: ReadonlyMap<string, string>;
  /** Imports that led nowhere. */
  readonly missing: readonly Missing[];
}

export interface Modules {
  /** Never rejects. While it loads, the files that it comes across are put into `files`. */
  load(files: Map<string, string>): Promise<Loaded>;
}

/**
 * Throws a `UsageError` where a file is TypeScript and that cannot be loaded.
 *
 * Node cannot let go of a module: each load keeps what it loaded in memory until the process ends.
 */
export async function reloadingModules(entries: readonly string[]): Promise<Modules> {
  // Before our hooks, so that ours are asked first and see what those of `tsx` made of a specifier.
  const typed = entries.find(isTypeScript);
  if (typed !== undefined && !(await systemLoader.typescript())) throw needsTypeScript(typed);
  const roots = entries.map((file) => `${pathToFileURL(rootOf(resolve(file))).href}/`);
  const { port1, port2 } = new MessageChannel();
  const data: HookData = { port: port2, roots };
  const hooks = new URL(import.meta.url.endsWith(".ts") ? "hooks.ts" : "hooks.js", import.meta.url);
  register(hooks.href, { data, transferList: [port2] });
  port1.unref();

  let generation = 0;
  return {
    async load(files) {
      generation += 1;
      const suffix = `?${GENERATION}=${generation}`;
      const startedAt = Date.now();
      const touched = new Map<string, string>();
      const missing: Missing[] = [];
      const touch = (path: string, stamp: string): void => {
        touched.set(path, stamp);
        files.set(path, stamp);
      };
      for (const file of entries) touch(resolve(file), stampOf(resolve(file)));
      const deaf = listen(port1, (news) => {
        if ("path" in news) touch(news.path, news.stamp);
        else for (const path of wanted(news.missing, missing)) touch(path, stampOf(path));
      });
      forgetRequired();
      const outcomes: Outcome[] = [];
      // One after the other, so that what they share is loaded once whatever form its module has.
      for (const file of entries) {
        outcomes.push(
          await loadAgents(file, {
            load: (url) => import(`${url}${suffix}`) as Promise<{ default?: unknown }>,
            typescript: () => Promise.resolve(true),
            option: "",
          }).then(
            (agents) => ({ agents }),
            (error: unknown) => ({ error }),
          ),
        );
      }
      await echo(port1);
      deaf();
      for (const path of required()) {
        if (!touched.has(path)) touch(path, files.get(path) ?? stampSince(path, startedAt));
      }
      return { outcomes, files: touched, missing };
    },
  };
}

/** The folder of the package that a file belongs to. */
function rootOf(file: string): string {
  const start = dirname(file);
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
  }
  return start;
}

function listen(port: MessagePort, hear: (news: HookNews) => void): () => void {
  const heard = (news: HookNews | "echo"): void => {
    if (news !== "echo") hear(news);
  };
  port.on("message", heard);
  port.unref();
  return () => void port.off("message", heard);
}

/** Resolves when everything that the hooks had told has been heard. */
function echo(port: MessagePort): Promise<void> {
  const { promise, resolve: done } = deferred<void>();
  const heard = (news: unknown): void => {
    if (news === "echo") done();
  };
  port.on("message", heard);
  port.ref();
  port.postMessage("echo");
  return promise.finally(() => {
    port.off("message", heard);
    port.unref();
  });
}

/** Where a file would have to appear for an import to lead somewhere: as it is called, or in its folder. */
function wanted({ specifier, from }: { specifier: string; from: string }, missing: Missing[]) {
  if (!from.startsWith("file:")) return [];
  const path = fileURLToPath(from);
  missing.push({ specifier, from: path });
  if (!specifier.startsWith(".")) return [path];
  const target = resolve(dirname(path), specifier);
  return [path, target, dirname(target)];
}

/** Modules of CommonJS, by whatever name: Node keeps them apart from the others. */
const cache = createRequire(import.meta.url).cache;

function forgetRequired(): void {
  for (const name of Object.keys(cache)) if (isOfUser(name)) delete cache[name];
}

function required(): string[] {
  return Object.keys(cache)
    .filter(isOfUser)
    .map((name) => name.split("?", 1)[0] as string);
}

/** The state of a file that was read at a time unknown; none at all if that may have been another one. */
function stampSince(path: string, startedAt: number): string {
  const stamp = stampOf(path);
  const changedAt = Number(stamp.split(" ", 1)[0]) / 1e6;
  return changedAt >= startedAt && changedAt <= Date.now() ? "changed while it was loaded" : stamp;
}
