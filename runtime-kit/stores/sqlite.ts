/** `arcp/stores/sqlite`: a store in a file, for one process at a time, that survives the process and loss of power. */
import { Worker } from "node:worker_threads";
import { aBoolean, checkOptions } from "../wire/options.js";
import { StoreError } from "./errors.js";
import type { Store } from "./port.js";
import { newGate, shutAtExit } from "./sqlite/gate.js";
import { packed } from "./sqlite/packed.js";
import { createTail } from "./sqlite/tail.js";
import { LISTENING } from "./sqlite/calls.js";
import type { Answer, Call, FromThread, WorkerSetup } from "./sqlite/calls.js";

export { StoreError } from "./errors.js";
export type { StoreFailure } from "./errors.js";

/** Options of a store in a file. */
export interface SqliteOptions {
  /** Reads a file that may be in use by another process; every commit is refused. Default false. */
  readonly readOnly?: boolean;
}

/**
 * A store in the SQLite file at `path`, which is made (mode 0600) if it is not there. A commit resolves once it is on
 * the disc (`synchronous=FULL`). Reading and writing happen in a thread of the store's own.
 *
 * The file is opened at once; where that fails, every call rejects with the `StoreError` that says why (`IN_USE`,
 * `DAMAGED`, `FULL`, `READ_ONLY`, `FOREIGN`, `MISSING`, `IO`, `UNAVAILABLE`), the first of them being `load`.
 */
export function sqlite(path: string, options: SqliteOptions = {}): Store {
  checkOptions<SqliteOptions>("sqlite", options, { readOnly: aBoolean });
  return new SqliteStore({ path, readOnly: options.readOnly ?? false, gate: newGate() });
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

class SqliteStore implements Store {
  readonly durable = true;
  readonly #worker: Worker;
  /** The thread is gone. */
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  /** Calls from before the thread listened: Deno drops what nobody listens to yet. */
  #early: Call[] | undefined = [];
  #tail = createTail();
  #calls = 0;
  #closing: Promise<void> | undefined;

  constructor(setup: WorkerSetup) {
    this.#worker = startWorker(setup);
    this.#worker.on("message", (message: FromThread) => {
      if (message === LISTENING) this.#listening();
      else this.#answered(message);
    });
    this.#worker.on("error", (error) => this.#lost(error));
    const unguarded = shutAtExit(setup.gate);
    this.#ended = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.once("exit", unguarded);
    this.#worker.on("exit", () => this.#lost(undefined));
    // A store keeps no program alive; what is being committed does.
    this.#worker.unref();
  }

  async commit(batch: Parameters<Store["commit"]>[0]): Promise<void> {
    try {
      await this.#call("commit", [packed(batch)]);
    } catch (error) {
      // Whether it was carried out only the file knows, and what comes next must not be taken to follow on this.
      this.#tail = createTail();
      throw error;
    }
    this.#tail.add(batch);
  }

  async readLog(...args: Parameters<Store["readLog"]>): ReturnType<Store["readLog"]> {
    const known = this.#closing === undefined ? this.#tail.readLog(...args) : undefined;
    return known ?? this.#call("readLog", args);
  }

  async readRuns(...args: Parameters<Store["readRuns"]>): ReturnType<Store["readRuns"]> {
    const known = this.#closing === undefined ? this.#tail.readRuns(...args) : undefined;
    return known ?? this.#call("readRuns", args);
  }

  load(): ReturnType<Store["load"]> {
    return this.#call("load", []);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    try {
      await this.#call<void>("close", []);
    } catch (error) {
      // What never opened, or is gone, is closed.
      if (!StoreError.is(error)) throw error;
    } finally {
      // It ends by itself: a native library does not survive being cut off.
      this.#worker.ref();
      await this.#ended;
    }
  }

  async #call<T>(method: Call["method"], args: readonly unknown[]): Promise<T> {
    if (this.#closing !== undefined) throw new StoreError("CLOSED", "the store is closed");
    const id = (this.#calls += 1);
    const answer = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject }),
    );
    if (this.#waiting.size === 1) this.#worker.ref();
    try {
      this.#post({ id, method, args });
    } catch (error) {
      this.#settle(id);
      throw error;
    }
    return (await answer) as T;
  }

  #post(call: Call): void {
    if (this.#early === undefined) this.#worker.postMessage(call);
    else this.#early.push(call);
  }

  #listening(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const call of early) this.#post(call);
  }

  #answered(answer: Answer): void {
    const waiting = this.#settle(answer.id);
    if ("value" in answer) return waiting?.resolve(answer.value);
    const { code, message } = answer.failed;
    waiting?.reject(code === undefined ? new Error(message) : new StoreError(code, message));
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    return waiting;
  }

  /** The thread is gone: in good order after `close`, otherwise with whatever was waiting. */
  #lost(cause: unknown): void {
    for (const { reject } of this.#waiting.values()) {
      reject(new StoreError("IO", "the store's thread has ended", { cause }));
    }
    this.#waiting.clear();
    this.#closing ??= Promise.resolve();
  }
}

/** What was built runs as it is; sources are loaded by tsx. */
function startWorker(workerData: WorkerSetup): Worker {
  const name = import.meta.url.endsWith(".ts") ? "worker-from-source.mjs" : "worker.js";
  return new Worker(new URL(`./sqlite/${name}`, import.meta.url), { workerData });
}
