/**
 * Entries of a job's log as one row: what a commit added to a log is written, read and checked as one piece.
 *
 * The bytes are a header, a line feed, and the bodies one after the other in UTF-8. The header has for each entry a
 * letter for its type and the length of its body in UTF-16 units: `e120e97r31`.
 */
import { crc32 } from "node:zlib";
import type { EntryType, LogEntry } from "../port.js";

const LETTERS: Readonly<Record<EntryType, string>> = {
  "job.event": "e",
  "job.result": "r",
  "job.error": "x",
};
const TYPES = new Map(Object.entries(LETTERS).map(([type, letter]) => [letter, type as EntryType]));

/** The text of a row; its bytes are this in UTF-8. */
export function segmentText(entries: readonly LogEntry[]): string {
  let header = "";
  let bodies = "";
  for (const { type, body } of entries) {
    header += LETTERS[type] + body.length;
    bodies += body;
  }
  return `${header}\n${bodies}`;
}

/** The entries of a row whose checksum was right, without those before the `skip`th, at most `count`. */
export function decodeSegment(data: Uint8Array, skip: number, count: number): LogEntry[] {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("utf8");
  const headerEnd = text.indexOf("\n");
  const entries: LogEntry[] = [];
  let at = headerEnd + 1;
  let index = 0;
  for (const [, letter = "", digits] of text.slice(0, headerEnd).matchAll(/([a-z])(\d+)/g)) {
    if (index === skip + count) break;
    const end = at + Number(digits);
    if (index >= skip) {
      entries.push({ type: TYPES.get(letter) as EntryType, body: text.slice(at, end) });
    }
    at = end;
    index += 1;
  }
  return entries;
}

/**
 * The checksum of a row: of what it holds and of where it belongs, so that a row that turns up in another's place is
 * found out too. A damaged row may hold neither text nor bytes: it has none, and NaN is equal to nothing.
 */
export function checksum(place: string, data: string | Uint8Array): number {
  if (typeof data !== "string" && !((data as unknown) instanceof Uint8Array)) return Number.NaN;
  return crc32(data, crc32(place));
}
