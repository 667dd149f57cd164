import type { JobId } from "../../generated/current/index.js";

/** A run of numbers: `count` entries of a job's log, numbered in a session from `firstSeq` on. §8.3 */
export interface NumberRun {
  readonly firstSeq: number;
  readonly job: JobId;
  readonly firstIndex: number;
  readonly count: number;
}

/**
 * Gives the next numbers of a session to new entries of a job's log. One run for all that one commit
 * adds, however many events that are. SEQ-* of §8.3 (W-15)
 */
export function numberEntries(
  session: { nextSeq: number },
  job: JobId,
  firstIndex: number,
  count: number,
): NumberRun {
  const run = { firstSeq: session.nextSeq, job, firstIndex, count };
  session.nextSeq += count;
  return run;
}
