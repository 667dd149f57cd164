/** The agents of the torture, for `arcp serve --agent`. Each notes its starts and effects in a file beside the store. */
import { appendFileSync } from "node:fs";
import type { AgentContext, AgentDefinition } from "../../runtime-kit/runtime/index.js";
import { clock } from "./history.js";
import type { AgentNote, Work } from "./history.js";

const { TORTURE_NOTES: file, TORTURE_CYCLE: cycle } = process.env;

/** One write to the end of the file: what the system has taken survives the process. */
function note(what: AgentNote["do"], { jobId }: AgentContext): void {
  if (file === undefined) throw new Error("TORTURE_NOTES names no file");
  const line: AgentNote = { at: clock(), cycle: Number(cycle), do: what, job: jobId };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** What an event says: whose it is, of which life of the process, and its place. */
async function say(context: AgentContext, { tag }: Work, at: number): Promise<void> {
  await context.log("info", `${tag} ${cycle} ${at}`);
}

async function events(work: Work, context: AgentContext): Promise<{ readonly tag: string }> {
  note("start", context);
  for (let at = 0; at < work.count; at += 1) {
    await say(context, work, at);
    // Some come together and share a commit, some do not.
    if (at % 8 === 7) await new Promise(setImmediate);
  }
  return { tag: work.tag };
}

type Plain = AgentDefinition<Work, unknown>;

const burst: Plain = { name: "burst", run: events };

const again: Plain = { name: "again", restartable: true, run: events };

const stream: Plain = {
  name: "stream",
  run(work, context) {
    note("start", context);
    return context.stream(
      (async function* () {
        for (let at = 0; at < work.count; at += 1) {
          yield `${work.tag} ${at};`;
          await new Promise(setImmediate);
        }
      })(),
    );
  },
};

/** Does what needs its lease over and over, until it is told to stop or has done it often enough. */
const worker: Plain = {
  name: "worker",
  restartable: true,
  async run(work, context) {
    note("start", context);
    for (let at = 0; at < work.count; at += 1) {
      await context.authorize("tool.call", "effect");
      note("effect", context);
      await say(context, work, at);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return { tag: work.tag };
  },
};

/** Does not hear that it is cancelled, and returns normally. */
const deaf: Plain = {
  name: "deaf",
  async run(work, context) {
    note("start", context);
    for (let at = 0; at < work.count; at += 1) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return { tag: work.tag };
  },
};

export default [burst, again, stream, worker, deaf];
