/**
 * The contract of a store as tests. A new store is one file and one call of `describeStore`.
 *
 * Longer than most files: it is one list, in the order of the port, and is read like one.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobId, SessionId } from "../../generated/current/index.js";
import type { LogEntry, Run, Store, Write } from "./port.js";

/** How a store is made for a test. */
export interface StoreFactory {
  /** An empty store. */
  make(): Promise<Store> | Store;
  /** Opens again what `store`, closed by now, had stored. Leave out for a store that forgets. */
  reopen?(store: Store): Promise<Store> | Store;
  /** Frees what the stores of one test left behind. */
  dispose?(): Promise<void> | void;
}

const job = (id: string, more: object = {}): Write => ({
  op: "job.put",
  job: { id: id as JobId, ...more },
});
const session = (id: string, more: object = {}): Write => ({
  op: "session.put",
  session: { id: id as SessionId, ...more },
});
const entries = (from: number, count: number): LogEntry[] =>
  Array.from({ length: count }, (_, i) => ({ type: "job.event", body: `{"n":${from + i}}` }));
const append = (id: string, first: number, count: number): Write => ({
  op: "log.append",
  job: id as JobId,
  first,
  entries: entries(first, count),
});
const run = (
  id: string,
  firstSeq: number,
  of: string,
  firstIndex: number,
  count: number,
): Write => ({
  op: "run.append",
  session: id as SessionId,
  run: { firstSeq, job: of as JobId, firstIndex, count },
});

const owed = (id: string, more: object = {}): Write => ({
  op: "ledger.put",
  entry: { id, ...more },
});
const paid = (id: string): Write => ({ op: "ledger.delete", id });

const drop = (id: string, below: number): Write => ({
  op: "run.drop",
  session: id as SessionId,
  below,
});

/** A store may count what it needs beside the entries. */
const SIZE: number = expect.any(Number);

/** What an empty store loads. */
const NOTHING = { sessions: [], jobs: [], ledger: [], logs: [], numbers: [] };

/** Runs as the numbering they stand for: stores may join runs that continue each other. */
function numbering(runs: readonly Run[]): [number, string, number][] {
  return runs.flatMap(({ firstSeq, job: of, firstIndex, count }) =>
    Array.from({ length: count }, (_, i): [number, string, number] => [
      firstSeq + i,
      of,
      firstIndex + i,
    ]),
  );
}

