import type { JobId } from "../../generated/current/index.js";
import type { LogEntry, Store, Write } from "../stores/port.js";

/** Entries that one commit adds to one job's log. */
export interface Segment {
  readonly op: "log.append";
  readonly job: JobId;
  readonly first: number;
  readonly entries: LogEntry[];
}

/** Numbers that one commit gives in one session. */
export type NumberedRun = Extract<Write, { readonly op: "run.append" }>;

/**
 * The group commit (laws 3 and 4). A turn only collects; at the flush the turn's entries become one
 * write for each job and one run for each session that receives it; what must not be seen before it is durable
 * waits in `after`. One commit is in flight while the next one collects, so the group adapts to the store.
 */
export interface Commits {
  write(write: Write): void;
  /** Adds an entry at `index` of a job's log. */
  append(job: JobId, index: number, entry: LogEntry): void;
  /** Runs once all that was written before is durable, in the order of the calls. */
  after(action: () => void): void;
  /** Resolves once all that was written before is durable; rejects when that can no longer be. */
  flushed(): Promise<void>;
  /** Resolves once all that was written before is on its way to the store, or can no longer be; what went before is durable then. */
  begun(): Promise<void>;
  /** Takes nothing more: what is written from now on is dropped, and nobody waits for it. */
  close(): void;
}

export interface CommitsOptions {
  readonly store: Store;
  /** Runs a function after the present turn; what the turn still adds joins the group. */
  readonly defer: (flush: () => void) => void;
  /** Numbers a segment for each session that receives it; adds the runs to `runs`. */
  readonly number: (segment: Segment, runs: NumberedRun[]) => void;
  /** What was collected is on its way to the store. */
  readonly begun: (segments: readonly Segment[]) => void;
  /** Called after `after` for what was made durable: deliver it. */
  readonly committed: (segments: readonly Segment[], runs: readonly NumberedRun[]) => void;
  /** The store refused a commit: nothing more may be sent. */
  readonly failed: (error: unknown) => void;
}

interface Batch {
  readonly writes: Write[];
  /** Where the record of a session or job stands in `writes`. */
  readonly puts: Map<string, number>;
  readonly segments: Map<JobId, Segment>;
  /** Told when the batch is on its way. */
  readonly begun: (() => void)[];
  readonly after: (() => void)[];
  /** Told when the batch cannot be made durable. */
  readonly lost: ((error: Error) => void)[];
}

export function createCommits(options: CommitsOptions): Commits {
  let open = newBatch();
  let scheduled = false;
  let inFlight = false;
  /** Why nothing more is committed. */
  let ended: Error | undefined;

  function schedule(): void {
    if (scheduled || inFlight || ended !== undefined) return;
    scheduled = true;
    options.defer(() => {
      scheduled = false;
      void flush();
    });
  }

  async function flush(): Promise<void> {
    const batch = open;
    open = newBatch();
    inFlight = true;
    try {
      const segments = [...batch.segments.values()];
      const runs: NumberedRun[] = [];
      for (const segment of segments) options.number(segment, runs);
      const writes = [...batch.writes, ...segments, ...runs];
      const stored = writes.length > 0 ? options.store.commit(writes) : undefined;
      options.begun(segments);
      for (const begun of batch.begun) begun();
      if (stored !== undefined) await stored;
      for (const action of batch.after) action();
      options.committed(segments, runs);
    } catch (error) {
      const cause = end(new Error("the store refused a commit", { cause: error }));
      for (const begun of batch.begun) begun();
      for (const lost of batch.lost) lost(cause);
      options.failed(error);
      return;
    } finally {
      inFlight = false;
    }
    if (!isEmpty(open)) schedule();
  }

  function end(error: Error): Error {
    ended ??= error;
    const waiting = open;
    open = newBatch();
    for (const begun of waiting.begun) begun();
    for (const lost of waiting.lost) lost(ended);
    return ended;
  }

  return {
    close: () => void end(new Error("the runtime is closed")),
    write(write) {
      if (ended !== undefined) return;
      collect(open, write);
      schedule();
    },
    append(job, index, entry) {
      if (ended !== undefined) return;
      const segment = open.segments.get(job);
      if (segment !== undefined) segment.entries.push(entry);
      else open.segments.set(job, { op: "log.append", job, first: index, entries: [entry] });
      schedule();
    },
    after(action) {
      if (ended !== undefined) return;
      open.after.push(action);
      schedule();
    },
    begun() {
      if (ended !== undefined) return Promise.resolve();
      return new Promise((resolve) => {
        open.begun.push(resolve);
        schedule();
      });
    },
    flushed() {
      if (ended !== undefined) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        open.after.push(resolve);
        open.lost.push(reject);
        schedule();
      });
    },
  };
}

function newBatch(): Batch {
  return { writes: [], puts: new Map(), segments: new Map(), begun: [], after: [], lost: [] };
}

/** A batch is all or nothing: of a record that changes several times in it, the last state is enough. */
function collect({ writes, puts }: Batch, write: Write): void {
  if (write.op === "job.put" || write.op === "session.put") {
    const { id } = write.op === "job.put" ? write.job : write.session;
    const at = puts.get(id) ?? writes.length;
    puts.set(id, at);
    writes[at] = write;
    return;
  }
  if (write.op === "job.delete" || write.op === "session.delete") puts.delete(write.id);
  writes.push(write);
}

function isEmpty(batch: Batch): boolean {
  const { writes, segments, begun, after } = batch;
  return writes.length === 0 && segments.size === 0 && begun.length === 0 && after.length === 0;
}
