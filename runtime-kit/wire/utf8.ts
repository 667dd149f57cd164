const encoder = new TextEncoder();
/** What is encoded here is only counted, and never read. */
const scratch = new Uint8Array(16 * 1024);
/** Below this a loop is faster than the encoder, in UTF-16 units. */
const LONG = 128;

/** Bytes of `text` in UTF-8; a lone surrogate counts as its replacement. */
export function utf8Length(text: string): number {
  if (text.length < LONG) return counted(text);
  let bytes = 0;
  for (let at = 0; at < text.length;) {
    // It stops before a character that does not fit any more, so that none is cut in two.
    const { read, written } = encoder.encodeInto(at === 0 ? text : text.slice(at), scratch);
    at += read;
    bytes += written;
  }
  return bytes;
}

function counted(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // A pair is two units and four bytes: the second unit was counted once already.
    if (unit >= 0xd800 && unit < 0xdc00 && isLow(text.charCodeAt(at + 1))) at += 1;
  }
  return bytes;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** Whether `text` is at most `limit` bytes long; counts only when its length leaves that open. */
export function fitsBytes(text: string, limit: number): boolean {
  if (text.length > limit) return false;
  return text.length * 3 <= limit || utf8Length(text) <= limit;
}

/** Cuts `text` into pieces of at most `limit` bytes each, never inside a character. */
export function* pieces(text: string, limit: number): Generator<string> {
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + limit, text.length);
    while (utf8Length(text.slice(start, end)) > limit) end = start + Math.floor((end - start) / 2);
    if (end < text.length && isLow(text.charCodeAt(end)) && end - start > 1) end -= 1;
    yield text.slice(start, end);
    start = end;
  }
}
