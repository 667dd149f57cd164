/** A text as it stands in JSON, without the quotes. */
export function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A text without any of the secrets. */
export function redacted(text: string, secrets: Iterable<string>): string {
  // The longest first: one may begin with another, and its rest would stay.
  const longest = [...secrets].sort((one, other) => other.length - one.length);
  return longest.reduce((left, secret) => left.replaceAll(secret, "(redacted)"), text);
}
