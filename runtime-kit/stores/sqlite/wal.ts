/**
 * SQLite's own log, looked at before SQLite does. Its recovery stops at the first frame that is not as it was written,
 * and drops every commit behind it without a word. The formats: https://sqlite.org/fileformat2.html#walformat and
 * https://sqlite.org/walformat.html.
 *
 * Each frame bears the checksum that the next one goes on from, so that those behind a damaged one can be checked too.
 * A commit waits until the one before it is on the disc: what stands behind the end of a damaged one says that it was.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { endianness } from "node:os";
import { StoreError } from "../errors.js";
import { readIndex, walSum } from "./wal-index.js";
import type { Index, WalSum } from "./wal-index.js";

const HEADER = 32;
const FRAME_HEADER = 24;
const CHUNK = 1024 * 1024;
/** Its lowest bit says in which byte order the checksums are made. */
const MAGIC = 0x377f0682;
const VERSION = 3007000;
const BIG_HERE = endianness() === "BE";
/** What SQLite gives a file unless told otherwise. */
const PAGE = 4096;
const MOST_PAGE = 65_536;

/** How often a log is looked at that somebody else changes meanwhile. */
const LOOKS = 10;

interface Header {
  readonly pageSize: number;
  readonly big: boolean;
  readonly salts: bigint;
  /** What the first frame's checksum goes on from. */
  readonly sum: WalSum;
}

interface Frame {
  readonly n: number;
  readonly salts: bigint;
  /** Its checksum is right, as one that goes on from what the frame before it bears. */
  readonly sound: boolean;
  /** It ends a transaction. */
  readonly commit: boolean;
}

/** What is wrong with a log, and what was found there: two looks that find the same found what nobody is changing. */
interface Damage {
  readonly text: string;
  readonly found: string;
}

/**
 * Throws a `StoreError` (`DAMAGED`) if the log of the file at `real` has lost what was acknowledged. A damaged frame of
 * the very last commit cannot be told from one that a loss of power cut short, unless the log's index, the `-shm` file,
 * knows of it.
 */
export function checkWal(real: string): void {
  let before: Damage | undefined;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const now = look(real);
    if (now === undefined) return;
    // While somebody commits, what is half written at one look is whole, or of another round, at the next.
    if (now.found === before?.found) throw new StoreError("DAMAGED", now.text);
    before = now;
  }
}

function look(real: string): Damage | undefined {
  const path = `${real}-wal`;
  // Before the log: what the index speaks of was in the log by then.
  const index = readIndex(`${real}-shm`);
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return index !== undefined && holdsMore(index) ? gone(real, "missing") : undefined;
  }
  try {
    const bytes = Buffer.alloc(HEADER);
    const length = readAt(fd, bytes, 0);
    // An index that cannot be read says nothing here: it may only just have been made, like the log.
    const lost = index?.salts !== undefined && holdsMore(index);
    if (length === 0) return lost ? gone(real, "empty") : undefined;
    const header = headerOf(bytes.subarray(0, length));
    let frame: number | undefined;
    if (header !== undefined) frame = firstDamaged(fd, header, index);
    else if (lost || hasFrames(fd, bytes)) frame = 0;
    if (frame === undefined) return undefined;
    const what =
      frame === 0
        ? "its header, at byte 0,"
        : `frame ${frame}, at byte ${HEADER + (frame - 1) * (FRAME_HEADER + header!.pageSize)},`;
    const text = `${path}: ${what} is not what was written, and commits that were acknowledged are lost without it. Nothing was changed: restore the file and its log from a copy, and keep these as they are`;
    return { text, found: `${bytes.toString("hex")}:${frame}` };
  } finally {
    closeSync(fd);
  }
}

function gone(real: string, how: "missing" | "empty"): Damage {
  const text = `${real}-wal is ${how}, while ${real}-shm speaks of commits in it: restore it. If the file is known to be whole without it, delete ${real}-shm`;
  return { text, found: how };
}

/** Whether the index speaks of commits that are not in the database's own file yet. */
function holdsMore(index: Index): boolean {
  return index.frames > index.copied;
}

