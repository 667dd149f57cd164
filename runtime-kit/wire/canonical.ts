/**
 * Canonical JSON (RFC 8785) of a value that came from JSON: members in the order of their names' UTF-16 code units,
 * no white space, numbers and strings as ECMAScript writes them, which is what the RFC prescribes. §7.2, IDEM-04
 *
 * By hand because a runtime must also run where there is no package, and it is not more than this.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
