import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobId, SessionId } from "../../generated/current/index.js";
import { describeStore } from "./contract.js";
import type { LogEntry, Store, Write } from "./port.js";
import { StoreError, sqlite } from "./sqlite.js";
import { loadDriver } from "./sqlite/driver.js";
import { packed } from "./sqlite/packed.js";
import type { Driver, Statement } from "./sqlite/driver.js";
import { openForReading, openForWriting } from "./sqlite/open.js";

let folder: string;
let made = 0;
const files = new WeakMap<object, string>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "arcp-sqlite-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const newPath = () => join(folder, `${(made += 1)}.db`);

function open(path = newPath()): Store & { readonly path: string } {
  const store = sqlite(path);
  files.set(store, path);
  return Object.assign(store, { path });
}

describeStore("sqlite", {
  make: () => open(),
  reopen: (store) => open(files.get(store) as string),
});

const j = "j" as JobId;
const s = "s" as SessionId;
const entry = (body: string): LogEntry => ({ type: "job.event", body });
const append = (first: number, ...bodies: string[]): Write => ({
  op: "log.append",
  job: j,
  first,
  entries: bodies.map(entry),
});
const BEGIN: readonly Write[] = [
  { op: "job.put", job: { id: j, text: "the record of a job" } },
  { op: "session.put", session: { id: s, text: "the record of a session" } },
];

/** A closed file with a job, a session, a log and its numbering. */
async function stored(bodies: readonly string[] = ['{"n":0}', '{"n":1}']): Promise<string> {
  const store = open();
  await store.commit([
    ...BEGIN,
    append(0, ...bodies),
    { op: "run.append", session: s, run: { firstSeq: 1, job: j, firstIndex: 0, count: 2 } },
    { op: "ledger.put", entry: { id: "g", text: "an entry of the ledger" } },
  ]);
  await store.close();
  return store.path;
}

async function failure(action: Promise<unknown>): Promise<StoreError> {
  const error: unknown = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!StoreError.is(error)) throw new Error("it did not fail as a store", { cause: error });
  return error;
}

/** Everything that can be read of a file, as text, or the failure that reading it came to. */
async function everything(path: string): Promise<string> {
  const store = sqlite(path, { readOnly: true });
  try {
    return JSON.stringify([
      await store.load(),
      await store.readLog(j, 0, 10),
      await store.readRuns(s, 0, 10),
    ]);
  } catch (error) {
    if (StoreError.is(error)) return error.code;
    throw error;
  } finally {
    await store.close();
  }
}

