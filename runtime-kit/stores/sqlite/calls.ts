/** What a store and its thread say to each other. */
import type { StoreFailure } from "../errors.js";
import type { Gate } from "./gate.js";

/** What the thread is started with. */
export interface WorkerSetup {
  readonly path: string;
  readonly readOnly: boolean;
  readonly gate: Gate;
}

/** One call of the store's port. They are carried out in order. */
export interface Call {
  readonly id: number;
  readonly method: "commit" | "readLog" | "readRuns" | "load" | "close";
  readonly args: readonly unknown[];
}

/** Its answer. An error's class does not cross threads, so that its parts do. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly failed: { readonly code?: StoreFailure; readonly message: string };
    };

/** What the thread says once, when calls can be sent to it. */
export const LISTENING = "listening";

/** Whatever the thread says. */
export type FromThread = Answer | typeof LISTENING;
