/** What a store says, and what it has afterwards, when what it writes to fails. */
import { mkdtempSync, rmSync, writeSync } from "node:fs";
import type nodeFs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, vi } from "vitest";
import type { JobId, SessionId } from "../../generated/current/index.js";
import { describeFaults } from "./faults.test-helper.js";
import type { CommitFault, FaultyStore } from "./faults.test-helper.js";
import { memoryStore } from "./memory.js";
import type { Store } from "./port.js";
import type { Database } from "./sqlite/database.js";
import { loadDriver } from "./sqlite/driver.js";
import type { Connection, Driver } from "./sqlite/driver.js";
import { storeFailure } from "./sqlite/failure.js";
import { openForWriting } from "./sqlite/open.js";
import { packed } from "./sqlite/packed.js";

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof nodeFs>();
  return { ...fs, writeSync: vi.fn(fs.writeSync) };
});

let folder: string;
let made = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "arcp-faults-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describeFaults("memory", async () => faultyMemory(), {
  error: undefined,
  "executed but reported failed": undefined,
});

describeFaults("sqlite", faultySqlite, {
  error: "IO",
  "executed but reported failed": "IO",
  full: "FULL",
  busy: "IN_USE",
  "read-only": "READ_ONLY",
  ENOSPC: "FULL",
  EDQUOT: "FULL",
  EFBIG: "FULL",
  EIO: "IO",
  EROFS: "READ_ONLY",
});

/** What a write to a file says from now on, where the fault is one of the system's. */
function failWrites(fault: CommitFault): void {
  if (!/^E[A-Z]+$/.test(fault)) return;
  vi.mocked(writeSync).mockImplementation(() => {
    throw Object.assign(new Error(`${fault}: as the system says it, write`), {
      code: fault,
      syscall: "write",
    });
  });
}

/** Memory itself does not fail: what it is behind does. */
function faultyMemory(): FaultyStore {
  const inner = memoryStore();
  let fault: CommitFault | undefined;
  const store: Store = {
    ...readsOf(inner),
    async commit(batch) {
      if (fault !== "error") await inner.commit(batch);
      if (fault !== undefined) throw new Error("the disc reports an error");
    },
  };
  return {
    store,
    strike: (next) => (fault = next),
    heal: () => (fault = undefined),
    reopen: async () => store,
  };
}

function readsOf(inner: Store): Store {
  return {
    durable: inner.durable,
    commit: (batch) => inner.commit(batch),
    readLog: (...args) => inner.readLog(...args),
    readRuns: (...args) => inner.readRuns(...args),
    load: () => inner.load(),
    close: () => inner.close(),
  };
}

/** A file whose SQLite fails by itself wherever it can be brought to; otherwise as it would when the disc does. */
async function faultySqlite(): Promise<FaultyStore> {
  const path = join(folder, `${(made += 1)}.db`);
  const driver = await loadDriver();
  let fault: CommitFault | undefined;
  let connection: Connection | undefined;
  let other: Connection | undefined;

  const failing: Driver = {
    name: driver.name,
    open(name, options) {
      const db = driver.open(name, { ...options, busyMs: 20 });
      if (name === path) connection = db;
      const prepare: Connection["prepare"] = (sql) => {
        const statement = db.prepare(sql);
        if (sql !== "COMMIT") return statement;
        return {
          get: (...values) => statement.get(...values),
          all: (...values) => statement.all(...values),
          run(...values) {
            const executed = fault === "error" ? undefined : statement.run(...values);
            if (executed !== undefined && fault !== "executed but reported failed") return executed;
            throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
          },
        };
      };
      return { exec: (sql) => db.exec(sql), close: () => db.close(), prepare };
    },
  };

  let database = openForWriting(failing, path);
  let store = storeOn(database, path);
  return {
    get store() {
      return store;
    },
    path,
    strike(next) {
      fault = next;
      failWrites(next);
      if (next === "full") connection?.exec("PRAGMA max_page_count = 1");
      if (next === "read-only") connection?.exec("PRAGMA query_only = ON");
      if (next !== "busy") return;
      other = driver.open(path);
      other.exec("BEGIN IMMEDIATE");
    },
    heal() {
      fault = undefined;
      other?.close();
      other = undefined;
      vi.mocked(writeSync).mockReset();
      connection?.exec("PRAGMA max_page_count = 1073741823");
      connection?.exec("PRAGMA query_only = OFF");
    },
    async reopen() {
      await store.close();
      database = openForWriting(failing, path);
      store = storeOn(database, path);
      return store;
    },
  };
}

/** A database as a store, without its thread. */
function storeOn(database: Database, path: string): Store {
  async function call<T>(action: () => T): Promise<T> {
    try {
      return action();
    } catch (error) {
      throw storeFailure(path, error);
    }
  }
  return {
    durable: true,
    commit: (batch) => call(() => database.commit(packed(batch))),
    readLog: (job: JobId, from, count) => call(() => database.readLog(job, from, count)),
    readRuns: (session: SessionId, after, limit) =>
      call(() => database.readRuns(session, after, limit)),
    load: () => call(() => database.load()),
    close: () => call(() => database.close()),
  };
}