describe("the file of a store", () => {
  it("SEC is for its user alone", async () => {
    const { path, ...store } = open();
    await sqlite(path)
      .load()
      .catch(() => undefined);
    await store.close?.();
    for (const name of ["", "-lock"]) expect(statSync(path + name).mode & 0o777).toBe(0o600);
  });

  it("is open in one store at a time, and the other is told so", async () => {
    const first = open();
    await first.commit(BEGIN);
    const second = sqlite(first.path);
    const { code, message } = await failure(second.load());
    expect(code).toBe("IN_USE");
    expect(message).toContain("one process at a time");
    await second.close();
    await first.commit([append(0, "{}")]);
    await first.close();
    expect((await open(first.path).load()).jobs).toHaveLength(1);
  });

  it("can be read while it is written, and only read", async () => {
    const store = open();
    await store.commit([...BEGIN, append(0, '{"n":0}')]);
    const reader = sqlite(store.path, { readOnly: true });
    expect(await reader.readLog(j, 0, 10)).toEqual([entry('{"n":0}')]);
    await store.commit([append(1, '{"n":1}')]);
    expect(await reader.readLog(j, 0, 10)).toHaveLength(2);
    expect((await failure(reader.commit([append(2, "{}")]))).code).toBe("READ_ONLY");
    await reader.close();
    await store.close();
  });

  it("is open in one store at a time by whichever name", async () => {
    const first = open();
    await first.commit(BEGIN);
    const link = newPath();
    symlinkSync(first.path, link);
    const second = sqlite(link);
    expect((await failure(second.load())).code).toBe("IN_USE");
    await second.close();
    await first.close();
    const nowhere = newPath();
    symlinkSync(newPath(), nowhere);
    const { code, message } = await failure(sqlite(nowhere).load());
    expect([code, message]).toEqual(["MISSING", expect.stringContaining(nowhere)]);
  });

  it("is read as of one moment, whatever is written between two statements", async () => {
    const driver = await loadDriver();
    const path = newPath();
    const writer = openForWriting(driver, path);
    writer.commit(packed(BEGIN));
    let entries = 0;
    const more = (): void => {
      const run = { firstSeq: entries + 1, job: j, firstIndex: entries, count: 1 };
      writer.commit(packed([append(entries, "{}"), { op: "run.append", session: s, run }]));
      entries += 1;
    };
    const interrupted: Driver = {
      ...driver,
      open(...args) {
        const db = driver.open(...args);
        const prepare = (sql: string): Statement => {
          const statement = db.prepare(sql);
          const all: Statement["all"] = (...values) => {
            const rows = statement.all(...values);
            more();
            return rows;
          };
          return { all, get: (...v) => statement.get(...v), run: (...v) => statement.run(...v) };
        };
        return { exec: (sql) => db.exec(sql), close: () => db.close(), prepare };
      },
    };
    more();
    const reader = openForReading(interrupted, path);
    const { logs, numbers } = reader.load();
    expect(numbers[0]?.lastIndex).toBe(logs[0]!.length - 1);
    let before = entries;
    expect(reader.readLog(j, 0, 100)).toHaveLength(before);
    before = entries;
    expect(reader.readRuns(s, 0, 100)).toMatchObject([{ firstSeq: 1, count: before }]);
    reader.close();
    writer.close();
  });

  it("is not made by reading", async () => {
    const { code, message } = await failure(sqlite(newPath(), { readOnly: true }).load());
    expect(code).toBe("MISSING");
    expect(message).toContain("no such file");
  });

  it("is not made in a folder that is not there, and the path is said", async () => {
    const path = join(folder, "nowhere", "a.db");
    const { code, message } = await failure(sqlite(path).commit(BEGIN));
    expect(code).toBe("MISSING");
    expect(message).toContain(path);
  });

  it("is left alone if it is something else", async () => {
    const path = newPath();
    writeFileSync(path, "this is no database, it is a text of some length".repeat(100));
    const before = readFileSync(path);
    expect((await failure(sqlite(path).load())).code).toBe("FOREIGN");
    expect(readFileSync(path)).toEqual(before);
  });

  it("is left alone if another program has made it, or a later release", async () => {
    const driver = await loadDriver();
    for (const [sql, says] of [
      ["CREATE TABLE notes (text)", "another program"],
      ["PRAGMA application_id = 0x61726370; PRAGMA user_version = 999", "later release"],
    ] as const) {
      const path = newPath();
      const db = driver.open(path);
      db.exec(sql);
      db.close();
      const before = readFileSync(path);
      const { code, message } = await failure(sqlite(path).load());
      expect([code, message]).toEqual(["FOREIGN", expect.stringContaining(says)]);
      expect(readFileSync(path)).toEqual(before);
    }
  });

  it("of a release before the ledger is read as it is, and brought up to date by whoever writes it", async () => {
    const driver = await loadDriver();
    const path = await stored();
    const db = driver.open(path);
    db.exec("DROP TABLE ledger; PRAGMA user_version = 1");
    db.close();
    const right = await everything(path);
    expect(right).toContain("the record of a job");
    const store = open(path);
    await store.commit([{ op: "ledger.put", entry: { id: "g" } }]);
    expect(await store.load()).toMatchObject({ jobs: [{ id: j }], ledger: [{ id: "g" }] });
    await store.close();
  });

  const fill = (from: number, to: number) => (bytes: Buffer) => bytes.fill(0, from, to);
  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ["16 bytes", fill(0, 16), "not a database"],
    ["the header", fill(0, 100), "not a database"],
    ["the first page", fill(0, 4096), "not a database"],
    ["everything", (bytes) => bytes.fill(0), "not a database"],
    ["the version", fill(60, 64), "was overwritten"],
    ["what marks it as a store", fill(60, 72), "was overwritten"],
    ["all but a byte", (bytes) => bytes.subarray(0, 1), "was overwritten"],
    ["the first page, by that of an empty database", (bytes) => emptied(bytes), "was overwritten"],
  ])("never opens as empty after losing %s, and stays as it is", async (_what, damage, says) => {
    const path = await stored();
    writeFileSync(path, damage(readFileSync(path)));
    const before = readFileSync(path);
    for (const readOnly of [true, false]) {
      const store = sqlite(path, { readOnly });
      const { code, message } = await failure(store.load());
      expect(["FOREIGN", "DAMAGED"]).toContain(code);
      for (const text of [path, says, "restore it from a copy"]) expect(message).toContain(text);
      await store.close();
    }
    expect(readFileSync(path)).toEqual(before);
  });

  /** As if another database's first page had been written over that of a store. */
  function emptied(bytes: Buffer): Buffer {
    bytes.fill(0, 52, 72); // no vacuum, version, mark
    bytes.fill(0, 100, 4096); // no table
    bytes[100] = 0x0d;
    bytes.writeUInt16BE(4096, 105);
    return bytes;
  }

  it("never throws away the log of a file that became empty", async () => {
    const store = open();
    await store.commit(BEGIN);
    const log = readFileSync(`${store.path}-wal`);
    await store.close();
    writeFileSync(store.path, "");
    writeFileSync(`${store.path}-wal`, log);
    for (const readOnly of [true, false]) {
      const again = sqlite(store.path, { readOnly });
      const { code, message } = await failure(again.load());
      expect([code, message]).toEqual(["DAMAGED", expect.stringContaining("-wal belongs to it")]);
      await again.close();
    }
    expect(readFileSync(`${store.path}-wal`)).toEqual(log);
  });

  it("says that it cannot be written where it cannot", async () => {
    // A user who may write everywhere is refused by the kind of file instead.
    const path = process.getuid?.() === 0 ? "/proc/version" : await stored();
    if (process.getuid?.() !== 0) chmodSync(path, 0o400);
    const { code } = await failure(sqlite(path).commit(BEGIN));
    expect(["READ_ONLY", "MISSING", "FOREIGN", "IO"]).toContain(code);
  });

  it("is never served damaged: whichever bit flips, what is read is what was written or nothing", async () => {
    const path = await stored();
    const whole = readFileSync(path);
    const right = await everything(path);
    const copy = newPath();
    let found = 0;
    // Every byte that is not zero in the pages of the tables, one bit of each.
    const places = [...whole.keys()].filter((at) => whole[at] !== 0 && at % 3 === 0 && at > 100);
    const driver = await loadDriver();
    for (const at of places) {
      const bytes = Buffer.from(whole);
      bytes[at] = bytes[at]! ^ (1 << (at % 8));
      writeFileSync(copy, bytes);
      let text: string;
      try {
        const db = openForReading(driver, copy);
        text = JSON.stringify([db.load(), db.readLog(j, 0, 10), db.readRuns(s, 0, 10)]);
        db.close();
      } catch {
        found += 1;
        continue;
      }
      expect(text, `byte ${at}`).toBe(right);
    }
    expect(found).toBeGreaterThan(50);
  });

  it("gives back the space of what was deleted", async () => {
    const store = open();
    await store.commit(BEGIN);
    const body = "x".repeat(100_000);
    for (let i = 0; i < 400; i += 1) await store.commit([append(i, body)]);
    await store.commit([{ op: "job.delete", id: j }]);
    const { path } = store;
    await store.close();
    const full = statSync(path).size;
    expect(full).toBeGreaterThan(40_000_000);
    const again = sqlite(path);
    // Sweeping goes on between calls; a further commit is no more than its occasion.
    await expect
      .poll(
        async () => {
          await again.commit([{ op: "session.put", session: { id: s } }]);
          return statSync(path).size;
        },
        { timeout: 20_000 },
      )
      .toBeLessThan(8_000_000)
      .finally(() => again.close());
  });

  it("gives it back without waiting for a process that reads", async () => {
    const driver = await loadDriver();
    const path = newPath();
    // Whoever waited would wait for longer than this test may take.
    const patient: Driver = {
      ...driver,
      open: (file, options) => driver.open(file, { busyMs: 60_000, ...options }),
    };
    const writer = openForWriting(patient, path);
    writer.commit(packed(BEGIN));
    const body = "x".repeat(100_000);
    for (let i = 0; i < 100; i += 1) writer.commit(packed([append(i, body)]));
    const reader = driver.open(path, { readOnly: true });
    reader.exec("BEGIN");
    expect(reader.prepare("SELECT count(*) AS n FROM segments").get()).toEqual({ n: 100 });
    writer.commit(packed([{ op: "job.delete", id: j }]));
    while (writer.sweep());
    const full = statSync(path).size;
    reader.exec("ROLLBACK");
    reader.close();
    writer.commit(packed([{ op: "session.put", session: { id: s } }]));
    writer.close();
    expect(statSync(path).size).toBeLessThan(full / 2);
    expect(full).toBeGreaterThan(5_000_000);
  });

  it("deletes a short log with its job, and leaves nothing of it to be swept", async () => {
    const driver = await loadDriver();
    const path = newPath();
    const writer = openForWriting(driver, path);
    writer.commit(packed([...BEGIN, append(0, "a"), append(1, "b")]));
    writer.commit(packed([{ op: "job.delete", id: j }]));
    const reader = driver.open(path, { readOnly: true });
    for (const table of ["segments", "trash"])
      expect(reader.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 0 });
    reader.close();
    writer.close();
  });

  it("has what was committed after a crash of the process", async () => {
    const { spawnSync } = await import("node:child_process");
    const path = newPath();
    const program = fileURLToPath(new URL("sqlite/crash.test-helper.mjs", import.meta.url));
    const child = spawnSync(process.execPath, [program, path], { encoding: "utf8" });
    expect(child.signal, child.stderr).toBe("SIGKILL");
    const acknowledged = child.stdout.trim().split("\n").length;
    const store = open(path);
    const log = await store.readLog(j, 0, 100);
    expect(log.length).toBeGreaterThanOrEqual(acknowledged);
    expect(log.map(({ body }) => body)).toEqual(log.map((_, i) => String(i)));
    await store.close();
  });

  it("refuses what comes after its thread has ended, instead of waiting for ever", async () => {
    const store = open();
    await store.commit(BEGIN);
    const closing = store.close();
    await expect(store.readLog(j, 0, 1)).rejects.toThrow(/closed/);
    await closing;
  });
});
