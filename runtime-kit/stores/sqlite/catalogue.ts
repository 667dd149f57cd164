/**
 * Who is in a store's file: its jobs and sessions with their keys, read and checked as a whole when the file is
 * opened, and kept up with each commit. The file belongs to one process, so that nobody else changes it.
 */
import type { Loaded } from "../port.js";
import type { Connection } from "./driver.js";
import { damaged } from "./failure.js";
import { readLedger } from "./ledger.js";
import { checksum } from "./segment.js";

/** A job's key, and the length of its log. */
export interface JobEntry {
  readonly k: number;
  readonly length: number;
}

/** A session's key, its first number and its next one; both 0 while it has given none. */
export interface SessionEntry {
  readonly k: number;
  readonly firstSeq: number;
  readonly nextSeq: number;
  /** Its last row of numbering. */
  readonly last: NumberRow | undefined;
}

/** What a row of numbering says. */
export type NumberRow = Omit<RunRow, "k" | "crc">;

/** A row of numbering. */
export interface RunRow {
  readonly k: number;
  readonly session: number;
  readonly first_seq: number;
  readonly job: string;
  readonly first_index: number;
  readonly count: number;
  readonly crc: number;
}

/** What there is, by id. */
export interface Catalogue {
  readonly jobs: Map<string, JobEntry>;
  readonly sessions: Map<string, SessionEntry>;
  readonly loaded: Loaded;
}

interface RecordRow {
  readonly k: number;
  readonly id: string;
  readonly record: string;
  readonly crc: number;
  /** What the row says of its log or its numbering. */
  readonly said: number;
}

/** A session while its rows of numbering are read. */
interface Owner extends RecordRow {
  firstSeq: number;
  nextSeq: number;
  tail: NumberRow | undefined;
}

const RUNS_AT_ONCE = 10_000;

/** Reads who is there. Throws a `StoreError` (`DAMAGED`) for whatever is not as it was written. */
export function readCatalogue(db: Connection): Catalogue {
  const jobRows = recordsOf(db, "jobs", "length");
  const sessionRows = recordsOf(db, "sessions", "next_seq");
  const end = db.prepare(
    "SELECT first + count AS end FROM segments WHERE job = ? ORDER BY first DESC LIMIT 1",
  );
  const sizes = db.prepare(
    "SELECT coalesce(sum(coalesce(size, length(data))), 0) AS size FROM segments WHERE job = ?",
  );
  for (const { k, id, said } of jobRows) {
    const found = (end.get(k) as { readonly end: number } | undefined)?.end ?? 0;
    if (said !== found) throw damaged(`the log of ${id} has ${found} entries, not ${said}`);
  }
  const numbering = readNumbering(db, sessionRows);
  return {
    jobs: new Map(jobRows.map(({ k, id, said }) => [id, { k, length: said }])),
    sessions: numbering.sessions,
    loaded: {
      sessions: sessionRows.map(({ record }) => JSON.parse(record) as Loaded["sessions"][number]),
      jobs: jobRows.map(({ record }) => JSON.parse(record) as Loaded["jobs"][number]),
      ledger: readLedger(db),
      logs: jobRows.map(({ k, id, said }) => {
        const { size } = sizes.get(k) as { readonly size: number };
        return { job: id, length: said, size };
      }) as Loaded["logs"],
      numbers: numbering.numbers,
    },
  };
}

function recordsOf(db: Connection, table: Table, said: string): readonly RecordRow[] {
  const sql = `SELECT k, id, record, crc, ${said} AS said FROM ${table} ORDER BY k`;
  const rows = db.prepare(sql).all() as RecordRow[];
  for (const row of rows) {
    if (recordChecksum(table, row) !== row.crc) throw damaged(`the record of ${row.id}`);
  }
  return rows;
}

/** All runs, in order: each session's have to follow each other without a gap up to its next number. */
function readNumbering(db: Connection, rows: readonly RecordRow[]) {
  const owners = new Map<number, Owner>(
    rows.map((row) => [row.k, { ...row, firstSeq: 0, nextSeq: 0, tail: undefined }]),
  );
  const jobs = new Map<number, Map<string, { readonly firstSeq: number; last: RunRow }>>(
    rows.map(({ k }) => [k, new Map()]),
  );
  const page = db.prepare("SELECT * FROM runs WHERE k > ? ORDER BY k LIMIT ?");
  for (let after = 0, read = RUNS_AT_ONCE; read === RUNS_AT_ONCE;) {
    const runs = page.all(after, RUNS_AT_ONCE) as RunRow[];
    read = runs.length;
    after = runs.at(-1)?.k ?? after;
    for (const run of runs) {
      if (runChecksum(run) !== run.crc) throw damaged(`a row of numbering, at ${run.first_seq}`);
      const owner = owners.get(run.session);
      // What a deleted session left is only waiting to be swept.
      if (owner === undefined) continue;
      if (owner.nextSeq !== 0 && run.first_seq !== owner.nextSeq) {
        throw damaged(`the numbering of ${owner.id}, at ${run.first_seq}`);
      }
      if (owner.nextSeq === 0) owner.firstSeq = run.first_seq;
      owner.nextSeq = run.first_seq + run.count;
      owner.tail = run;
      const of = jobs.get(run.session);
      const known = of?.get(run.job);
      if (known === undefined) of?.set(run.job, { firstSeq: run.first_seq, last: run });
      else known.last = run;
    }
  }
  const sessions = new Map<string, SessionEntry>();
  const numbers = [];
  for (const { k, id, said, firstSeq, nextSeq, tail } of owners.values()) {
    // A number that was given must not be given again.
    if (said !== nextSeq)
      throw damaged(`the numbering of ${id} ends before ${nextSeq}, not ${said}`);
    sessions.set(id, { k, firstSeq, nextSeq, last: tail });
    for (const [job, { firstSeq: first, last }] of jobs.get(k) ?? []) {
      const lastIndex = last.first_index + last.count - 1;
      const lastSeq = last.first_seq + last.count - 1;
      numbers.push({ session: id, job, firstSeq: first, lastIndex, lastSeq });
    }
  }
  return { sessions, numbers: numbers as unknown as Loaded["numbers"] };
}

/** A table of records. */
export type Table = "jobs" | "sessions";

/** The checksum of a record and of whose it is. */
export function recordChecksum(
  table: Table,
  row: { readonly k: number; readonly id: string; readonly record: string },
): number {
  return checksum(`${table}:${row.k}:${row.id}`, row.record);
}

/** The checksum of a row of numbering. */
export function runChecksum(row: NumberRow): number {
  const { session, first_seq: firstSeq, job, first_index: firstIndex, count } = row;
  return checksum("run", `${session}:${firstSeq}:${job}:${firstIndex}:${count}`);
}
