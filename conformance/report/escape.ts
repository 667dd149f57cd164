/** Text of anybody's making, made harmless where it is written. */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Makes a text safe in HTML and XML, between tags and in quoted attributes. Characters that XML does not have, and
 * those that turn the order of others around, become `�`, so that nothing reads as what it is not.
 */
export function escape(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Replaces control characters other than tab and line feed, lone surrogates, and marks of direction. */
export function visible(text: string): string {
  return text.replace(
    /(?![\t\n])\p{Cc}|\p{Surrogate}|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu,
    "\ufffd",
  );
}
