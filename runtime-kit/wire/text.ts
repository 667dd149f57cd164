/** At most `most` characters of a text that a peer made as long as it liked. */
export function clip(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** A text from the wire without control characters: whoever reads it in a terminal is not to obey it. */
export function harmless(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

/** A word from the wire, safe to put into a message: quoted, short and without control characters. */
export function printable(text: string, most = 64): string {
  return JSON.stringify(harmless(clip(text, most)));
}

/** What the name of a principal may have: it stands in every list and log. */
export const MAX_PRINCIPAL_LENGTH = 256;

/** What a reason for a cancel or a close may have; the rest is cut off. */
export const MAX_REASON_LENGTH = 1024;
