/**
 * Whether `text` nests deeper than `limit`. Asked before `JSON.parse`, which accepts millions of levels
 * that nothing after it survives.
 */
export function deeperThan(text: string, limit: number): boolean {
  return openers(text, limit) > limit && depthOf(text, limit) > limit;
}

/** An upper bound of the depth that costs two native searches; most frames end here. */
function openers(text: string, limit: number): number {
  let count = 0;
  for (const opener of ["{", "["]) {
    for (let at = text.indexOf(opener); at !== -1; at = text.indexOf(opener, at + 1)) {
      count += 1;
      if (count > limit) return count;
    }
  }
  return count;
}

function depthOf(text: string, limit: number): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x22) {
      at = endOfString(text, at + 1);
    } else if (character === 0x7b || character === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
      if (deepest > limit) return deepest;
    } else if (character === 0x7d || character === 0x5d) {
      depth -= 1;
    }
  }
  return deepest;
}

function endOfString(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const character = text.charCodeAt(at);
    if (character === 0x22) return at;
    at += character === 0x5c ? 2 : 1;
  }
  return at;
}

/** The JSON pointer of the first number that is not finite (`1e400` parses to Infinity), if any. */
export function nonFinite(value: unknown, pointer = ""): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : pointer;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const found = nonFinite(member, `${pointer}/${escapePointer(key)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The JSON pointer of the first object or array that stands deeper than `limit` levels, if any. */
export function beyondDepth(value: unknown, limit: number, pointer = ""): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (limit === 0) return pointer;
  for (const [key, member] of Object.entries(value)) {
    const found = beyondDepth(member, limit - 1, `${pointer}/${escapePointer(key)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One token of a JSON pointer (RFC 6901). */
export function escapePointer(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
