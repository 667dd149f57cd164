/**
 * What SQLite keeps beside its log to find its way in it: the `-shm` file. After the process was killed it says how many
 * frames were committed, and which of them are in the database's own file too. SQLite makes a new one when it opens the
 * file; so it has to be asked before. The format: https://sqlite.org/walformat.html#the_wal_index_file_format.
 */
import { closeSync, existsSync, openSync, readdirSync, readlinkSync, readSync } from "node:fs";

/** What the index says. */
export interface Index {
  /** So many frames of the log were committed. SQLite says so once they are on the disc. */
  readonly frames: number;
  /** So many of those are in the database's own file as well. */
  readonly copied: number;
  /** Which round of the log it speaks of; `undefined` if it cannot be read, and then all there is may be lost. */
  readonly salts: bigint | undefined;
}

const VERSION = 3007000;
const HEADER = 48;
const READ = 2 * HEADER + 4;
const UNKNOWN: Index = { frames: Infinity, copied: 0, salts: undefined };

/** The index in the file at `path`; `undefined` if there is none, nothing is in it, or it may not be read just now. */
export function readIndex(path: string): Index | undefined {
  // Asked first since it is asked fast; to look at it opens nothing.
  if (!existsSync(path) || isOpenHere(path)) return undefined;
  const bytes = Buffer.alloc(READ);
  let length: number;
  try {
    const fd = openSync(path, "r");
    try {
      length = readSync(fd, bytes, 0, READ, 0);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  if (length === 0) return undefined;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, READ / 4);
  // It is written twice, one copy after the other, so that a half-written one is found out.
  const same = bytes.subarray(0, HEADER).equals(bytes.subarray(HEADER, 2 * HEADER));
  if (!same || words[0] !== VERSION || !isSound(words)) return UNKNOWN;
  return { frames: words[4]!, copied: words[24]!, salts: bytes.readBigUInt64BE(32) };
}

function isSound(words: Uint32Array): boolean {
  const [s0, s1] = walSum(words, 0, 10, [0, 0]);
  return s0 === words[10] && s1 === words[11];
}

/**
 * Whether this process may have the file open: then it is left alone, since a POSIX system takes all of a process's
 * locks off a file, SQLite's too, as soon as it closes the file once. Where nobody tells, it may.
 */
function isOpenHere(path: string): boolean {
  if (process.platform === "win32") return false;
  if (process.platform !== "linux") return true;
  try {
    return readdirSync("/proc/self/fd").some((fd) => targetOf(fd) === path);
  } catch {
    return true;
  }
}

/** What a descriptor leads to; nothing if it was closed meanwhile. */
function targetOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

/** Where one of SQLite's checksums stands: two sums, each of which goes into the other. */
export type WalSum = readonly [number, number];

/** Goes on with a checksum, from `sum`, over the words from `begin` up to `end`, an even number of them. */
export function walSum(words: Uint32Array, begin: number, end: number, sum: WalSum): WalSum {
  let s0 = sum[0] | 0;
  let s1 = sum[1] | 0;
  for (let i = begin; i < end; i += 2) {
    s0 = (s0 + words[i]! + s1) | 0;
    s1 = (s1 + words[i + 1]! + s0) | 0;
  }
  return [s0 >>> 0, s1 >>> 0];
}
