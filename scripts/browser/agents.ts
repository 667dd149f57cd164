/** What the pages of the tests run: `arcp serve --agent scripts/browser/agents.ts`. */
import { setTimeout as sleep } from "node:timers/promises";
import { defineAgent } from "arcp";

/** Reports its numbers one by one, whether anybody listens or not. */
const counter = defineAgent<{ readonly to: number; readonly pauseMs: number }>({
  name: "counter",
  version: "1.0.0",
  async run({ to, pauseMs }, ctx) {
    for (let number = 1; number <= to; number++) {
      await ctx.progress(number, to, { units: "numbers" });
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: ctx.signal });
    }
    return `counted to ${to}`;
  },
});

/** Streams bytes, each known from its place. */
const bytes = defineAgent<{ readonly size: number }>({
  name: "bytes",
  version: "1.0.0",
  run: ({ size }, ctx) => ctx.stream(piecesOf(size)),
});

/** The byte at a place is the place modulo this: no piece looks like its neighbours. */
const PERIOD = 251;

/** All the bytes of a result, for those who compare. */
export function bytesOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => at % PERIOD);
}

function* piecesOf(size: number): Generator<Uint8Array> {
  const all = bytesOf(size);
  for (let at = 0; at < size; at += 100_000) yield all.subarray(at, at + 100_000);
}

/** Reports what it is given, as a page must not take it: as text. */
const parrot = defineAgent<{ readonly text: string }>({
  name: "parrot",
  version: "1.0.0",
  async run({ text }, ctx) {
    await ctx.log("info", text);
    await ctx.status(text, text);
    return text;
  },
});

/** Waits until it is cancelled. */
const waiter = defineAgent({
  name: "waiter",
  version: "1.0.0",
  async run(_input, ctx) {
    await ctx.log("info", "waiting");
    await sleep(3_600_000, undefined, { signal: ctx.signal });
    return null;
  },
});

export default [counter, bytes, parrot, waiter];
