/**
 * The pattern language of leases, and its matcher. §9.2, GLOB-01 to GLOB-05, GLOB-12
 *
 * A pattern is anchored at both ends and made of segments separated by `/`, in every namespace
 * (W-39). `*` stands for any characters within one segment, also none; `**` stands for any number of
 * whole segments, also none, and only as a whole segment. Every other character is itself: `?`, `[`,
 * `]`, `{`, `}`, `!` and `.` are literals, and nothing quotes a `*`.
 */
import { Limits } from "../../generated/current/constants.js";
import { planOf, satisfies, type Plan } from "./plan.js";
import type { Tally } from "./search.js";

declare const parsed: unique symbol;

/** A pattern that `parsePattern` accepted. Plain text, so that it may stand in a job's state. §9.2 */
export type Pattern = string & { readonly [parsed]: true };

/** A pattern, or the reason (without an echo of the text) why there is none. */
export type Parsed =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly reason: string };

const SLASH = 0x2f;
const STAR = 0x2a;

/** Characters of patterns whose plans are kept. Two of the longest leases that there are. */
const KEPT_CHARACTERS = 2 * Limits.maxLeasePatterns * Limits.maxPatternLength;

/**
 * Reads a pattern whose text is already canonical for its namespace. Neighbouring `**` become one.
 *
 * @param text at most `Limits.maxPatternLength` characters (code points)
 */
export function parsePattern(text: string): Parsed {
  if (text === "") return { ok: false, reason: "a pattern is not empty" };
  if (isOverlong(text, Limits.maxPatternLength)) {
    return { ok: false, reason: `a pattern has at most ${Limits.maxPatternLength} characters` };
  }
  const segments = text.split("/");
  if (segments.some((segment) => segment !== "**" && segment.includes("**"))) {
    return { ok: false, reason: "`**` stands only as a whole segment" };
  }
  const kept = segments.filter((segment, at) => segment !== "**" || segments[at - 1] !== "**");
  return { ok: true, pattern: kept.join("/") as Pattern };
}

/** Whether `text` has more than `limit` characters (code points). */
export function isOverlong(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  return text.length > 2 * limit || [...text].length > limit;
}

/**
 * Whether `pattern` covers the whole of `canonicalTarget`. The time is linear in the target, times
 * `searchWords(pattern)` where that is not 0.
 *
 * @param tally where given, the work that grows with the texts is added to it
 */
export function matches(pattern: Pattern, canonicalTarget: string, tally?: Tally): boolean {
  if (canonicalTarget === "") return false;
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === canonicalTarget;
  const isWhole = pattern.charCodeAt(star + 1) === STAR;
  // `/a/**` covers `/a` as well, so its slash belongs to the wildcard.
  const head = pattern.slice(0, isWhole ? Math.max(0, star - 1) : star);
  if (!canonicalTarget.startsWith(head)) return false;
  if (isWhole && star + 2 === pattern.length) {
    if (star === 0) return true;
    // The root is one empty segment, and the head of `//**` is two.
    if (canonicalTarget === head) return head !== "/";
    return canonicalTarget.charCodeAt(head.length) === SLASH;
  }
  const end = pattern.lastIndexOf("*");
  // The same at the other end: `**/a` covers `a`.
  const tail = pattern.slice(pattern.charCodeAt(end - 1) === STAR ? end + 2 : end + 1);
  if (!canonicalTarget.endsWith(tail)) return false;
  return satisfies(plans.of(pattern), canonicalTarget, tally);
}

/**
 * Plans of the patterns used last, as they cost more to make than to follow. They depend on nothing
 * but the pattern's text, so nobody can tell whether one was kept.
 */
const plans = {
  kept: new Map<string, Plan>(),
  characters: 0,
  of(pattern: Pattern): Plan {
    const known = this.kept.get(pattern);
    if (known !== undefined) return known;
    const plan = planOf(pattern);
    this.kept.set(pattern, plan);
    this.characters += pattern.length;
    for (const oldest of this.kept.keys()) {
      if (this.characters <= KEPT_CHARACTERS) break;
      this.kept.delete(oldest);
      this.characters -= oldest.length;
    }
    return plan;
  },
};
