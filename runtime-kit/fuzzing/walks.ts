import type { Expected, FuzzModel, Machine, Misstep, Move, WrittenStep } from "./model.js";
import type { Random } from "./random.js";

/** A step of a sequence, with what it does to captures. */
export type SequenceStep = WrittenStep & {
  /** Captures that are forgotten before it. */
  readonly binds?: readonly string[];
  /** Captures that take another one's value after it. */
  readonly becomes?: Readonly<Record<string, string>>;
};

/** What in a sequence may not be done: its step, and what is answered where the draft says so. */
export interface Fault {
  readonly id: string;
  /** Index of the step that is wrong; all others are right. */
  readonly at: number;
  readonly side: Misstep["side"];
  /** Requirements that it breaks. */
  readonly breaks: readonly string[];
  readonly expect?: Expected;
  /** JSON pointer of what is malformed in the message. */
  readonly pointer?: string;
}

/** A sequence of messages between a client and a runtime. */
export interface Sequence {
  /** `trace simple-job`, `walk open hello accept`, `misstep second-hello`. */
  readonly id: string;
  /** Of the draft. A player of another one refuses it; absent, it is taken as it is. */
  readonly revision?: string;
  readonly steps: readonly SequenceStep[];
  /** Captures that stand for what was before it, for whoever plays it against a peer that is alive. */
  readonly given: readonly string[];
  /** Absent where all of it is legal. */
  readonly fault?: Fault;
}

/** A walk through the tables of states, as it grows. */
export interface Walk {
  readonly taken: string[];
  readonly steps: SequenceStep[];
  session: string | undefined;
  job: string | undefined;
}

const MOST = 8;

/** Walks through the tables of a model. */
export function walkerOf(model: FuzzModel) {
  const { revision } = model;
  const moves = new Map(model.moves.map((move) => [`${move.machine} ${move.on}`, move]));
  const machines = new Map(model.machines.map((machine) => [machine.subject, machine]));

  function begin(): Walk {
    return { taken: [], steps: [], session: undefined, job: undefined };
  }

  /** The transitions from where a machine stands that can be walked. */
  function ways(subject: "session" | "job", from: string | undefined) {
    const transitions = machines.get(subject)?.transitions ?? [];
    return transitions.filter((way) => way.from === from && moves.has(`${subject} ${way.on}`));
  }

  function take(walk: Walk, subject: "session" | "job", on: string, to: string): void {
    walk.taken.push(on);
    walk.steps.push(...stepsOf(moves.get(`${subject} ${on}`)!));
    walk[subject] = to;
  }

  /** The shortest way to a state. False if there is none. */
  function go(walk: Walk, subject: "session" | "job", goal: string): boolean {
    const queue: { at: string | undefined; path: Machine["transitions"] }[] = [
      { at: walk[subject], path: [] },
    ];
    const seen = new Set([walk[subject]]);
    for (const { at, path } of queue) {
      if (at === goal) {
        for (const { on, to } of path) take(walk, subject, on, to);
        return true;
      }
      for (const way of ways(subject, at)) {
        if (seen.has(way.to)) continue;
        seen.add(way.to);
        queue.push({ at: way.to, path: [...path, way] });
      }
    }
    return false;
  }

  /** One more transition, of the session or of its job; false where nothing leads on. */
  function wander(walk: Walk, random: Random): boolean {
    const ended = walk.job !== undefined && isTerminal(walk.job);
    const ofJob = walk.session === ATTACHED ? ways("job", ended ? undefined : walk.job) : [];
    const ofSession = ways("session", walk.session);
    const subject = ofJob.length > 0 && random.chance(65) ? "job" : "session";
    const all = subject === "job" ? ofJob : ofSession;
    if (all.length === 0) return false;
    const { on, to } = random.pick(all);
    take(walk, subject, on, to);
    return true;
  }

  function isTerminal(status: string): boolean {
    return machines.get("job")?.terminal.includes(status) ?? false;
  }

  /** A job from its submission to its end. */
  function wholeJob(walk: Walk, random: Random): void {
    if (walk.job === undefined || isTerminal(walk.job)) walk.job = undefined;
    while (walk.job === undefined || !isTerminal(walk.job)) {
      const all = ways("job", walk.job).filter(({ on }) => AT_HAND.includes(on));
      if (all.length === 0) return;
      const { on, to } = random.pick(all);
      take(walk, "job", on, to);
    }
  }

  return {
    /** A legal walk of some length; nothing where the tables lead nowhere. */
    legal(random: Random): Sequence | undefined {
      const walk = begin();
      const length = random.between(2, MOST);
      while (walk.taken.length < length && wander(walk, random));
      if (walk.taken.length === 0) return undefined;
      return { id: `walk ${walk.taken.join(" ")}`, revision, steps: walk.steps, given: [] };
    },

    /** A walk to where a misstep can be made, the misstep, and a job that shows that the session lives. */
    wrong(misstep: Misstep & { readonly pointer?: string }, random: Random): Sequence | undefined {
      const { id, side, breaks, expect, pointer, in: where } = misstep;
      const walk = begin();
      const passes = where.session !== "greeting" || where.job !== undefined;
      if (passes && (!go(walk, "session", ATTACHED) || !stand(walk, where.job, random))) {
        return undefined;
      }
      if (!go(walk, "session", where.session)) return undefined;
      walk.steps.push(...misstep.steps);
      const at = walk.steps.length - 1;
      if (expect?.ends === false) {
        walk.session = ATTACHED;
        walk.job = undefined;
        wholeJob(walk, random);
      }
      const more = {
        ...(expect === undefined ? {} : { expect }),
        ...(pointer === undefined ? {} : { pointer }),
      };
      const fault = { id, at, side, breaks, ...more };
      return { id: `misstep ${id}`, revision, steps: walk.steps, given: [], fault };
    },

    /** A trace of the draft; one that begins in a session gets its beginning. */
    trace({ id, steps, given }: FuzzModel["traces"][number]): Sequence {
      const first = steps.find((step) => "type" in step);
      const walk = begin();
      if (moves.has("session open")) take(walk, "session", "open", "greeting");
      const inside = first !== undefined && first.type !== "session.hello";
      if (inside) go(walk, "session", ATTACHED);
      return { id: `trace ${id}`, revision, steps: [...walk.steps, ...connected(steps)], given };
    },
  };

  /** Brings the job to where a misstep wants it. */
  function stand(walk: Walk, job: Misstep["in"]["job"], random: Random): boolean {
    if (job === "running") return go(walk, "job", "running");
    if (job === "ended") wholeJob(walk, random);
    else if (job === undefined && random.chance(50)) wholeJob(walk, random);
    return true;
  }
}

const ATTACHED = "attached";

/** What an agent does, or a client, whenever they like. */
const AT_HAND = ["accept", "start", "return", "fail", "cancel"];

function stepsOf({ steps, binds, becomes }: Move): SequenceStep[] {
  return steps.map((step, at) => ({
    ...step,
    ...(at === 0 && binds.length > 0 ? { binds } : {}),
    ...(at === steps.length - 1 && Object.keys(becomes).length > 0 ? { becomes } : {}),
  }));
}

/** The steps of a trace, with a new transport before each hello that follows the end of one. */
function connected(steps: readonly WrittenStep[]): SequenceStep[] {
  let hellos = 0;
  return steps.flatMap((step): SequenceStep[] => {
    const hello = "type" in step && step.type === "session.hello";
    if (hello) hellos += 1;
    return hello && hellos > 1 ? [{ event: "connect" }, step] : [step];
  });
}
