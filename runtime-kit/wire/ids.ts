import type { Clock, Entropy } from "./time.js";

const DIGITS = Array.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ", (digit) => digit.charCodeAt(0));

/** Adds `value` as `length` digits of Crockford's base 32. Ids are made of codes: a text that grows is a new one for each digit. */
function add(codes: number[], value: number, length: number): void {
  for (let unit = 32 ** (length - 1); unit >= 1; unit /= 32) {
    codes.push(DIGITS[Math.floor(value / unit) % 32]!);
  }
}

function base32(value: number, length: number): string {
  const codes: number[] = [];
  add(codes, value, length);
  return String.fromCharCode(...codes);
}

function ulidCodes(wall: number, entropy: Entropy): number[] {
  const codes: number[] = [];
  add(codes, wall, 10);
  for (const byte of entropy(16)) codes.push(DIGITS[byte & 31]!);
  return codes;
}

/** A ULID with fresh randomness, for the ids of sessions, jobs and results. */
export function ulid(wall: number, entropy: Entropy): string {
  return String.fromCharCode(...ulidCodes(wall, entropy));
}

function valueOf(codes: readonly number[]): number {
  return codes.reduce((value, code) => value * 32 + DIGITS.indexOf(code), 0);
}

const PREFIX = Array.from("msg_", (letter) => letter.charCodeAt(0));

/** Makes ids in ascending order, unique in their connection and direction (W-02). */
export type MessageIds = () => string;

/** What makes the `id` of each message of one connection and direction. §5.1 */
export function messageIds(clock: Pick<Clock, "wall">, entropy: Entropy): MessageIds {
  let last = Number.NEGATIVE_INFINITY;
  let head = "";
  let high = 0;
  let low = 0;
  return () => {
    const wall = Math.max(clock.wall(), last);
    if (wall > last) {
      last = wall;
      // The top digit of the part that counts stays clear, so that counting cannot overflow.
      const fresh = ulidCodes(wall, entropy);
      // In one piece: joined of slices it would keep them, too, as long as the connection.
      head = String.fromCharCode(...PREFIX, ...fresh.slice(0, 18));
      high = valueOf(fresh.slice(18, 19)) & 15;
      low = valueOf(fresh.slice(19));
    } else {
      low += 1;
      if (low === 32 ** 7) {
        low = 0;
        high += 1;
      }
    }
    return head + base32(high * 32 ** 7 + low, 8);
  };
}

/**
 * The id of entry `index` of a job's log: derived, so that a live frame and its replay are the same
 * bytes, and a ULID, since half of the job's randomness makes room for the index (W-02).
 */
export function eventIds(jobId: string): (index: number) => string {
  const head = `msg_${jobId.slice(jobId.indexOf("_") + 1).slice(0, 18)}`;
  return (index) => head + base32(index, 8);
}
