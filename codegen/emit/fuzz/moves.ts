import type { Model } from "../../model/types.js";
import type { Step } from "./steps.js";
import { readFirst } from "./words.js";
import type { Unknown } from "./words.js";

/** What a transition of a table of states looks like on the wire. */
export interface Move {
  readonly machine: string;
  readonly on: string;
  readonly steps: readonly Step[];
  /** Captures that mean something new from this move on. */
  readonly binds: readonly string[];
  /** Captures that take the value of another one after the move. */
  readonly becomes: Readonly<Record<string, string>>;
}

/** A trigger of a table for which there is no move, and why. */
export interface Unwalked {
  readonly machine: string;
  readonly on: string;
  readonly why: string;
}

interface Written {
  readonly on: string;
  /**
   * As in a trace block. The first text that the revision has the words for is taken. One of older drafts says which:
   * a newer one, in which a message of the text before it has another name, would fall back to it.
   */
  readonly texts: readonly (string | { readonly of: readonly string[]; readonly text: string })[];
  readonly binds?: readonly string[];
  readonly becomes?: Readonly<Record<string, string>>;
}

/** Bound by whoever plays: the token, an agent, the flags of the revision, the next number and the newest one. */
const HELLO = `C > R  session.hello { auth: { scheme: "bearer", token: $TOKEN },
         capabilities: { encodings: ["json"], features: $FEATURES } }`;
const RESUME = `C > R  session.hello { auth: { scheme: "bearer", token: $TOKEN },
         resume: { session_id: $S, resume_token: $T, last_event_seq: $SEQ } }`;
const WELCOMED = `R > C  session.welcome { session_id: $S, resume_token: $T2,
         capabilities: { encodings: ["json"], features: $FEATURES, agents: [$AGENT] } }`;

/** Drafts that have neither an answer to a close nor one to a cancel. */
const UNANSWERED = ["02", "02.1"];

const SESSION: readonly Written[] = [
  { on: "open", texts: ["*** connect ***"] },
  { on: "hello", texts: [`${HELLO}\n${WELCOMED.replace("$T2", "$T")}`], binds: ["S", "T"] },
  {
    on: "refuse",
    texts: [
      `${HELLO.replace("$TOKEN", "$WRONG")}
       R > C  session.error { code: "UNAUTHENTICATED" }
       *** end ***`,
    ],
    binds: ["WRONG"],
  },
  { on: "drop", texts: ["*** drop ***"] },
  {
    on: "close",
    texts: [
      `C > R  session.close { reason: "done" }
       R > C  session.closed {}
       *** end ***`,
      { of: UNANSWERED, text: `C > R  session.bye { reason: "done" }\n*** end ***` },
    ],
  },
  {
    on: "resume",
    texts: [`*** connect ***\n${RESUME}\n${WELCOMED}`],
    binds: ["T2"],
    becomes: { T: "T2" },
  },
  {
    on: "expire",
    texts: [
      `*** window over ***
       *** connect ***
       ${RESUME}
       R > C  session.error { code: "RESUME_WINDOW_EXPIRED" }
       *** end ***`,
    ],
  },
];

const failed = (code: string, status: string): string =>
  `R > C  job.error { job_id: $J, event_seq: $NEXT, code: "${code}", final_status: "${status}" }`;

const JOB: readonly Written[] = [
  {
    on: "accept",
    texts: ["C > R  job.submit { agent: $AGENT }\nR > C  job.accepted { job_id: $J }"],
    binds: ["J"],
  },
  {
    on: "start",
    texts: [
      `*** start ***
       R > C  job.event { job_id: $J, event_seq: $NEXT, kind: "status", body: { phase: "running" } }`,
    ],
  },
  {
    on: "return",
    texts: [
      `*** return ***
       R > C  job.result { job_id: $J, event_seq: $NEXT, final_status: "success" }`,
    ],
  },
  { on: "fail", texts: [`*** fail ***\n${failed("INTERNAL_ERROR", "error")}`] },
  { on: "crash", texts: [`*** crash ***\n${failed("INTERNAL_ERROR", "error")}`] },
  { on: "expire", texts: [`*** lease over ***\n${failed("LEASE_EXPIRED", "error")}`] },
  { on: "timeout", texts: [`*** time over ***\n${failed("TIMEOUT", "timed_out")}`] },
  {
    on: "cancel",
    texts: [
      `C > R  job.cancel { job_id: $J }
       R > C  job.cancelled { job_id: $J }
       ${failed("CANCELLED", "cancelled")}`,
      {
        of: UNANSWERED,
        text: `C > R  job.cancel { job_id: $J }\n${failed("CANCELLED", "cancelled")}`,
      },
    ],
  },
];

const WRITTEN: Readonly<Record<string, readonly Written[]>> = { session: SESSION, job: JOB };

/** Triggers that no single client can make come about. */
const APART: ReadonlyMap<string, string> = new Map([
  ["session discard", "it happens to a second session of the same client"],
]);

/** Why a trigger has no move where nobody has thought of it yet. */
export const NO_MOVE = "nobody has said what it looks like on the wire";

/**
 * The moves of a revision's tables, the triggers that have none, and those that say what the revision has not.
 *
 * @param before the drafts before it: where a trigger of theirs is gone, a new one without a move may be its new name
 */
export function movesOf(
  model: Model,
  before: readonly Model[] = [],
): {
  readonly moves: readonly Move[];
  readonly unwalked: readonly Unwalked[];
  readonly unknown: readonly Unknown[];
} {
  const moves: Move[] = [];
  const unwalked: Unwalked[] = [];
  const unknown: Unknown[] = [];
  for (const { subject: machine, transitions } of model.machines) {
    const triggers = new Set(transitions.map((transition) => transition.on));
    const old = triggersOf(before, machine);
    const gone = old.filter((on) => !triggers.has(on) && writtenOf(machine, on) !== undefined);
    for (const on of triggers) {
      const written = writtenOf(machine, on);
      const { steps, why: lacks } = readFirst(model, textsOf(written, model.revision));
      const { position } = transitions.find((transition) => transition.on === on)!;
      if (lacks !== undefined)
        unknown.push({ what: `the move ${machine} ${on}`, why: lacks, position });
      if (steps !== undefined) {
        moves.push({
          machine,
          on,
          steps,
          binds: written?.binds ?? [],
          becomes: written?.becomes ?? {},
        });
      } else {
        const apart = APART.get(`${machine} ${on}`);
        const why = apart ?? NO_MOVE;
        unwalked.push({ machine, on, why });
        if (apart !== undefined || lacks !== undefined) continue;
        if (gone.length === 0 || old.includes(on)) continue;
        const what = `the move ${machine} ${gone.join(" or ")}`;
        unknown.push({ what, why: `${on} has no move: it may be a new name`, position });
      }
    }
  }
  return { moves, unwalked, unknown };
}

function writtenOf(machine: string, on: string): Written | undefined {
  return (WRITTEN[machine] ?? []).find((one) => one.on === on);
}

/** The triggers that a table of states has in any of some drafts. */
function triggersOf(models: readonly Model[], machine: string): string[] {
  const tables = models.flatMap(({ machines }) => machines);
  const all = tables.filter(({ subject }) => subject === machine);
  return [...new Set(all.flatMap(({ transitions }) => transitions.map(({ on }) => on)))];
}

function textsOf(written: Written | undefined, revision: string): string[] {
  return (written?.texts ?? []).flatMap((one) => {
    if (typeof one === "string") return [one];
    return one.of.includes(revision) ? [one.text] : [];
  });
}
