import type { Clock, Entropy } from "./time.js";

const DIGITS = Array.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ", (digit) => digit.charCodeAt(0));

/** Writes `value` as the `length` digits of Crockford's base 32 before `end`. Ids are made of codes, as a text that grows is a new one for each digit. */
function write(codes: number[], end: number, length: number, value: number): void {
  let rest = value;
  for (let at = end - 1; at >= end - length; at--) {
    codes[at] = DIGITS[rest % 32]!;
    rest = Math.floor(rest / 32);
  }
}

function base32(value: number, length: number): string {
  const codes = new Array<number>(length);
  write(codes, length, length, value);
  return String.fromCharCode(...codes);
}

/** A ULID with fresh randomness, for the ids of sessions, jobs and results. */
export function ulid(wall: number, entropy: Entropy): string {
  const codes = new Array<number>(26);
  write(codes, 10, 10, wall);
  const random = entropy(16);
  for (let at = 0; at < 16; at++) codes[10 + at] = DIGITS[random[at]! & 31]!;
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