/** The header of a log; `undefined` if it is none. */
function headerOf(bytes: Buffer): Header | undefined {
  if (bytes.length < HEADER) return undefined;
  const magic = bytes.readUInt32BE(0);
  const big = (magic & 1) === 1;
  const pageSize = bytes.readUInt32BE(8);
  const sum: WalSum = [bytes.readUInt32BE(24), bytes.readUInt32BE(28)];
  const [s0, s1] = walSum(wordsOf(Buffer.from(bytes.subarray(0, 24)), big), 0, 6, [0, 0]);
  if ((magic & ~1) !== MAGIC || bytes.readUInt32BE(4) !== VERSION) return undefined;
  if (s0 !== sum[0] || s1 !== sum[1] || pageSize > MOST_PAGE) return undefined;
  return { pageSize, big, salts: bytes.readBigUInt64BE(16), sum };
}

/**
 * The number of the first frame that is not what was written, if something behind it, or the index, says that its
 * transaction was complete. Remains of an earlier round of the log, or of what was rolled back, say nothing.
 */
function firstDamaged(fd: number, header: Header, index: Index | undefined): number | undefined {
  const committed = index?.salts === header.salts ? index.frames : 0;
  let damaged: number | undefined;
  let ended = false;
  let count = 0;
  for (const { n, salts, sound, commit } of framesOf(fd, header)) {
    count = n;
    const ours = salts === header.salts;
    if (damaged === undefined) {
      if (ours && sound) continue;
      if (n <= committed) return n;
      damaged = n;
      // What goes on from a sound frame is of this round, whatever its salts have become.
      ended = commit && (ours || sound);
    } else if (ended && ours && sound) return damaged;
    else if (commit && ours) ended = true;
  }
  return damaged === undefined && count < committed ? count + 1 : undefined;
}

/** Whether there are frames behind what is no header: one alone by the header's checksum, others by each other. */
function hasFrames(fd: number, bytes: Buffer): boolean {
  const sum: WalSum = [bytes.readUInt32BE(24), bytes.readUInt32BE(28)];
  for (const big of [BIG_HERE, !BIG_HERE]) {
    let before: bigint | undefined;
    for (const { salts, sound } of framesOf(fd, { pageSize: PAGE, big, sum })) {
      if (sound && (before === undefined || before === salts)) return true;
      before = salts;
    }
  }
  return false;
}

/** The frames of a log, one after the other; a part of one at the end is none. */
function* framesOf(
  fd: number,
  { pageSize, big, sum }: Pick<Header, "pageSize" | "big" | "sum">,
): Generator<Frame> {
  const size = FRAME_HEADER + pageSize;
  const chunk = Buffer.alloc(size * Math.ceil(CHUNK / size));
  let from = sum;
  let n = 0;
  for (;;) {
    const got = readAt(fd, chunk, HEADER + n * size);
    if (got < size) return;
    for (let at = 0; at + size <= got; at += size) {
      const frame = chunk.subarray(at, at + size);
      const page = frame.readUInt32BE(0);
      const commit = frame.readUInt32BE(4) !== 0;
      const salts = frame.readBigUInt64BE(8);
      const stored: WalSum = [frame.readUInt32BE(16), frame.readUInt32BE(20)];
      const words = wordsOf(frame, big);
      const [s0, s1] = walSum(words, 6, words.length, walSum(words, 0, 2, from));
      n += 1;
      // Zeros are the checksum of zeros, and no page.
      yield { n, salts, sound: page !== 0 && s0 === stored[0] && s1 === stored[1], commit };
      from = stored;
    }
  }
}

/** The bytes as 32-bit numbers of that order, in their own place. */
function wordsOf(bytes: Buffer, big: boolean): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  if (big !== BIG_HERE) aligned.swap32();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

/** Fills the bytes from the file, as far as it goes; says how many there were. */
function readAt(fd: number, bytes: Buffer, position: number): number {
  let done = 0;
  for (let read = 1; read > 0 && done < bytes.length; done += read) {
    read = readSync(fd, bytes, done, bytes.length - done, position + done);
  }
  return done;
}
