import { Readable, Writable } from "node:stream";
import type { Context } from "./context.js";
import { Sink } from "./io.js";

/** For a tree of commands that is looked at, and never run. */
export function unused(): Context {
  const stream = new Writable();
  const none = () => () => undefined;
  return {
    io: {
      stdout: stream,
      stderr: stream,
      stdin: Readable.from([]),
      env: {},
      onSignal: none,
      onIdle: none,
      onStray: none,
    },
    out: new Sink(stream),
    err: new Sink(stream),
    finish: () => undefined,
  };
}
