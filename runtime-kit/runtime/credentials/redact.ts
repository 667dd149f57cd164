/** A text as it stands in JSON, without the quotes. */
export function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** How deep JSON is looked into that stands as a text in JSON. Each level doubles the marks of escape before a quote. */
const NESTED = 4;

/**
 * A secret in the spellings that come about by themselves: as it is, in JSON, in a text of JSON that stands in JSON, and so on,
 * in a URL. Those that an agent makes (digits, base64 of its own, backwards) are without number, and are not looked for.
 */
export function spellings(secret: string): ReadonlySet<string> {
  const inUrl = /\p{Surrogate}/u.test(secret) ? secret : encodeURIComponent(secret);
  const forms = new Set([secret, inUrl]);
  // Nearly all are the same in each.
  for (let form = secret, depth = 0; depth < NESTED; depth++) forms.add((form = inJson(form)));
  return forms;
}

/** A text without any of the secrets. */
export function redacted(text: string, secrets: Iterable<string>): string {
  // The longest first: one may begin with another, and its rest would stay.
  const longest = [...secrets].sort((one, other) => other.length - one.length);
  return longest.reduce((left, secret) => left.replaceAll(secret, "(redacted)"), text);
}
