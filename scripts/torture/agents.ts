/** The agents of the torture, for `arcp serve --agent`. Each notes its starts and effects in a file beside the store. */
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { agentsOf } from "./cast.js";
import { clock } from "./history.js";
import type { AgentNote } from "./history.js";

const { TORTURE_NOTES: file, TORTURE_CYCLE: cycle } = process.env;

export default agentsOf({
  cycle: Number(cycle),
  /** One write to the end of the file: what the system has taken survives the process. */
  note(what, job) {
    if (file === undefined) throw new Error("TORTURE_NOTES names no file");
    const line: AgentNote = { at: clock(), cycle: Number(cycle), do: what, job };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  },
  turn: () => new Promise(setImmediate),
  pause,
});
