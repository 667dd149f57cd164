/**
 * What no path, no name and no URL may contain, whatever the namespace. §9.2, §14
 */

/** A text in its one canonical form, or the reason (without an echo of it) why it has none. */
export type Canonical =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** Characters (UTF-16 units) of the longest target: what Linux takes for a path. */
export const MAX_TARGET_LENGTH = 4096;

type Refused = readonly (readonly [RegExp, string])[];

const NOT_PLAIN: Refused = [
  [/\p{Cc}/u, "a control character is refused"],
  [/\p{Cs}/u, "a lone surrogate is refused"],
  [/\\/, "a backslash is refused"],
];

// Nothing is decoded here; but what decodes later must not find a dot or a separator that we did not see.
const ENCODED: Refused = [
  [/%(?:2e|2f|5c)/i, "an encoded dot, slash or backslash is refused: write it plainly"],
];

/** The text as given, if nothing in it is refused but what may be encoded in it. */
export function plainText(text: string): Canonical {
  return unless(NOT_PLAIN, text, (plain) => plain);
}

/** The text in NFC, if nothing in it is refused. */
export function canonicalText(text: string): Canonical {
  // As given: composing can hide a refused character (`%2e` and an accent), but never makes one.
  return unless([...NOT_PLAIN, ...ENCODED], text, (plain) => plain.normalize("NFC"));
}

/** Someone else's text, short enough to be repeated in a message. */
export function clipped(text: string): string {
  return text.length <= 256 ? text : `${text.slice(0, 255)}…`;
}

function unless(refused: Refused, text: string, form: (text: string) => string): Canonical {
  const refusal = refused.find(([pattern]) => pattern.test(text));
  return refusal === undefined ? { ok: true, text: form(text) } : { ok: false, reason: refusal[1] };
}
