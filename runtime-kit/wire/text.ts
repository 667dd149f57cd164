/** At most `most` characters of a text that a peer made as long as it liked. */
export function clip(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** A word from the wire, safe to put into a message: quoted, short and without control characters. */
export function printable(text: string, most = 64): string {
  // eslint-disable-next-line no-control-regex
  return JSON.stringify(clip(text, most).replace(/[\u0000-\u001f\u007f-\u009f]/g, "?"));
}

/** What a reason for a cancel or a close may have; the rest is cut off. */
export const MAX_REASON_LENGTH = 1024;
