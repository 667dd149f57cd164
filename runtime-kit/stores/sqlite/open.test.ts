import { linkSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobId } from "../../../generated/current/index.js";
import { sqlite } from "../sqlite.js";
import type { Database } from "./database.js";
import { loadDriver } from "./driver.js";
import type { Driver, Statement } from "./driver.js";
import { openForReading, openForWriting } from "./open.js";
import { packed } from "./packed.js";

const j = "j" as JobId;
let folder: string;
let driver: Driver;
let made = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "arcp-open-"));
  driver = await loadDriver();
});
afterAll(() => rmSync(folder, { recursive: true }));

const newPath = () => join(folder, `${(made += 1)}.db`);

/** A closed file with a job and its log. */
function stored(): string {
  const path = newPath();
  const db = openForWriting(driver, path);
  db.commit(
    packed([
      { op: "job.put", job: { id: j, text: "the record of a job" } },
      { op: "log.append", job: j, first: 0, entries: [{ type: "job.event", body: "{}" }] },
    ]),
  );
  db.close();
  return path;
}

function contentOf(db: Database): string {
  return JSON.stringify([db.load(), db.readLog(j, 0, 10)]);
}

describe("the file of a store, opened", () => {
  it.each<[unknown, string]>([
    [undefined, "not undefined"],
    [5, "not number"],
    [null, "not null"],
    [new URL("file:///tmp/a.db"), "fileURLToPath"],
    ["file:/tmp/a.db", "file:/tmp/a.db"],
    ["", "memoryStore()"],
    [":memory:", "memoryStore()"],
    ["a\0.db", "\\u0000"],
  ])("has a path, and nothing else is taken for one: %s", (path, says) => {
    expect(() => sqlite(path as string)).toThrow(TypeError);
    expect(() => sqlite(path as string)).toThrow(/^sqlite: the path of a file is wanted, /);
    expect(() => sqlite(path as string)).toThrow(says);
  });

  it("has one name, since the lock and SQLite's log are beside one", () => {
    const path = stored();
    const other = newPath();
    linkSync(path, other);
    for (const name of [path, other]) {
      expect(() => openForWriting(driver, name)).toThrow(/IN_USE.*2 names \(hard links\)/);
    }
    rmSync(other);
    const db = openForWriting(driver, path);
    expect(contentOf(db)).toContain("the record of a job");
    db.close();
  });

  it("is read in a folder that cannot be written, as it was when it was closed", () => {
    const path = stored();
    const whole = openForReading(driver, path);
    const right = contentOf(whole);
    whole.close();
    for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
    const refused = Object.assign(new Error("unable to open database file"), { errcode: 14 });
    // As SQLite does where it may make no file; a user who may write everywhere cannot be refused really.
    const open: Driver["open"] = (file, options) => {
      const db = driver.open(file, options);
      if (options?.immutable === true) return db;
      const prepare = (): Statement => {
        throw refused;
      };
      return { exec: (sql) => db.exec(sql), close: () => db.close(), prepare };
    };
    const db = openForReading({ ...driver, open }, path);
    expect(contentOf(db)).toBe(right);
    db.close();
    // What is in a log is not in the file.
    writeFileSync(`${path}-wal`, "");
    const unread = () => openForReading({ ...driver, open }, path);
    expect(unread).toThrow(/READ_ONLY.*copy it to a folder that you may write/);
  });
});
