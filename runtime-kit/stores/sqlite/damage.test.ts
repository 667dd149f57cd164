import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobId, SessionId } from "../../../generated/current/index.js";
import { StoreError } from "../errors.js";
import type { Write } from "../port.js";
import type { Database } from "./database.js";
import { loadDriver } from "./driver.js";
import type { Driver } from "./driver.js";
import { storeFailure } from "./failure.js";
import { openForReading, openForWriting } from "./open.js";
import { packed } from "./packed.js";

const SECTOR = 512;

let folder: string;
let path: string;
let driver: Driver;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "arcp-damage-"));
  path = join(folder, "whole.db");
  driver = await loadDriver();
  const db = openForWriting(driver, path);
  db.commit(packed(batch()));
  db.commit(packed([{ op: "job.delete", id: "j1" as JobId }]));
  db.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Two sessions, three jobs, logs of small and of large entries, the numbering of both sessions, and the ledger. */
function batch(): readonly Write[] {
  const sessions = ["s0", "s1"] as SessionId[];
  const jobs = ["j0", "j1", "j2"] as JobId[];
  return [
    ...sessions.map((id): Write => ({ op: "session.put", session: { id, text: "session" } })),
    ...jobs.map((id): Write => ({ op: "job.put", job: { id, text: "the record of a job" } })),
    ...jobs.flatMap((job, k) =>
      [20, 3_000, 140_000].map((bytes, i): Write => {
        const body = JSON.stringify(`${k}${i}`.padEnd(bytes, "x"));
        return { op: "log.append", job, first: i, entries: [{ type: "job.event", body }] };
      }),
    ),
    ...jobs.flatMap((job, k) =>
      sessions.map((session): Write => {
        return {
          op: "run.append",
          session,
          run: { firstSeq: 1 + k * 3, job, firstIndex: 0, count: 3 },
        };
      }),
    ),
    ...["g0", "g1"].map((id): Write => ({
      op: "ledger.put",
      entry: { id, text: "to be revoked" },
    })),
  ];
}

/** Everything that is there. */
function contentOf(db: Database): string {
  return JSON.stringify([
    db.load(),
    ["j0", "j1", "j2"].map((job) => db.readLog(job as JobId, 0, 10)),
    ["s0", "s1"].map((session) => db.readRuns(session as SessionId, 0, 10)),
  ]);
}

/** What is read of the file, or the code of the failure that this came to, in the words in which it is told. */
function read(file: string, open: typeof openForReading): string {
  let db: Database | undefined;
  try {
    db = open(driver, file);
    const content = contentOf(db);
    if (open === openForReading) return content;
    // What was there stays as it was when more comes.
    db.commit(packed([{ op: "job.put", job: { id: "j3" as JobId } }]));
    expect(db.load().jobs.map(({ id }) => id)).toContain("j3");
    db.commit(packed([{ op: "job.delete", id: "j3" as JobId }]));
    return contentOf(db);
  } catch (thrown) {
    const error = storeFailure(file, thrown);
    if (!StoreError.is(error)) throw thrown;
    expect(error.reason).toContain(file);
    return error.code;
  } finally {
    db?.close();
  }
}

describe("a file whose sectors are not what was written", () => {
  it.each<[string, (sector: Buffer, at: number, whole: Buffer) => void]>([
    ["zeros", (sector) => sector.fill(0)],
    ["ones", (sector) => sector.fill(0xff)],
    [
      "what stands in another",
      (sector, at, whole) => whole.copy(sector, 0, (at + 5 * SECTOR) % whole.length),
    ],
    ["one flipped bit", (sector, at) => (sector[(at * 7) % SECTOR]! ^= 1 << ((at / SECTOR) % 8))],
    [
      "flipped bits all over",
      (sector, at) => {
        for (let i = at % 13; i < SECTOR; i += 13) sector[i]! ^= 1 << (i % 8);
      },
    ],
  ])("is read right or told damaged: %s", (_what, damage) => {
    const whole = readFileSync(path);
    const right = read(path, openForReading);
    expect(right).toContain("the record of a job");
    const codes = new Map<string, number>();
    for (let at = 0; at < whole.length; at += SECTOR) {
      const bytes = Buffer.from(whole);
      damage(bytes.subarray(at, at + SECTOR), at, whole);
      // Opening for writing takes longer; one sector of three will do.
      const writing = (at / SECTOR) % 3 === 0 ? [openForWriting] : [];
      for (const open of [openForReading, ...writing]) {
        const copy = join(folder, `${at}.db`);
        writeFileSync(copy, bytes);
        mkdirSync(`${copy}-spool`);
        for (const name of readdirSync(`${path}-spool`)) {
          linkSync(join(`${path}-spool`, name), join(`${copy}-spool`, name));
        }
        const found = read(copy, open);
        const said = found === right ? "right" : found.slice(0, 40);
        codes.set(said, (codes.get(said) ?? 0) + 1);
        expect(["right", "DAMAGED", "IO", "FOREIGN"], `sector at ${at}, ${open.name}`).toContain(
          said,
        );
        for (const suffix of ["", "-shm", "-wal", "-spool"]) {
          rmSync(copy + suffix, { recursive: true, force: true });
        }
      }
    }
    expect(codes.get("DAMAGED")).toBeGreaterThan(2);
  });
});