/** Declares the contract's tests for one kind of store. */
export function describeStore(name: string, factory: StoreFactory): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await factory.make();
    });
    afterEach(async () => {
      await store.close();
      await factory.dispose?.();
    });

    /** Everything that can be read of the jobs j1, j2 and the sessions s1, s2. */
    async function everything(from: Store = store): Promise<unknown> {
      const jobs = ["j1", "j2"] as JobId[];
      const sessions = ["s1", "s2"] as SessionId[];
      return {
        ...(await from.load()),
        entries: await Promise.all(jobs.map((id) => from.readLog(id, 0, 1_000_000))),
        runs: (await Promise.all(sessions.map((id) => from.readRuns(id, 0, 1_000_000)))).map(
          numbering,
        ),
      };
    }

    it("begins empty, and knows nothing of unknown names", async () => {
      expect(await store.load()).toEqual(NOTHING);
      expect(await store.readLog("j1" as JobId, 0, 10)).toEqual([]);
      expect(await store.readRuns("s1" as SessionId, 0, 10)).toEqual([]);
    });

    it("accepts a batch without writes", async () => {
      await store.commit([]);
      expect(await store.load()).toEqual(NOTHING);
    });

    it("gives back a record with everything that JSON can say", async () => {
      const more = {
        text: 'é日\u{1f600}\u0000"\\',
        numbers: [0, -1.5, 1e300, Number.MAX_SAFE_INTEGER],
        nested: { a: [null, true, { b: {} }], __proto: 1 },
        empty: "",
      };
      await store.commit([session("s1", more), job("j1", more)]);
      const { sessions, jobs } = await store.load();
      expect(sessions).toEqual([{ id: "s1", ...more }]);
      expect(jobs).toEqual([{ id: "j1", ...more }]);
    });

    it("replaces a record that is put again, whole, with its log and runs kept", async () => {
      await store.commit([job("j1", { old: 1 }), session("s1", { old: 1 })]);
      await store.commit([append("j1", 0, 2), run("s1", 1, "j1", 0, 2)]);
      await store.commit([job("j1", { fresh: 2 }), session("s1", { fresh: 2 })]);
      expect(await store.load()).toEqual({
        ...NOTHING,
        sessions: [{ id: "s1", fresh: 2 }],
        jobs: [{ id: "j1", fresh: 2 }],
        logs: [{ job: "j1", length: 2, size: SIZE }],
        numbers: [{ session: "s1", job: "j1", firstSeq: 1, lastIndex: 1, lastSeq: 2 }],
      });
      expect(await store.readLog("j1" as JobId, 0, 10)).toEqual(entries(0, 2));
      expect(await store.readRuns("s1" as SessionId, 0, 10)).toHaveLength(1);
    });

    it("loads in the order in which each was first put", async () => {
      for (const id of ["c", "a", "b"]) await store.commit([session(id), job(id)]);
      await store.commit([session("c", { again: true }), job("c", { again: true })]);
      await store.commit([
        { op: "job.delete", id: "a" as JobId },
        { op: "session.delete", id: "a" as SessionId },
      ]);
      await store.commit([job("a"), session("a")]);
      const { sessions, jobs } = await store.load();
      expect(sessions.map(({ id }) => id)).toEqual(["c", "b", "a"]);
      expect(jobs.map(({ id }) => id)).toEqual(["c", "b", "a"]);
    });

    it("keeps a ledger of its own, in the order in which each entry was first put", async () => {
      const more = { handle: { of: ["é\u0000", 1.5, null] } };
      await store.commit([job("j1"), owed("c", { old: 1 }), owed("a", more), owed("j1")]);
      await store.commit([owed("c", { fresh: 2 }), paid("j1"), paid("nobody")]);
      await store.commit([{ op: "job.delete", id: "j1" as JobId }]);
      expect((await store.load()).ledger).toEqual([
        { id: "c", fresh: 2 },
        { id: "a", ...more },
      ]);
      await store.commit([owed("b"), paid("b"), paid("c"), owed("c", { again: true })]);
      expect((await store.load()).ledger.map(({ id }) => id)).toEqual(["a", "c"]);
    });

    it("shares nothing with what was given to it or what it gave", async () => {
      const record = { id: "j1" as JobId, list: [1] };
      const given = [...entries(0, 1)] as { type: "job.event"; body: string }[];
      const numbers = { firstSeq: 1, job: "j1" as JobId, firstIndex: 0, count: 1 };
      await store.commit([
        { op: "job.put", job: record },
        { op: "log.append", job: "j1" as JobId, first: 0, entries: given },
        session("s1"),
        { op: "run.append", session: "s1" as SessionId, run: numbers },
      ]);
      const before = structuredClone(await everything());
      record.list.push(2);
      Object.assign(given[0] as object, { body: "changed" });
      given.push(given[0] as (typeof given)[0]);
      numbers.count = 7;
      expect(await everything()).toEqual(before);

      const taken = await store.load();
      (taken.jobs[0] as unknown as { list: number[] }).list.push(3);
      (taken.jobs as unknown[]).pop();
      for (const list of [
        await store.readLog("j1" as JobId, 0, 10),
        await store.readRuns("s1" as SessionId, 0, 10),
      ]) {
        Object.assign(list[0] as object, { body: "changed", count: 9 });
        (list as unknown[]).pop();
      }
      expect(await everything()).toEqual(before);
    });

    it("gives what was read as it was, whatever is committed later", async () => {
      await store.commit([job("j1"), session("s1"), append("j1", 0, 1), run("s1", 1, "j1", 0, 1)]);
      const log = await store.readLog("j1" as JobId, 0, 10);
      const runs = await store.readRuns("s1" as SessionId, 0, 10);
      await store.commit([append("j1", 1, 1), run("s1", 2, "j1", 1, 1)]);
      expect(log).toEqual(entries(0, 1));
      expect(numbering(runs)).toEqual([[1, "j1", 0]]);
    });

    it("reads any window of a log", async () => {
      await store.commit([job("j1"), append("j1", 0, 4)]);
      await store.commit([append("j1", 4, 1), append("j1", 5, 5)]);
      for (const [from, count, first, length] of [
        [0, 10, 0, 10],
        [0, 3, 0, 3],
        [3, 4, 3, 4],
        [9, 1, 9, 1],
        [9, 5, 9, 1],
        [10, 5, 0, 0],
        [99, 5, 0, 0],
        [0, 0, 0, 0],
      ] as const) {
        expect(await store.readLog("j1" as JobId, from, count)).toEqual(entries(first, length));
      }
    });

    it("reads no further than with the entry with which a size is reached", async () => {
      const bodies = ["1", "22", "333", "", "4444"];
      const list = bodies.map((body): LogEntry => ({ type: "job.event", body }));
      const log = (first: number, some: readonly LogEntry[]): Write => ({
        op: "log.append",
        job: "j1" as JobId,
        first,
        entries: some,
      });
      await store.commit([job("j1"), log(0, list.slice(0, 2))]);
      await store.commit([log(2, list.slice(2))]);
      for (const [from, size, length] of [
        [0, 1, 1],
        [0, 2, 2],
        [0, 3, 2],
        [0, 4, 3],
        [0, 6, 3],
        [0, 7, 5],
        [4, 1, 1],
        [0, 1_000, 5],
      ] as const) {
        const read = await store.readLog("j1" as JobId, from, 10, size);
        expect(read.map(({ body }) => body)).toEqual(bodies.slice(from, from + length));
      }
      expect(await store.readLog("j1" as JobId, 0, 2, 1_000)).toHaveLength(2);
    });

    it("keeps type and text of each entry exactly", async () => {
      const list: LogEntry[] = [
        { type: "job.event", body: '{ "spaces" : 1.0, "text":"\u{1f600}\\ud800é\\u0000" }' },
        { type: "job.result", body: "x".repeat(300_000) },
        { type: "job.error", body: "" },
      ];
      await store.commit([
        job("j1"),
        { op: "log.append", job: "j1" as JobId, first: 0, entries: list },
      ]);
      expect(await store.readLog("j1" as JobId, 0, 10)).toEqual(list);
    });

    it("accepts an append without entries", async () => {
      await store.commit([job("j1"), append("j1", 0, 0), append("j1", 0, 1)]);
      expect(await store.readLog("j1" as JobId, 0, 10)).toEqual(entries(0, 1));
    });

    it("finds the runs above a number, also in the middle of one", async () => {
      await store.commit([session("s1"), job("j1"), job("j2")]);
      await store.commit([
        append("j1", 0, 30),
        append("j2", 0, 30),
        ...Array.from({ length: 20 }, (_, i) =>
          run("s1", 1 + 3 * i, i % 2 === 0 ? "j1" : "j2", 3 * Math.floor(i / 2), 3),
        ),
      ]);
      const all = numbering(await store.readRuns("s1" as SessionId, 0, 100));
      expect(all.map(([seq]) => seq)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
      for (let after = 0; after <= 61; after += 1) {
        const runs = await store.readRuns("s1" as SessionId, after, 100);
        const holding = Math.max(0, Math.ceil((60 - after) / 3));
        expect(runs).toHaveLength(holding);
        expect(numbering(runs)).toEqual(all.slice(60 - 3 * holding));
        expect(await store.readRuns("s1" as SessionId, after, 2)).toEqual(runs.slice(0, 2));
      }
      expect(await store.readRuns("s1" as SessionId, 0, 0)).toEqual([]);
    });

    it("numbers the same entries for many sessions, each in its own way", async () => {
      await store.commit([session("s1"), session("s2"), job("j1"), job("j2")]);
      await store.commit([append("j1", 0, 2), run("s1", 1, "j1", 0, 2)]);
      await store.commit([append("j2", 0, 1), run("s1", 3, "j2", 0, 1), run("s2", 1, "j2", 0, 1)]);
      await store.commit([append("j1", 2, 1), run("s2", 2, "j1", 2, 1), run("s1", 4, "j1", 2, 1)]);
      expect(numbering(await store.readRuns("s1" as SessionId, 0, 10))).toEqual([
        [1, "j1", 0],
        [2, "j1", 1],
        [3, "j2", 0],
        [4, "j1", 2],
      ]);
      expect(numbering(await store.readRuns("s2" as SessionId, 0, 10))).toEqual([
        [1, "j2", 0],
        [2, "j1", 2],
      ]);
    });

    it("tells the length and the size of each log, and the first and the last number that each session gave to each job", async () => {
      await store.commit([
        session("s1"),
        session("s2"),
        session("s3"),
        job("j1"),
        job("j2"),
        job("j3"),
      ]);
      await store.commit([
        append("j1", 0, 5),
        append("j2", 0, 3),
        run("s1", 1, "j1", 0, 2),
        run("s1", 3, "j2", 0, 3),
        run("s1", 6, "j1", 2, 1),
        run("s2", 10, "j2", 0, 1),
      ]);
      const { logs, numbers } = await store.load();
      expect(logs).toEqual([
        { job: "j1", length: 5, size: SIZE },
        { job: "j2", length: 3, size: SIZE },
        { job: "j3", length: 0, size: 0 },
      ]);
      const characters = entries(0, 5).reduce((sum, { body }) => sum + body.length, 0);
      expect(logs[0]!.size).toBeGreaterThanOrEqual(characters);
      expect(logs[0]!.size).toBeLessThan(characters + 100);
      expect(numbers.map((one) => Object.values(one).join()).sort()).toEqual([
        "s1,j1,1,2,6",
        "s1,j2,3,2,5",
        "s2,j2,10,0,10",
      ]);
    });

    it("keeps a gap between runs of one job apart", async () => {
      await store.commit([session("s1"), job("j1"), append("j1", 0, 9)]);
      await store.commit([run("s1", 1, "j1", 0, 2), run("s1", 3, "j1", 5, 2)]);
      expect(numbering(await store.readRuns("s1" as SessionId, 0, 10))).toEqual([
        [1, "j1", 0],
        [2, "j1", 1],
        [3, "j1", 5],
        [4, "j1", 6],
      ]);
    });

    it("accepts any first number of a session, and only the next one then", async () => {
      await store.commit([session("s1"), job("j1"), append("j1", 0, 2), run("s1", 41, "j1", 0, 1)]);
      await store.commit([run("s1", 42, "j1", 1, 1)]);
      expect(
        numbering(await store.readRuns("s1" as SessionId, 40, 10)).map(([seq]) => seq),
      ).toEqual([41, 42]);
    });

    it("drops a job's log with the job, and a session's runs with the session", async () => {
      await store.commit([session("s1"), job("j1"), append("j1", 0, 2), run("s1", 1, "j1", 0, 2)]);
      await store.commit([
        { op: "job.delete", id: "j1" as JobId },
        { op: "session.delete", id: "s1" as SessionId },
      ]);
      expect(await everything()).toEqual({ ...NOTHING, entries: [[], []], runs: [[], []] });
      await store.commit([job("j1"), session("s1")]);
      await store.commit([append("j1", 0, 1), run("s1", 1, "j1", 0, 1)]);
      expect(await store.readLog("j1" as JobId, 0, 10)).toEqual(entries(0, 1));
      expect(numbering(await store.readRuns("s1" as SessionId, 0, 10))).toEqual([[1, "j1", 0]]);
    });

    it("keeps the runs of a session whose job was deleted, and the log of a job whose session was", async () => {
      await store.commit([session("s1"), session("s2"), job("j1"), job("j2")]);
      await store.commit([append("j1", 0, 1), run("s1", 1, "j1", 0, 1), run("s2", 1, "j1", 0, 1)]);
      await store.commit([{ op: "session.delete", id: "s2" as SessionId }]);
      expect(await store.readLog("j1" as JobId, 0, 10)).toEqual(entries(0, 1));
      await store.commit([{ op: "job.delete", id: "j1" as JobId }]);
      expect(numbering(await store.readRuns("s1" as SessionId, 0, 10))).toEqual([[1, "j1", 0]]);
      await store.commit([append("j2", 0, 1), run("s1", 2, "j2", 0, 1)]);
      expect(await store.readRuns("s1" as SessionId, 1, 10)).toHaveLength(1);
    });

    it("drops the runs of a session that end below a number, and goes on where it was", async () => {
      await store.commit([session("s1"), session("s2"), job("j1"), job("j2")]);
      await store.commit([
        append("j1", 0, 9),
        append("j2", 0, 9),
        run("s1", 1, "j1", 0, 3),
        run("s1", 4, "j2", 0, 3),
        run("s1", 7, "j1", 3, 3),
        run("s2", 1, "j1", 0, 3),
        run("s2", 4, "j2", 0, 1),
      ]);
      const left = async (id: string) =>
        numbering(await store.readRuns(id as SessionId, 0, 100)).map(([seq]) => seq);
      await store.commit([drop("s1", 3)]);
      expect(await left("s1")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      // A run that reaches the number stays whole.
      await store.commit([{ op: "job.delete", id: "j2" as JobId }, drop("s1", 6)]);
      expect(await left("s1")).toEqual([4, 5, 6, 7, 8, 9]);
      expect(await left("s2")).toEqual([1, 2, 3, 4]);
      expect(await store.readRuns("s1" as SessionId, 6, 1)).toHaveLength(1);
      const { numbers } = await store.load();
      expect(numbers.map((one) => Object.values(one).join()).sort()).toEqual([
        "s1,j1,7,5,9",
        "s1,j2,4,2,6",
        "s2,j1,1,2,3",
        "s2,j2,4,0,4",
      ]);
      await store.commit([run("s1", 10, "j1", 6, 1), drop("s1", 7), drop("s1", 1)]);
      expect(await left("s1")).toEqual([7, 8, 9, 10]);
    });

    it("keeps a session's newest run, whatever is dropped, and so its next number", async () => {
      await store.commit([session("s1"), session("s2"), job("j1"), job("j2")]);
      await store.commit([append("j1", 0, 2), run("s1", 1, "j1", 0, 2), drop("s1", 99)]);
      expect(numbering(await store.readRuns("s1" as SessionId, 0, 10))).toHaveLength(2);
      await store.commit([append("j2", 0, 1), run("s1", 3, "j2", 0, 1), drop("s1", 99)]);
      await store.commit([drop("s2", 5), drop("nobody", 5)]);
      expect(numbering(await store.readRuns("s1" as SessionId, 0, 10))).toEqual([[3, "j2", 0]]);
      await expect(store.commit([run("s1", 3, "j1", 1, 1)])).rejects.toThrow(/s1/);
      await store.commit([append("j2", 1, 1), run("s1", 4, "j2", 1, 1)]);
      expect(numbering(await store.readRuns("s1" as SessionId, 0, 10))).toHaveLength(2);
    });

    it("allows to delete what is not there", async () => {
      await store.commit([
        { op: "job.delete", id: "j1" as JobId },
        { op: "session.delete", id: "s1" as SessionId },
      ]);
      expect(await store.load()).toEqual(NOTHING);
    });

    it("lets each write of a batch see the ones before it", async () => {
      await store.commit([
        job("j1"),
        append("j1", 0, 1),
        append("j1", 1, 2),
        session("s1"),
        run("s1", 1, "j1", 0, 1),
        run("s1", 2, "j1", 1, 2),
        { op: "job.delete", id: "j1" as JobId },
        job("j1", { second: true }),
        append("j1", 0, 1),
        run("s1", 4, "j1", 0, 1),
      ]);
      expect(await everything()).toEqual({
        ...NOTHING,
        sessions: [{ id: "s1" }],
        jobs: [{ id: "j1", second: true }],
        logs: [{ job: "j1", length: 1, size: SIZE }],
        numbers: [{ session: "s1", job: "j1", firstSeq: 1, lastIndex: 0, lastSeq: 4 }],
        entries: [entries(0, 1), []],
        runs: [
          [
            [1, "j1", 0],
            [2, "j1", 1],
            [3, "j1", 2],
            [4, "j1", 0],
          ],
          [],
        ],
      });
    });

    const cyclic: { id: JobId; self?: unknown } = { id: "j9" as JobId };
    cyclic.self = cyclic;
    const wrong: [string, Write, RegExp][] = [
      ["an append below the log's length", append("j1", 1, 1), /j1/],
      ["an append above the log's length", append("j1", 3, 1), /j1/],
      ["an append to an unknown job", append("nobody", 0, 1), /nobody/],
      ["an append to a job that the batch has deleted", append("j2", 0, 1), /j2/],
      ["a run of an unknown session", run("nobody", 1, "j1", 0, 1), /nobody/],
      ["a run of an unknown job", run("s1", 3, "nobody", 0, 1), /nobody/],
      ["a run of a job that the batch has deleted", run("s1", 3, "j2", 0, 1), /j2/],
      ["a run that leaves a gap", run("s1", 4, "j1", 0, 1), /s1/],
      ["a run that numbers twice", run("s1", 2, "j1", 0, 1), /s1/],
      ["a run that the batch has numbered already", run("s2", 1, "j1", 1, 1), /s2/],
      ["a run without entries", run("s1", 3, "j1", 0, 0), /run/],
      ["a record that is not JSON", { op: "job.put", job: cyclic }, /j9/],
      ["an entry of the ledger that is not JSON", { op: "ledger.put", entry: cyclic }, /j9/],
    ];
    it.each(wrong)(
      "changes nothing for a batch with %s, and says what is wrong",
      async (_, write, says) => {
        await store.commit([
          session("s1", { v: 1 }),
          job("j1", { v: 1 }),
          job("j2"),
          append("j1", 0, 2),
          run("s1", 1, "j1", 0, 2),
          owed("a", { v: 1 }),
          owed("b"),
        ]);
        const before = await everything();
        const batch: Write[] = [
          job("j3"),
          session("s2"),
          session("s1", { v: 2 }),
          job("j1", { v: 2 }),
          run("s2", 1, "j1", 0, 1),
          { op: "job.delete", id: "j2" as JobId },
          owed("a", { v: 2 }),
          paid("b"),
          write,
          append("j3", 0, 1),
        ];
        const refusal = await store.commit(batch).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(refusal).toBeInstanceOf(Error);
        expect((refusal as Error).message).toMatch(says);
        expect(await everything()).toEqual(before);
        await store.commit([append("j1", 2, 1), run("s1", 3, "j1", 2, 1)]);
      },
    );

    it("commits in the order of the calls, though nobody waits", async () => {
      await store.commit([job("j1"), session("s1")]);
      await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          store.commit([
            append("j1", 5 * i, 5),
            run("s1", 1 + 5 * i, "j1", 5 * i, 5),
            job("j1", { i }),
          ]),
        ),
      );
      expect(await store.readLog("j1" as JobId, 0, 2_000)).toEqual(entries(0, 1_000));
      expect((await store.load()).jobs).toEqual([{ id: "j1", i: 199 }]);
    });

    it("refuses one of many waiting batches alone", async () => {
      await store.commit([job("j1")]);
      const outcomes = await Promise.allSettled([
        store.commit([append("j1", 0, 2)]),
        store.commit([job("j1", { wrong: true }), append("j1", 7, 1)]),
        store.commit([append("j1", 2, 1)]),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(await store.readLog("j1" as JobId, 0, 10)).toEqual(entries(0, 3));
      expect((await store.load()).jobs).toEqual([{ id: "j1" }]);
    });

    it("shows a batch whole or not at all to a read beside it", async () => {
      await store.commit([job("j1"), job("j2")]);
      const committing = store.commit([append("j1", 0, 50), append("j2", 0, 50)]);
      const log = await store.readLog("j1" as JobId, 0, 100);
      expect([0, 50]).toContain(log.length);
      await committing;
      expect(await store.readLog("j1" as JobId, 0, 100)).toHaveLength(50);
      expect(await store.readLog("j2" as JobId, 0, 100)).toHaveLength(50);
    });

    it("refuses everything after it was closed, and may be closed twice", async () => {
      await store.commit([job("j1")]);
      await store.close();
      await store.close();
      await expect(store.commit([])).rejects.toThrow(/closed/);
      await expect(store.load()).rejects.toThrow(/closed/);
      await expect(store.readLog("j1" as JobId, 0, 1)).rejects.toThrow(/closed/);
      await expect(store.readRuns("s1" as SessionId, 0, 1)).rejects.toThrow(/closed/);
    });

    it("finishes the commits that were called before the close", async () => {
      const commits = [store.commit([job("j1")]), store.commit([append("j1", 0, 1)])];
      const closing = store.close();
      await Promise.all(commits);
      await closing;
    });

    const { reopen } = factory;
    if (reopen !== undefined) {
      it("has everything after it was opened again", async () => {
        await store.commit([
          job("j1", { v: 1 }),
          session("s1", { v: 1 }),
          job("j2"),
          session("s2"),
        ]);
        await store.commit([append("j1", 0, 3), run("s1", 1, "j1", 0, 3)]);
        await store.commit([{ op: "job.delete", id: "j2" as JobId }, job("j1", { v: 2 })]);
        await store.commit([job("j2"), append("j2", 0, 2), run("s2", 1, "j1", 0, 2)]);
        await store.commit([run("s2", 3, "j2", 0, 2), drop("s2", 3)]);
        await store.commit([owed("a", { v: 1 }), owed("b")]);
        await store.commit([owed("a", { v: 2 }), paid("b")]);
        const before = await everything();
        await store.close();
        store = await reopen(store);
        expect(await everything()).toEqual(before);
        await expect(store.commit([append("j1", 2, 1)])).rejects.toThrow(/j1/);
        await store.commit([append("j1", 3, 1), run("s1", 4, "j1", 3, 1)]);
        expect(await store.readLog("j1" as JobId, 0, 10)).toEqual(entries(0, 4));
      });
    }
  });
}
