/**
 * The contract of every store. One commit is one atomic batch; whatever was committed is there after
 * a restart, as far as the store promises (memory: never; SQLite: always). Law 3: an event is stored
 * once as (job, index); a session's numbering is stored as runs.
 */
import type { JobId, SessionId } from "../../generated/current/index.js";

/** Which message an entry of a job's log becomes on the wire. */
export type EntryType = "job.event" | "job.result" | "job.error";

/** One entry of a job's log. `body` is the JSON text of the payload, encoded once. */
export interface LogEntry {
  readonly type: EntryType;
  readonly body: string;
}

/** `count` entries of `job`, from log index `firstIndex`, bear the numbers from `firstSeq` in a session. */
export interface Run {
  readonly firstSeq: number;
  readonly job: JobId;
  readonly firstIndex: number;
  readonly count: number;
}

/** A session, a job or an entry of the ledger as its owner keeps it: opaque to the store but for its key. Plain JSON data. */
export interface StoredRecord<Id extends string> {
  readonly id: Id;
  readonly [field: string]: unknown;
}

export type Write =
  | { readonly op: "session.put"; readonly session: StoredRecord<SessionId> }
  | { readonly op: "session.delete"; readonly id: SessionId }
  | { readonly op: "job.put"; readonly job: StoredRecord<JobId> }
  | { readonly op: "job.delete"; readonly id: JobId }
  | {
      readonly op: "log.append";
      readonly job: JobId;
      /** Log index of the first entry; must be the log's present length. */
      readonly first: number;
      readonly entries: readonly LogEntry[];
    }
  | { readonly op: "run.append"; readonly session: SessionId; readonly run: Run }
  /** Drops the session's runs that end below this number, but for its newest: the next number is known by that one. */
  | { readonly op: "run.drop"; readonly session: SessionId; readonly below: number }
  /** What has to be revoked in somebody else's house; it outlives the job that it was issued for (§9.8.2). */
  | { readonly op: "ledger.put"; readonly entry: StoredRecord<string> }
  | { readonly op: "ledger.delete"; readonly id: string };

/** What a store holds, as a runtime needs it to go on. */
export interface Loaded {
  /** In the order in which each was first put. */
  readonly sessions: readonly StoredRecord<SessionId>[];
  /** In the order in which each was first put. */
  readonly jobs: readonly StoredRecord<JobId>[];
  /** In the order in which each was first put. */
  readonly ledger: readonly StoredRecord<string>[];
  /** How long the log of each job is, and how much it takes, in bytes or so; records may be older than their logs. */
  readonly logs: readonly {
    readonly job: JobId;
    readonly length: number;
    readonly size: number;
  }[];
  /**
   * For each session and each job that it has numbered: the first number that is still there, the last entry, and the
   * number of that; in any order.
   */
  readonly numbers: readonly {
    readonly session: SessionId;
    readonly job: JobId;
    readonly firstSeq: number;
    readonly lastIndex: number;
    readonly lastSeq: number;
  }[];
}

/** Where jobs, their logs and sessions are kept. `stores/contract.ts` says what is expected of one. */
export interface Store {
  /** Whether what was committed is there after the process has ended. */
  readonly durable: boolean;
  /**
   * Makes the whole batch durable, or none of it. Batches are committed in the order of the calls.
   * Rejects, with nothing changed, for a record that is not JSON, a log append to an unknown job or
   * at another index than the log's length, and a run of an unknown session or job or one that does
   * not continue the session's numbering. Each write sees the ones before it in its batch. Deleting or dropping
   * what is not there is allowed; deleting a job drops its log, deleting a session drops its runs.
   */
  commit(batch: readonly Write[]): Promise<void>;
  /**
   * At most `count` entries of a job's log from `from` on, and none after the one with which their bodies have `size`
   * UTF-16 units (no bound by default); fewer at the log's end, none for an unknown job.
   */
  readLog(job: JobId, from: number, count: number, size?: number): Promise<readonly LogEntry[]>;
  /**
   * A session's runs, in order, that hold a number above `afterSeq`; at most `limit`. Runs that
   * continue each other (same job, next index) may come joined into one.
   */
  readRuns(session: SessionId, afterSeq: number, limit: number): Promise<readonly Run[]>;
  /** All that is there but the logs themselves, for the start. */
  load(): Promise<Loaded>;
  /** Ends the store after the commits that were called before. Later use rejects; closing twice is fine. */
  close(): Promise<void>;
}
