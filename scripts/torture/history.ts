/** What a run of the torture saw, as plain data. The checker gets this and nothing else. */

/** Who a connection belongs to. Two principals exist; the second one only spies. */
export type Principal = "owner" | "spy";

/** Milliseconds of the machine's monotonic clock, which all its processes share. */
type Milliseconds = number;

interface Moment {
  readonly at: Milliseconds;
  /** Which life of the process this was in, from 0 on. */
  readonly cycle: number;
}

/** One thing that happened, as whoever drives the processes and the clients saw it. */
export type Entry =
  /** The process began to listen. */
  | (Moment & { readonly do: "listening" })
  /** `kill -9`; `open` requests were sent and not answered at that moment. */
  | (Moment & { readonly do: "kill"; readonly open: number })
  /** The process ended, or said that something is wrong, without being asked to. */
  | (Moment & { readonly do: "trouble"; readonly text: string })
  | (Moment & {
      readonly do: "open";
      readonly connection: number;
      readonly client: string;
      readonly principal: Principal;
      /** True for a reader of the end, who reads each session from its beginning when all is over. */
      readonly audit: boolean;
    })
  | (Moment & { readonly do: "close"; readonly connection: number; readonly code: number })
  | (Moment & { readonly do: "sent"; readonly connection: number; readonly text: string })
  | (Moment & { readonly do: "received"; readonly connection: number; readonly text: string })
  /** A program was handed an event of its job by the client library, or, without a number, the job's end. */
  | (Moment & {
      readonly do: "told";
      readonly client: string;
      readonly job: string;
      readonly seq: number | undefined;
    });

/** What an agent wrote down for itself, in a file that no store knows of. */
export interface AgentNote extends Moment {
  /** It was started, or did something that its lease had to allow. */
  readonly do: "start" | "effect";
  readonly job: string;
}

/** A whole history: entries in the order in which they were seen. */
export interface History {
  readonly entries: readonly Entry[];
  readonly notes: readonly AgentNote[];
}

/** As much of a message as clients and checker read. */
export interface Message {
  readonly type: string;
  readonly id: string;
  readonly session_id?: string;
  readonly job_id?: string;
  readonly event_seq?: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Input of every agent here. What they emit and return carries the tag, so that each word can be traced to its submit. */
export interface Work {
  readonly tag: string;
  /** How many events. */
  readonly count: number;
}

/** The monotonic clock of the machine. */
export function clock(): Milliseconds {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The one message that ends a job. */
export function isTerminal({ type }: Pick<Message, "type">): boolean {
  return type === "job.result" || type === "job.error";
}
