/** A store in memory: everything the contract asks for but durability. */
import type { JobId, SessionId } from "../../generated/current/index.js";
import type { EntryType, LogEntry, Run, Store, StoredRecord, Write } from "./port.js";

/** A job's record and its log, the log in two columns. */
interface JobRow {
  record: string;
  types: EntryType[];
  bodies: string[];
}

/** The columns of a log in which nothing is yet. */
const NONE: never[] = [];

interface RunRow {
  readonly firstSeq: number;
  readonly job: JobId;
  readonly firstIndex: number;
  count: number;
}

/** A session's record and its numbering. `nextSeq` is 0 while no number was given. */
interface SessionRow {
  record: string;
  readonly runs: RunRow[];
  nextSeq: number;
}

/**
 * A store that forgets everything with the process. A commit costs what its writes cost, whatever the
 * store holds; records are kept as JSON text, so that nothing the caller still holds is shared.
 */
export function memoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly durable = false;
  readonly #sessions = new Map<SessionId, SessionRow>();
  readonly #jobs = new Map<JobId, JobRow>();
  readonly #ledger = new Map<string, { readonly record: string }>();
  #closed = false;

  async commit(batch: readonly Write[]): Promise<void> {
    this.#mustBeOpen();
    const records = this.#check(batch);
    batch.forEach((write, i) => this.#apply(write, records[i]));
  }

  async readLog(
    job: JobId,
    from: number,
    count: number,
    size = Infinity,
  ): Promise<readonly LogEntry[]> {
    this.#mustBeOpen();
    const row = this.#jobs.get(job);
    if (row === undefined) return [];
    const entries: LogEntry[] = [];
    const end = Math.min(from + count, row.bodies.length);
    let left = size;
    for (let i = Math.max(from, 0); i < end && left > 0; i += 1) {
      const body = row.bodies[i] as string;
      entries.push({ type: row.types[i] as EntryType, body });
      left -= body.length;
    }
    return entries;
  }

  async readRuns(session: SessionId, afterSeq: number, limit: number): Promise<readonly Run[]> {
    this.#mustBeOpen();
    const runs = this.#sessions.get(session)?.runs ?? [];
    const first = firstAbove(runs, afterSeq);
    return runs.slice(first, first + Math.max(limit, 0)).map((run) => ({ ...run }));
  }

  async load(): ReturnType<Store["load"]> {
    this.#mustBeOpen();
    const numbers = [...this.#sessions].flatMap(([session, { runs }]) => {
      const last = new Map(runs.map((run) => [run.job, run]));
      const first = new Map(runs.toReversed().map((run) => [run.job, run.firstSeq]));
      return Array.from(last, ([job, { firstSeq, firstIndex, count }]) => ({
        session,
        job,
        firstSeq: first.get(job) as number,
        lastIndex: firstIndex + count - 1,
        lastSeq: firstSeq + count - 1,
      }));
    });
    return {
      sessions: parsed(this.#sessions.values()),
      jobs: parsed(this.#jobs.values()),
      ledger: parsed(this.#ledger.values()),
      logs: Array.from(this.#jobs, ([job, { bodies }]) => ({
        job,
        length: bodies.length,
        size: bodies.reduce((sum, body) => sum + body.length, 0),
      })),
      numbers,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#sessions.clear();
    this.#jobs.clear();
    this.#ledger.clear();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error("the store is closed");
  }

  /**
   * Throws if a write of the batch would be wrong after those before it; changes nothing. Gives the JSON
   * text of each record in the batch, at the place of its write.
   */
  #check(batch: readonly Write[]): (string | undefined)[] {
    // What the batch has changed so far: the length of a job's log, the next number of a session
    // (0: any), undefined for what is deleted.
    const lengths = new Map<JobId, number | undefined>();
    const numbers = new Map<SessionId, number | undefined>();
    const length = (id: JobId) =>
      lengths.has(id) ? lengths.get(id) : this.#jobs.get(id)?.bodies.length;
    const next = (id: SessionId) =>
      numbers.has(id) ? numbers.get(id) : this.#sessions.get(id)?.nextSeq;
    return batch.map((write, i) => {
      const wrong = (what: string) => new Error(`write ${i} (${write.op}) of the batch: ${what}`);
      switch (write.op) {
        case "session.put":
          numbers.set(write.session.id, next(write.session.id) ?? 0);
          return jsonText(write.session, wrong);
        case "session.delete":
          numbers.set(write.id, undefined);
          return undefined;
        case "job.put":
          lengths.set(write.job.id, length(write.job.id) ?? 0);
          return jsonText(write.job, wrong);
        case "job.delete":
          lengths.set(write.id, undefined);
          return undefined;
        case "log.append": {
          const at = length(write.job);
          if (at === undefined) throw wrong(`there is no job ${write.job}`);
          if (write.first !== at) {
            throw wrong(`the log of ${write.job} has ${at} entries, not ${write.first}`);
          }
          lengths.set(write.job, at + write.entries.length);
          return undefined;
        }
        case "run.append": {
          const { firstSeq, job, count } = write.run;
          const at = next(write.session);
          if (at === undefined) throw wrong(`there is no session ${write.session}`);
          if (length(job) === undefined) throw wrong(`there is no job ${job}`);
          if (!(count >= 1)) throw wrong(`a run has at least one entry, not ${count}`);
          if (at !== 0 && firstSeq !== at) {
            throw wrong(`the next number of ${write.session} is ${at}, not ${firstSeq}`);
          }
          numbers.set(write.session, firstSeq + count);
          return undefined;
        }
        case "ledger.put":
          return jsonText(write.entry, wrong);
        case "run.drop":
        case "ledger.delete":
          return undefined;
      }
    });
  }

  /** Carries out a write that was checked. */
  #apply(write: Write, record = ""): void {
    switch (write.op) {
      case "session.put": {
        const row = this.#sessions.get(write.session.id);
        if (row !== undefined) row.record = record;
        else this.#sessions.set(write.session.id, { record, runs: [], nextSeq: 0 });
        return;
      }
      case "session.delete":
        this.#sessions.delete(write.id);
        return;
      case "job.put": {
        const row = this.#jobs.get(write.job.id);
        if (row !== undefined) row.record = record;
        else this.#jobs.set(write.job.id, { record, types: NONE, bodies: NONE });
        return;
      }
      case "job.delete":
        this.#jobs.delete(write.id);
        return;
      case "log.append": {
        const row = this.#jobs.get(write.job) as JobRow;
        if (row.bodies.length === 0) {
          // Most logs are short: what is made at once has the length that it needs.
          row.types = write.entries.map(({ type }) => type);
          row.bodies = write.entries.map(({ body }) => body);
          return;
        }
        for (const { type, body } of write.entries) {
          row.types.push(type);
          row.bodies.push(body);
        }
        return;
      }
      case "run.append":
        addRun(this.#sessions.get(write.session) as SessionRow, write.run);
        return;
      case "run.drop": {
        const runs = this.#sessions.get(write.session)?.runs ?? [];
        runs.splice(0, Math.min(firstAbove(runs, write.below - 1), runs.length - 1));
        return;
      }
      case "ledger.put":
        this.#ledger.set(write.entry.id, { record });
        return;
      case "ledger.delete":
        this.#ledger.delete(write.id);
    }
  }
}

