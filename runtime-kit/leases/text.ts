/**
 * What no path and no name may contain, whatever the namespace. §9.2, §14
 */

/** A text in its one canonical form, or the reason (without an echo of it) why it has none. */
export type Canonical =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** Characters (UTF-16 units) of the longest target: what Linux takes for a path. */
export const MAX_TARGET_LENGTH = 4096;

const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/\p{Cc}/u, "a control character is refused"],
  [/\p{Cs}/u, "a lone surrogate is refused"],
  [/\\/, "a backslash is refused"],
  // Nothing is decoded here; but what decodes later must not find a dot or a separator that we did not see.
  [/%(?:2e|2f|5c)/i, "an encoded dot, slash or backslash is refused: write it plainly"],
];

/** The text in NFC, if nothing in it is refused. */
export function canonicalText(text: string): Canonical {
  // As given: composing can hide a refused character (`%2e` and an accent), but never makes one.
  const refusal = REFUSED.find(([refused]) => refused.test(text));
  return refusal === undefined
    ? { ok: true, text: text.normalize("NFC") }
    : { ok: false, reason: refusal[1] };
}

/** Someone else's text, short enough to be repeated in a message. */
export function clipped(text: string): string {
  return text.length <= 256 ? text : `${text.slice(0, 255)}…`;
}
