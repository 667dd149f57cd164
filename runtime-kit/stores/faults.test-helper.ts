/**
 * The contract of a store whose disc fails, as tests: what is said then, and what is there afterwards. A store that
 * can fail in one of these ways is made to do so, as really as can be.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobId, SessionId } from "../../generated/current/index.js";
import { StoreError } from "./errors.js";
import type { StoreFailure } from "./errors.js";
import type { LogEntry, Store, Write } from "./port.js";

/** How a commit fails. */
export type CommitFault =
  | "error"
  | "executed but reported failed"
  | "full"
  | "busy"
  | "read-only"
  /** What the system says when a large piece is written to a file of its own. */
  | "ENOSPC"
  | "EDQUOT"
  | "EFBIG"
  | "EIO"
  | "EROFS";

/** A store that can be made to fail. */
export interface FaultyStore {
  readonly store: Store;
  /** The file, which every failure has to name; absent where there is none. */
  readonly path?: string;
  /** From now on commits fail, until `heal`. */
  strike(fault: CommitFault): void;
  heal(): void;
  /** Closes it, if it is open, and opens what is there anew. */
  reopen(): Promise<Store>;
}

const j = "j" as JobId;
const s = "s" as SessionId;

/** A batch that appends one entry of a job's log, numbers it, and says in the records how many there are. */
function entry(at: number, bytes: number): readonly Write[] {
  return [
    { op: "session.put", session: { id: s, entries: at + 1 } },
    { op: "job.put", job: { id: j, entries: at + 1 } },
    { op: "ledger.put", entry: { id: "g", entries: at + 1 } },
    { op: "log.append", job: j, first: at, entries: [event(at, bytes)] },
    { op: "run.append", session: s, run: { firstSeq: at + 1, job: j, firstIndex: at, count: 1 } },
  ];
}

/** Long, so that a disc that is full has no room for it. */
const LONG = 20_000;
/** For a file of its own, where a store makes such. */
const LARGE = 140_000;

function event(at: number, bytes: number): LogEntry {
  return { type: "job.event", body: JSON.stringify({ at, text: "x".repeat(bytes) }) };
}

/** How many entries are there; throws where record, log and numbering do not agree. */
async function entriesIn(store: Store, bytes: number): Promise<number> {
  const { jobs, sessions, ledger, logs, numbers } = await store.load();
  const length = logs[0]?.length ?? 0;
  expect(jobs).toEqual(length === 0 ? [] : [{ id: j, entries: length }]);
  expect(sessions).toEqual(length === 0 ? [] : [{ id: s, entries: length }]);
  expect(ledger).toEqual(length === 0 ? [] : [{ id: "g", entries: length }]);
  expect(numbers.map(({ lastSeq }) => lastSeq)).toEqual(length === 0 ? [] : [length]);
  const log = await store.readLog(j, 0, 1_000);
  expect(log).toEqual(Array.from({ length }, (_, at) => event(at, bytes)));
  const runs = await store.readRuns(s, 0, 1_000);
  expect(runs.reduce((sum, { count }) => sum + count, 0)).toBe(length);
  return length;
}

/** Declares the tests, for the faults that the store can have and what it calls each. */
export function describeFaults(
  name: string,
  make: () => Promise<FaultyStore>,
  faults: Readonly<Partial<Record<CommitFault, StoreFailure | undefined>>>,
): void {
  describe.each(Object.entries(faults) as [CommitFault, StoreFailure | undefined][])(
    `faulty store: ${name}: %s`,
    (fault, code) => {
      const bytes = /^E[A-Z]+$/.test(fault) ? LARGE : LONG;
      let faulty: FaultyStore;
      beforeEach(async () => {
        faulty = await make();
        await faulty.store.commit(entry(0, bytes));
      });
      afterEach(async () => {
        faulty.heal();
        await faulty.store.close();
      });

      it("is told, with the file and what to do, and never as a success", async () => {
        faulty.strike(fault);
        const errors = await Promise.all(
          [entry(1, bytes), entry(2, bytes)].map((batch) =>
            faulty.store.commit(batch).then(
              () => undefined,
              (error: unknown) => error,
            ),
          ),
        );
        expect(errors[0]).toBeInstanceOf(Error);
        if (code === undefined) return;
        expect(StoreError.is(errors[0], code), String(errors[0])).toBe(true);
        const { message } = errors[0] as StoreError;
        expect(message).toContain(faulty.path);
        expect(message).toMatch(/start again|for writing\?/);
      });

      it("leaves the batch whole or not at all, and all before it", async () => {
        faulty.strike(fault);
        await expect(faulty.store.commit(entry(1, bytes))).rejects.toThrow();
        faulty.heal();
        const executed = fault === "executed but reported failed";
        expect(await entriesIn(faulty.store, bytes)).toBe(executed ? 2 : 1);
        expect(await entriesIn(await faulty.reopen(), bytes)).toBe(executed ? 2 : 1);
      });

      it("goes on from what is there once it is over, and not from what was hoped for", async () => {
        faulty.strike(fault);
        await expect(faulty.store.commit(entry(1, bytes))).rejects.toThrow();
        faulty.heal();
        const length = await entriesIn(faulty.store, bytes);
        await expect(faulty.store.commit(entry(length + 1, bytes))).rejects.toThrow(/j/);
        await faulty.store.commit(entry(length, bytes));
        expect(await entriesIn(faulty.store, bytes)).toBe(length + 1);
        expect(await entriesIn(await faulty.reopen(), bytes)).toBe(length + 1);
      });
    },
  );
}
