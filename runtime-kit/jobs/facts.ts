import type { ResultId } from "../../generated/current/index.js";
import type { Counter } from "../leases/budget.js";
import type { ArcpError } from "../wire/errors.js";

/** Sizes and times that bind a job; see `Limits` for the defaults. */
export interface JobLimits {
  readonly maxFrameBytes: number;
  readonly maxResultBytes: number;
  readonly cancelGraceMs: number;
  readonly leaseGraceMs: number;
}

/** What a `metric` says was spent, finite and not negative. §9.6 */
export interface Cost {
  readonly currency: string | undefined;
  readonly value: number;
}

/** A fact that `stepJob` takes. §7, §8 */
export type JobInput =
  | { readonly type: "start" }
  /** The agent reports something; `body` is JSON text, and `cost` what it says of a cost. */
  | {
      readonly type: "emit";
      readonly kind: string;
      readonly body: string;
      readonly cost?: Cost | undefined;
    }
  /** Other counters are in force: a child's cost, or what was set aside for one, or given back. §10 */
  | { readonly type: "recount"; readonly counters: readonly Counter[] }
  /** What is left elsewhere of a budget that the job spends. */
  | { readonly type: "remaining"; readonly counters: readonly Counter[] }
  /** An operation was refused because the lease has ended. */
  | { readonly type: "expired" }
  /** A piece of a streamed result; `resultId` is used if it is the first. */
  | {
      readonly type: "chunk";
      readonly resultId: ResultId;
      readonly data: string;
      /** `data` as JSON text: a large piece is encoded once. */
      readonly json: string;
      readonly encoding: "utf8" | "base64";
      /** Decoded bytes in it. */
      readonly bytes: number;
      readonly more: boolean;
    }
  /** The agent returned; `result` is JSON text, `undefined` for none or for a streamed one. */
  | {
      readonly type: "returned";
      readonly result: string | undefined;
      readonly summary?: string | undefined;
      /** Says of a streamed result what its text is; absent for what the agent streamed itself. */
      readonly contentType?: string | undefined;
    }
  | { readonly type: "failed"; readonly error: ArcpError }
  /** The process that ran it is gone; `again` if its agent may be started a second time. */
  | { readonly type: "interrupted"; readonly again: boolean }
  | { readonly type: "cancel"; readonly reason: string | undefined }
  | { readonly type: "time" };

/** An order of `stepJob`. §7, §8 */
export type JobEffect =
  | {
      readonly do: "append";
      /** Its place in the job's log. */
      readonly index: number;
      readonly entry: {
        readonly type: "job.event" | "job.result" | "job.error";
        readonly body: string;
      };
    }
  /** What was done cannot be told from the log alone. */
  | { readonly do: "persist" }
  /** Tell the agent, through its signal. */
  | { readonly do: "abort"; readonly error: ArcpError }
  /** The input was the agent's, and is refused to it. */
  | { readonly do: "refuse"; readonly error: ArcpError }
  /** The terminal was appended: every door of the agent's context closes. */
  | { readonly do: "ended" };
