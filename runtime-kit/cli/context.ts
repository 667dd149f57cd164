import type { Io, Sink } from "./io.js";

/** What each command is made with. */
export interface Context {
  readonly io: Io;
  readonly out: Sink;
  readonly err: Sink;
  /** What the command came to; the process ends with it. */
  finish(exit: number): void;
}

/** Writes one NDJSON record to the standard output. */
export function record(context: Context, value: object): Promise<void> {
  return context.out.line(JSON.stringify(value));
}
