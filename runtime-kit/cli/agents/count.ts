import { defineAgent } from "../../runtime/define.js";
import { inputSchema, members, numberOf } from "./input.js";
import { pause } from "./pause.js";

interface CountInput {
  readonly to: number;
  readonly delayMs: number;
}

/** Counts, with a pause after each number if asked for, and gives the last one. */
export const count = defineAgent<CountInput>({
  name: "count",
  version: "1.0.0",
  input: inputSchema((value) => {
    const given = members(value ?? {}, ["to", "delayMs"]);
    return {
      to: Math.floor(numberOf(given["to"], "to", { from: 1, to: 1_000_000, otherwise: 10 })),
      delayMs: numberOf(given["delayMs"], "delayMs", { from: 0, to: 3_600_000, otherwise: 0 }),
    };
  }),
  async run({ to, delayMs }, ctx) {
    for (let current = 1; current <= to; current++) {
      ctx.signal.throwIfAborted();
      await ctx.progress(current, to, { units: "numbers" });
      if (delayMs > 0) await pause(delayMs, ctx.signal);
    }
    return to;
  },
});