function parsed<Id extends string>(
  rows: Iterable<{ readonly record: string }>,
): StoredRecord<Id>[] {
  return Array.from(rows, ({ record }) => JSON.parse(record) as StoredRecord<Id>);
}

/** The record as JSON. Thrown before anything is changed if it has none. */
function jsonText(record: StoredRecord<string>, wrong: (what: string) => Error): string {
  try {
    return JSON.stringify(record);
  } catch (cause) {
    throw Object.assign(wrong(`record ${record.id} is not JSON`), { cause });
  }
}

/** A run that continues the last one becomes part of it: a job alone in its session needs one row. */
function addRun(row: SessionRow, { firstSeq, job, firstIndex, count }: Run): void {
  const last = row.runs.at(-1);
  if (last !== undefined && last.job === job && last.firstIndex + last.count === firstIndex) {
    last.count += count;
  } else {
    row.runs.push({ firstSeq, job, firstIndex, count });
  }
  row.nextSeq = firstSeq + count;
}

/** The index of the first run that holds a number above `afterSeq`, by bisection. */
function firstAbove(runs: readonly RunRow[], afterSeq: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const run = runs[middle] as RunRow;
    if (run.firstSeq + run.count - 1 > afterSeq) high = middle;
    else low = middle + 1;
  }
  return low;
}
