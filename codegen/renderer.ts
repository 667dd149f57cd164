import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Artefact } from "./emit/artefact.js";
import type { Model } from "./model/types.js";

/** Turns models into files. */
export interface Renderer {
  render(model: Model, generator: string): Promise<readonly Artefact[]>;
  /** Frees what it holds; nothing may be rendered after. */
  close(): Promise<void>;
}

/** Renders in this thread. */
export function renderHere(): Renderer {
  return {
    async render(model, generator) {
      const { emitAll } = await import("./emit/emit.js");
      return emitAll(model, generator);
    },
    close: () => Promise.resolve(),
  };
}

/**
 * Renders in a thread of its own, which loads the compiler and the other libraries while this one reads
 * the spec: with two cores that is a second less. Wants a Node that was started with a loader for
 * TypeScript, as `tsx` does.
 */
export function renderBeside(): Renderer {
  const worker = new Worker(new URL("./renderer-worker.ts", import.meta.url));
  let failed: Error | undefined;
  worker.on("error", (error: Error) => {
    failed = error;
  });
  return {
    async render(model, generator) {
      if (failed !== undefined) throw failed;
      const answered = once(worker, "message") as Promise<[Answer]>;
      worker.postMessage({ model, generator } satisfies Order);
      const [answer] = await answered;
      if ("error" in answer) throw new Error(answer.error);
      return answer.artefacts;
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** What the thread is asked. */
export interface Order {
  readonly model: Model;
  readonly generator: string;
}

/** What it answers. */
export type Answer = { readonly artefacts: readonly Artefact[] } | { readonly error: string };
