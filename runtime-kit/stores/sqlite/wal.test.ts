import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobId } from "../../../generated/current/index.js";
import { StoreError } from "../errors.js";
import { loadDriver } from "./driver.js";
import type { Driver } from "./driver.js";
import { openForReading, openForWriting } from "./open.js";
import { checkWal } from "./wal.js";

const FRAME = 24 + 4096;
const PROGRAM = fileURLToPath(new URL("crash.test-helper.mjs", import.meta.url));

let folder: string;
let driver: Driver;
let made = 0;
/** What a process left that was killed: its file, its log and the log's index. */
let left: Readonly<Record<"" | "-wal" | "-shm", Buffer>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "arcp-wal-"));
  driver = await loadDriver();
  const path = killed(20, 6_000);
  const bytes = (suffix: string) => readFileSync(path + suffix);
  left = { "": bytes(""), "-wal": bytes("-wal"), "-shm": bytes("-shm") };
});
afterAll(() => rmSync(folder, { recursive: true }));

function newPath(): string {
  const own = join(folder, String((made += 1)));
  mkdirSync(own);
  return join(own, "a.db");
}

/** A store of a process that killed itself after so many commits. */
function killed(commits: number, bytes: number): string {
  const path = newPath();
  const args = [PROGRAM, path, String(commits), String(bytes)];
  const { signal, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(signal, stderr).toBe("SIGKILL");
  return path;
}

/** Two copies of what was left, with the log's index and without it. */
const copies = new Map<boolean, string>();
function withLog(wal: Buffer | undefined, { index = true } = {}): string {
  const path = copies.get(index) ?? newPath();
  if (!copies.has(index)) {
    writeFileSync(path, left[""]);
    if (index) writeFileSync(`${path}-shm`, left["-shm"]);
    copies.set(index, path);
  }
  if (wal === undefined) rmSync(`${path}-wal`);
  else writeFileSync(`${path}-wal`, wal);
  return path;
}

/** What is said of the log beside a file; nothing if it is whole. */
function said(path: string): string | undefined {
  try {
    checkWal(path);
    return undefined;
  } catch (error) {
    if (!StoreError.is(error, "DAMAGED")) throw error;
    return error.reason;
  }
}

const at = (frame: number) => 32 + (frame - 1) * FRAME;
const frames = () => (left["-wal"].length - 32) / FRAME;
const isCommit = (frame: number) => left["-wal"].readUInt32BE(at(frame) + 4) !== 0;
/** How many frames there are before those of the last transaction, and before those of the one before it. */
function settled(transactions = 1): number {
  let last = frames();
  for (let ends = 0; last > 0; last -= 1) if (isCommit(last) && (ends += 1) > transactions) break;
  return last;
}

function changed(change: (wal: Buffer) => void): Buffer {
  const wal = Buffer.from(left["-wal"]);
  change(wal);
  return wal;
}
const flipped = (byte: number, bit = byte % 8) => changed((wal) => (wal[byte]! ^= 1 << bit));

describe("SQLite's log, before SQLite reads it", () => {
  it("is of many transactions in this test, the last of which is whole", () => {
    expect(frames()).toBeGreaterThan(50);
    expect(isCommit(frames())).toBe(true);
    expect(settled(2)).toBeLessThan(settled());
    expect(said(withLog(left["-wal"]))).toBeUndefined();
    expect(said(withLog(left["-wal"], { index: false }))).toBeUndefined();
  });

  it("is told damaged for a bit that flipped anywhere before the last commit", () => {
    for (let frame = 1; frame <= settled(); frame += 1) {
      // Page number, size after the commit, salts, checksum, page.
      const header = [3, 7, 9, 14, 17, 23];
      const bytes = [0, 1, 2].map((i) => header[(frame + i * 2) % header.length] ?? 0);
      for (const byte of [...bytes, 24 + ((frame * 997) % 4096)]) {
        const where = at(frame) + byte;
        const index = frame % 2 === 0;
        // The flag of a commit is one bit of it: see below.
        if (byte === 7 && !index) continue;
        const text = said(withLog(flipped(where), { index }));
        expect(text, `frame ${frame}, byte ${byte}, ${index}`).toContain(
          `a.db-wal: frame ${frame}, at byte ${at(frame)},`,
        );
      }
    }
    for (let byte = 0; byte < 32; byte += 1) {
      const text = said(withLog(flipped(byte), { index: byte % 2 === 0 }));
      expect(text, `byte ${byte}`).toContain("a.db-wal: its header, at byte 0,");
    }
  });

  it("is told damaged in the last commit as well, while its index knows of it", () => {
    for (let frame = settled() + 1; frame <= frames(); frame += 1) {
      expect(said(withLog(flipped(at(frame) + 100)))).toContain(`frame ${frame},`);
      // Without it nobody can tell it from a commit that a loss of power cut short.
      expect(said(withLog(flipped(at(frame) + 100), { index: false }))).toBeUndefined();
    }
  });

  it("is told damaged for a sector of zeros, frames that changed places, and a part that is gone", () => {
    const end = at(settled(2) + 1);
    for (let sector = 512; sector + 512 < end; sector += 512 * 5) {
      const zeros = changed((wal) => wal.fill(0, sector, sector + 512));
      const whole = zeros.equals(left["-wal"]);
      const text = said(withLog(zeros, { index: sector % 1024 === 0 }));
      expect(text !== undefined, `sector at ${sector}`).toBe(!whole);
    }
    const last = settled(2);
    for (let frame = 1; frame < last; frame += 3) {
      const other = frame + 1 + (frame % (last - frame));
      const swapped = changed((wal) => {
        left["-wal"].copy(wal, at(frame), at(other), at(other) + FRAME);
        left["-wal"].copy(wal, at(other), at(frame), at(frame) + FRAME);
      });
      expect(said(withLog(swapped, { index: frame % 2 === 0 }))).toContain(`frame ${frame},`);
    }
    for (const length of [0, 20, 32, at(2), at(20) + 7, at(frames()), left["-wal"].length - 1]) {
      const cut = left["-wal"].subarray(0, length);
      expect(said(withLog(cut)), `${length} bytes`).toMatch(/its header|frame \d+|is empty/);
    }
    expect(said(withLog(undefined))).toMatch(/-wal is missing.*restore it.*delete .*-shm/);
    expect(said(withLog(undefined, { index: false }))).toBeUndefined();
  });

  it("is as SQLite takes it with whatever a last commit that was cut short has left", () => {
    const rest = left["-wal"].subarray(at(settled() + 1));
    // What stood there before: nothing, or the remains of an earlier round, which were as sound and have other salts.
    const older = changed((wal) => {
      for (let frame = 1; frame <= frames(); frame += 1) wal[at(frame) + 9]! ^= 0x55;
    });
    for (const before of [Buffer.alloc(left["-wal"].length), older]) {
      for (let kept = 0; kept * 512 < rest.length; kept += 1) {
        // All of the sectors but this one were written, or none from it on.
        const from = at(settled() + 1) + kept * 512;
        for (const to of [from + 512, left["-wal"].length]) {
          const torn = changed((wal) => before.copy(wal, from, from, Math.min(to, wal.length)));
          expect(said(withLog(torn, { index: false })), `${from}`).toBeUndefined();
        }
      }
    }
  });

  it("is refused before anything is changed, by who writes and by who reads", () => {
    const path = withLog(flipped(at(5) + 50));
    mkdirSync(`${path}-spool`);
    writeFileSync(join(`${path}-spool`, "4711"), "of a job in a later commit");
    const files = () =>
      ["", "-wal", "-shm", "-spool/4711"].map((suffix) =>
        readFileSync(path + suffix).toString("base64"),
      );
    const before = files();
    for (const open of [openForWriting, openForReading]) {
      expect(() => open(driver, path)).toThrow(/DAMAGED.*a\.db-wal: frame 5, .*from a copy/);
      expect(files()).toEqual(before);
    }
  });

  it("is never refused after a kill, however long it was and however often it began anew", () => {
    for (const [commits, bytes] of [
      [0, 0],
      [1, 0],
      [3, 100_000],
      [330, 0],
      [340, 20_000],
      [700, 3_000],
    ] as const) {
      const path = killed(commits, bytes);
      for (const index of [true, false]) {
        const copy = newPath();
        for (const suffix of ["", "-wal", "-shm"]) {
          if (suffix !== "-shm" || index) copyFileSync(path + suffix, copy + suffix);
        }
        const db = openForReading(driver, copy);
        expect(db.load().logs[0]?.length).toBe(commits + 1);
        db.close();
        const again = openForWriting(driver, copy);
        expect(again.readLog("j" as JobId, commits, 1)[0]?.body).toMatch(new RegExp(`^${commits}`));
        again.close();
      }
    }
  }, 60_000);

  it("is never refused while another process commits to it without a pause", async () => {
    const path = newPath();
    const child = spawn(process.execPath, [PROGRAM, path, "2500", "9000"], { stdio: "ignore" });
    const ended = new Promise<string | null>((resolve) =>
      child.once("exit", (_code, signal) => resolve(signal)),
    );
    let running = true;
    void ended.then(() => (running = false));
    let looks = 0;
    while (running) {
      if (existsSync(`${path}-wal`)) {
        for (let i = 0; i < 20; i += 1) checkWal(path);
        looks += 20;
      }
      await new Promise(setImmediate);
    }
    expect(await ended).toBe("SIGKILL");
    expect(looks).toBeGreaterThan(100);
    truncateSync(`${path}-wal`, 32 + FRAME);
    expect(() => checkWal(path)).toThrow(/DAMAGED/);
  }, 60_000);
});
