import { defineAgent } from "../../runtime/define.js";

/** Gives its input back. */
export const echo = defineAgent({
  name: "echo",
  version: "1.0.0",
  run(input, ctx) {
    void ctx.log("info", `echo of ${input === null ? "null" : typeof input}`);
    return input;
  },
});
