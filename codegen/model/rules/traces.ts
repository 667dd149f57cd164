import { isVendor } from "../draft.js";
import type { Rule } from "./rule.js";

/** The steps of traces are messages that exist, sent the way they may go. */
export const traceRules: Rule = ({ traces, messages, tentative }, report) => {
  for (const { steps } of traces) {
    for (const { type, from, position } of steps) {
      const message = messages.find((candidate) => candidate.type === type);
      if (message === undefined) {
        if (isVendor(type) || tentative.has(type)) continue;
        const fix = "add a row to a table of messages, or mend the name";
        report("unknown-trace-type", position, `no table declares the message ${type}`, fix);
        continue;
      }
      const allowed = from === "C" ? "client-to-runtime" : "runtime-to-client";
      if (message.direction === "both" || message.direction === allowed) continue;
      const [sender, fix] =
        from === "C" ? ["client", "write R > C, or"] : ["runtime", "write C > R, or"];
      const text = `the ${sender} sends ${type}, which goes the other way`;
      report("trace-direction", position, text, `${fix} mend the Direction of ${type}`);
    }
  }
};
