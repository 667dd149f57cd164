/** Keeps the agents of a runtime as their files are. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Agent } from "../../runtime/define.js";
import { deferred } from "../deferred.js";
import { SLOW_MS } from "../hosting.js";
import { changesOf } from "./changes.js";
import type { Changes } from "./changes.js";
import { stampOf } from "./hooks.js";
import type { Loaded, Modules, Outcome } from "./modules.js";
import { locate } from "./place.js";
import type { Located } from "./place.js";
import { changed } from "./watch.js";

/** What there is to tell of a load. */
export type News =
  /** The first agents, with what can be pasted. */
  | { readonly type: "loaded"; readonly agents: readonly Agent[] }
  | { readonly type: "reloaded"; readonly changes: Changes; readonly saved: readonly string[] }
  /** A file cannot be loaded; if it had agents, they are kept. */
  | {
      readonly type: "failed";
      readonly file: string;
      readonly located: Located;
      readonly kept: boolean;
    }
  /** A file that could not be loaded can be again. */
  | { readonly type: "mended"; readonly file: string }
  /** A file is being loaded for suspiciously long. */
  | { readonly type: "slow" };

export interface DevelopOptions {
  readonly files: readonly string[];
  readonly modules: Modules;
  /** Puts these in the place of all agents; throws a `TypeError` for what cannot be. */
  readonly replace: (agents: readonly Agent[]) => void;
  readonly tell: (news: News) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Loads the files, and again whenever one of them or of what they import has changed, until the signal aborts. */
export function develop(options: DevelopOptions): {
  /** Resolves when the first load has come to something. */
  readonly first: Promise<void>;
  readonly ended: Promise<void>;
} {
  const first = deferred<void>();
  const ended = run(options, first.resolve);
  return { first: Promise.race([first.promise, ended]), ended };
}

async function run(options: DevelopOptions, settled: () => void): Promise<void> {
  const { modules, signal, tell } = options;
  const agents = new Present(options);
  const files = new Map<string, string>();
  let saved: readonly string[] = [];
  while (!signal.aborted) {
    const change = changed(files, signal);
    const slow = setTimeout(() => void tell({ type: "slow" }), SLOW_MS);
    // A load that never ends is overtaken by the save that mends it.
    const loaded = await Promise.race([modules.load(files), change.then(() => undefined)]);
    clearTimeout(slow);
    if (loaded !== undefined) {
      await agents.take(loaded, saved, files);
      settled();
      // What a broken file does not reach now it had reached before, and the fault may lie there.
      if (loaded.outcomes.every((outcome) => "agents" in outcome)) {
        for (const path of files.keys()) if (!loaded.files.has(path)) files.delete(path);
      }
    }
    saved = await change;
    // Their state before they are read again: what changes from here on is a change.
    for (const path of files.keys()) files.set(path, stampOf(path));
  }
}

/** The agents that the runtime has, by the file that they came from. */
class Present {
  readonly #options: DevelopOptions;
  readonly #good = new Map<string, readonly Agent[]>();
  readonly #broken = new Set<string>();
  #before: readonly Agent[] | undefined;

  constructor(options: DevelopOptions) {
    this.#options = options;
  }

  async take(
    loaded: Loaded,
    saved: readonly string[],
    watched: Map<string, string>,
  ): Promise<void> {
    const { files, tell } = this.#options;
    for (const [at, file] of files.entries())
      await this.#takeFile(file, loaded.outcomes[at]!, loaded, watched);
    const agents = files.flatMap((file) => this.#good.get(file) ?? []);
    try {
      this.#options.replace(agents);
    } catch (error) {
      const located = { place: undefined, message: (error as Error).message };
      await tell({
        type: "failed",
        file: files.join(", "),
        located,
        kept: this.#before !== undefined,
      });
      return;
    }
    const before = this.#before;
    if (before !== undefined) {
      if (loaded.outcomes.some((outcome) => "agents" in outcome)) {
        // Folders are looked at where an import led nowhere; they are nobody's to save.
        const known = saved.filter((path) => loaded.files.has(path));
        await tell({ type: "reloaded", changes: changesOf(before, agents), saved: known });
      }
    } else if (agents.length > 0) await tell({ type: "loaded", agents });
    if (agents.length > 0) this.#before = agents;
  }

  async #takeFile(
    file: string,
    outcome: Outcome,
    loaded: Loaded,
    watched: Map<string, string>,
  ): Promise<void> {
    const { tell } = this.#options;
    if ("agents" in outcome) {
      this.#good.set(file, outcome.agents);
      if (this.#broken.delete(file)) await tell({ type: "mended", file });
      return;
    }
    this.#broken.add(file);
    const located = await whatFailed(file, outcome.error, loaded);
    const culprit = located.place?.file;
    // A module of CommonJS that failed is in no list of what was loaded.
    if (culprit !== undefined && !watched.has(culprit)) watched.set(culprit, stampOf(culprit));
    await tell({ type: "failed", file, located, kept: this.#good.has(file) });
  }
}

async function whatFailed(file: string, error: unknown, loaded: Loaded): Promise<Located> {
  if (!existsSync(file)) return { place: { file: resolve(file) }, message: "no such file" };
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause === undefined) return { place: undefined, message: (error as Error).message };
  const located = await locate(cause, loaded);
  return located.place === undefined ? { ...located, place: { file: resolve(file) } } : located;
}
