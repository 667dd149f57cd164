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

/** A ULID with fresh randomness, for the ids of sessions, jobs and results. */
export function ulid(wall: number, entropy: Entropy): string {
  const codes: number[] = [];
  add(codes, wall, 10);
  for (const byte of entropy(16)) codes.push(DIGITS[byte & 31]!);
  return String.fromCharCode(...codes);
}

function valueOf(digits: string): number {
  let value = 0;
  for (let at = 0; at < digits.length; at++) {
    value = value * 32 + DIGITS.indexOf(digits.charCodeAt(at));
  }
  return value;
}

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
      const fresh = ulid(wall, entropy);
      head = `msg_${fresh.slice(0, 18)}`;
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
