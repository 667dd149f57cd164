import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  writevSync,
} from "node:fs";
import type nodeFs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { JobId } from "../../../generated/current/index.js";
import { StoreError } from "../errors.js";
import type { Write } from "../port.js";
import type { Database } from "./database.js";
import { loadDriver, type Driver } from "./driver.js";
import { openForReading, openForWriting } from "./open.js";
import { packed } from "./packed.js";

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof nodeFs>();
  return { ...fs, writeSync: vi.fn(fs.writeSync) };
});

let folder: string;
let driver: Driver;
let made = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "arcp-spool-"));
  driver = await loadDriver();
});
afterAll(() => rmSync(folder, { recursive: true }));

const newPath = () => join(folder, `${(made += 1)}.db`);
const open = (path: string) => openForWriting(driver, path);
const job = (id: string): Write => ({ op: "job.put", job: { id: id as JobId } });
const large = (letter: string) => letter.repeat(200_000);
const append = (id: string, first: number, ...bodies: string[]): Write => ({
  op: "log.append",
  job: id as JobId,
  first,
  entries: bodies.map((body) => ({ type: "job.event", body })),
});
const bodies = (db: Database, id = "j") => db.readLog(id as JobId, 0, 100).map(({ body }) => body);
const spooled = (path: string) => (existsSync(`${path}-spool`) ? readdirSync(`${path}-spool`) : []);

/** A file with one job, and large and small entries in turn. */
function stored(): string {
  const path = newPath();
  const db = open(path);
  db.commit(packed([job("j"), append("j", 0, large("a"), "small")]));
  db.commit(packed([append("j", 2, "small too")]));
  db.commit(packed([append("j", 3, large("ä"), large("b"))]));
  db.close();
  return path;
}
const all = [large("a"), "small", "small too", large("ä"), large("b")];

function failure(action: () => unknown): unknown {
  try {
    action();
    return "none";
  } catch (error) {
    return StoreError.is(error) ? error.code : error;
  }
}

describe("large pieces of logs", () => {
  it("are read like all others, from a file of their job, also by who only reads", () => {
    const path = stored();
    const db = open(path);
    expect(bodies(db)).toEqual(all);
    expect(db.readLog("j" as JobId, 3, 1).map(({ body }) => body)).toEqual([large("ä")]);
    const reader = openForReading(driver, path);
    expect(bodies(reader)).toEqual(all);
    reader.close();
    db.close();
    expect(spooled(path)).toHaveLength(1);
    expect(statSync(path).size).toBeLessThan(100_000);
  });

  it("leave small ones where they are", () => {
    const path = newPath();
    const db = open(path);
    db.commit(packed([job("j"), append("j", 0, "x".repeat(50_000))]));
    db.close();
    expect(existsSync(`${path}-spool`)).toBe(false);
  });

  it.runIf(process.platform !== "win32")("are for their user alone", () => {
    const path = stored();
    const [name = ""] = spooled(path);
    expect(statSync(`${path}-spool`).mode & 0o777).toBe(0o700);
    expect(statSync(join(`${path}-spool`, name)).mode & 0o777).toBe(0o600);
  });

  it("go with their job, and give back their space", () => {
    const path = newPath();
    const db = open(path);
    db.commit(packed([job("j"), job("k"), append("j", 0, large("a")), append("k", 0, large("b"))]));
    expect(spooled(path)).toHaveLength(2);
    db.commit(packed([{ op: "job.delete", id: "j" as JobId }]));
    while (db.sweep());
    expect(spooled(path)).toHaveLength(1);
    expect(bodies(db, "k")).toEqual([large("b")]);
    db.close();
    // Also those that an earlier process wrote.
    const again = open(path);
    again.commit(packed([{ op: "job.delete", id: "k" as JobId }]));
    while (again.sweep());
    expect(spooled(path)).toEqual([]);
    again.close();
  });

  it("are not there if their commit failed, and what follows is", () => {
    const path = newPath();
    const db = open(path);
    db.commit(packed([job("j")]));
    expect(() => db.commit(packed([append("j", 0, large("a")), append("j", 9, "late")]))).toThrow(
      /not 9/,
    );
    expect(bodies(db)).toEqual([]);
    db.commit(packed([append("j", 0, large("b"))]));
    expect(bodies(db)).toEqual([large("b")]);
    db.close();
  });

  it("are where they are said to be after a write that broke off in the middle", () => {
    const path = newPath();
    const db = open(path);
    db.commit(packed([job("j"), append("j", 0, large("a"))]));
    const [name = ""] = spooled(path);
    const file = join(`${path}-spool`, name);
    // Half of a piece, and then the error, as from a disc that becomes full.
    vi.mocked(writeSync)
      .mockImplementationOnce((fd) => writevSync(fd, [Buffer.alloc(1000)]))
      .mockImplementationOnce(() => {
        throw new Error("ENOSPC: no space left on device, write");
      });
    expect(() => db.commit(packed([append("j", 1, large("b"))]))).toThrow("ENOSPC");
    expect(statSync(file).size).toBeGreaterThan(200_500);
    db.commit(packed([append("j", 1, large("c"))]));
    expect(bodies(db)).toEqual([large("a"), large("c")]);
    db.close();
  });

  it("that a crash left behind uncommitted change nothing, and go where their job is not there", () => {
    const path = stored();
    const [name = ""] = spooled(path);
    writeFileSync(join(`${path}-spool`, name), "half of a piece", { flag: "a" });
    writeFileSync(join(`${path}-spool`, "4711"), "a job that was never committed");
    const db = open(path);
    expect(spooled(path)).toEqual([name]);
    db.commit(packed([append("j", 5, large("c"))]));
    expect(bodies(db)).toEqual([...all, large("c")]);
    db.close();
  });

  it("are never served damaged", () => {
    const path = stored();
    const file = join(`${path}-spool`, spooled(path)[0]!);
    const whole = readFileSync(file);
    for (const at of [0, 100_000, whole.length - 1]) {
      const bytes = Buffer.from(whole);
      bytes[at] = bytes[at]! ^ 1;
      writeFileSync(file, bytes);
      const db = open(path);
      expect(failure(() => bodies(db))).toBe("DAMAGED");
      db.close();
    }
    writeFileSync(file, whole.subarray(0, 300_000));
    let db = open(path);
    expect(failure(() => bodies(db))).toBe("DAMAGED");
    db.close();
    rmSync(file);
    db = open(path);
    expect(failure(() => bodies(db))).toBe("DAMAGED");
    expect(db.readLog("j" as JobId, 2, 1).map(({ body }) => body)).toEqual(["small too"]);
    db.close();
  });

  it("are kept, and the store is refused, where its file is missing or new", () => {
    for (const damage of [
      (path: string) => rmSync(path),
      (path: string) => writeFileSync(path, ""),
    ]) {
      const path = stored();
      damage(path);
      const isThere = existsSync(path);
      for (let i = 0; i < 2; i += 1) {
        expect(() => open(path)).toThrow(/DAMAGED.*\.db: .*\.db-spool holds.*from a copy/);
        expect(existsSync(path)).toBe(isThere);
        expect(spooled(path)).toHaveLength(1);
      }
    }
  });

  it("of more jobs than files may stay open", () => {
    const path = newPath();
    const db = open(path);
    const ids = Array.from({ length: 40 }, (_, i) => `j${i}`);
    db.commit(packed(ids.map(job)));
    for (const first of [0, 1]) db.commit(packed(ids.map((id) => append(id, first, large(id)))));
    for (const id of ids) expect(bodies(db, id)).toEqual([large(id), large(id)]);
    db.close();
  });
});
