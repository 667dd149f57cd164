/**
 * Who may be inside SQLite: the store's thread, or, at the end of the process, nobody. A native library does not survive
 * that its thread is cut off in the middle of a call, and takes the whole process with it; `process.exit()` cuts off. So
 * the main thread shuts the gate first, and waits for whoever is inside.
 */
import process from "node:process";

/** The memory that both threads see; it holds one of the numbers below. */
export type Gate = Int32Array<SharedArrayBuffer>;

const FREE = 0;
const INSIDE = 1;
/** The thread is inside, and is the last to be. */
const AWAITED = 2;
const SHUT = 3;

/** The longest that the end of a process waits for a call, in milliseconds: a disc may hang. */
const PATIENCE_MS = 2_000;

/** A gate whose thread begins inside: it opens the file first. */
export function newGate(): Gate {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(INSIDE);
}

/** In the thread: whether it may go inside. Once it may not, the process ends. */
export function enter(gate: Gate): boolean {
  return Atomics.compareExchange(gate, 0, FREE, INSIDE) === FREE;
}

/** In the thread: it is outside again. */
export function leave(gate: Gate): void {
  if (Atomics.compareExchange(gate, 0, INSIDE, FREE) !== AWAITED) return;
  Atomics.store(gate, 0, SHUT);
  Atomics.notify(gate, 0);
}

/** Gates of threads that live. One listener for all of them: a process warns of many. */
const open = new Set<Gate>();

/** In the main thread: shuts the gate when the process ends, until what it returns is called. */
export function shutAtExit(gate: Gate): () => void {
  if (open.size === 0) process.once("exit", shutAll);
  open.add(gate);
  return () => {
    if (open.delete(gate) && open.size === 0) process.off("exit", shutAll);
  };
}

function shutAll(): void {
  const until = performance.now() + PATIENCE_MS;
  // All are told first, so that they come out at the same time.
  const inside = [...open].filter((gate) => !shut(gate));
  for (const gate of inside) {
    Atomics.wait(gate, 0, AWAITED, Math.max(0, until - performance.now()));
  }
}

/** Nobody goes inside any more; says whether nobody is. */
function shut(gate: Gate): boolean {
  for (;;) {
    if (Atomics.compareExchange(gate, 0, INSIDE, AWAITED) === INSIDE) return false;
    // It may have come out in between, and gone in again.
    if (Atomics.compareExchange(gate, 0, FREE, SHUT) !== INSIDE) return true;
  }
}
