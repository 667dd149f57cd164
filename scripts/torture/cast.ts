/** The agents of torture and simulation, on whatever they are run. */
import type { AgentContext, AgentDefinition } from "../../runtime-kit/runtime/index.js";
import type { AgentNote, Work } from "./history.js";

/** What agents need of the life of the process that they run in. */
export interface AgentLife {
  readonly cycle: number;
  /** Writes down what an agent did, where no store knows of it. */
  note(what: AgentNote["do"], job: string): void;
  /** A turn of the event loop. */
  turn(): Promise<unknown>;
  pause(ms: number): Promise<unknown>;
}

/** The agents: some are restartable, one streams, one delegates, one goes on after its cancel, one fails. */
export function agentsOf({
  cycle,
  note,
  turn,
  pause,
}: AgentLife): readonly AgentDefinition<Work, unknown>[] {
  // Whose word it is, of which life of the process, and its place.
  const say = (context: AgentContext, { tag }: Work, at: number): Promise<void> =>
    context.log("info", `${tag} ${cycle} ${at}`);

  async function events(work: Work, context: AgentContext): Promise<{ readonly tag: string }> {
    note("start", context.jobId);
    for (let at = 0; at < work.count; at += 1) {
      await say(context, work, at);
      // Some come together and share a commit, some do not.
      if (at % 8 === 7) await turn();
    }
    return { tag: work.tag };
  }

  return [
    { name: "burst", run: events },
    { name: "again", restartable: true, run: events },
    {
      name: "stream",
      run(work, context) {
        note("start", context.jobId);
        return context.stream(
          (async function* () {
            for (let at = 0; at < work.count; at += 1) {
              yield `${work.tag} ${at};`;
              await turn();
            }
          })(),
        );
      },
    },
    {
      // Does what needs its lease over and over, until it is told to stop or has done it often enough.
      name: "worker",
      restartable: true,
      async run(work, context) {
        note("start", context.jobId);
        for (let at = 0; at < work.count; at += 1) {
          await context.authorize("tool.call", "effect");
          note("effect", context.jobId);
          // Tenths, which binary fractions do not add up; the next word waits for both to be on their way.
          void context.metric("cost.effect", COST, CURRENCY);
          await say(context, work, at);
          await pause(2);
        }
        return { tag: work.tag };
      },
    },
    {
      // Goes on with what its lease allows until that has ended.
      name: "lessee",
      async run(work, context) {
        note("start", context.jobId);
        for (let at = 0; at < work.count * 5; at += 1) {
          await context.authorize("tool.call", "effect");
          note("effect", context.jobId);
          await pause(4);
        }
        return { tag: work.tag };
      },
    },
    {
      // Hands its work on, to the same child in each life, which spends its money; now and then it does not wait.
      name: "lead",
      restartable: true,
      async run(work, context) {
        note("start", context.jobId);
        const part = { tag: `${work.tag}/c`, count: work.count };
        const more = { id: "c", lease: { "tool.call": ["effect"] } };
        const child = await context.delegate("worker", part, more).catch(() => undefined);
        await say(context, work, 0);
        if (work.count % 3 !== 0) await child?.result().catch(() => undefined);
        return { tag: work.tag };
      },
    },
    {
      // Does not hear that it is cancelled, and returns normally.
      name: "deaf",
      async run(work, context) {
        note("start", context.jobId);
        for (let at = 0; at < work.count; at += 1) await pause(2);
        return { tag: work.tag };
      },
    },
    {
      // Sleeps for seconds, whatever its signal says.
      name: "sleeper",
      async run(work, context) {
        note("start", context.jobId);
        await pause(work.count * 1000);
        return { tag: work.tag };
      },
    },
    {
      // Fails by itself, with a code of its own, after it has said something.
      name: "faulty",
      async run(work, context) {
        await events(work, context);
        throw Object.assign(new Error(work.tag), { code: FAULT });
      },
    },
  ];
}

/** What `worker` pays for each effect, and in what. */
export const COST = 0.1;
export const CURRENCY = "credits";

/** What `faulty` fails with. */
export const FAULT = "FAULTY";
