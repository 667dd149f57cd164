import type { Clock, Entropy } from "./time.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** `value` as `length` digits of Crockford's base 32. */
function base32(value: number, length: number): string {
  let text = "";
  let rest = value;
  for (let at = 0; at < length; at++) {
    text = ALPHABET[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Eighty random bits as sixteen digits of base 32. */
function randomDigits(entropy: Entropy): number[] {
  return Array.from(entropy(16), (byte) => byte & 31);
}

function text(wall: number, digits: readonly number[]): string {
  return base32(wall, 10) + digits.map((digit) => ALPHABET[digit]).join("");
}

/** A ULID with fresh randomness, for the ids of sessions, jobs and results. */
export function ulid(wall: number, entropy: Entropy): string {
  return text(wall, randomDigits(entropy));
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
      const digits = randomDigits(entropy);
      head = text(wall, digits.slice(0, 8));
      high = digits[8]! & 15;
      low = digits.slice(9).reduce((value, digit) => value * 32 + digit, 0);
    } else {
      low += 1;
      if (low === 32 ** 7) {
        low = 0;
        high += 1;
      }
    }
    return `msg_${head}${ALPHABET[high]}${base32(low, 7)}`;
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
