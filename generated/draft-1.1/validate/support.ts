// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

/** What a validator finds wrong, before it is put into words. */
export interface Failure {
  /** JSON pointer from the value that was validated. */
  readonly path: string;
  /** The keyword of the schema that it breaks. */
  readonly keyword: string;
  /** What the keyword asks for: a limit, a type, a name, a list. */
  readonly expected: unknown;
}

/** Enough to explain a message; a hostile one could otherwise fill the memory with findings. */
const MOST = 64;

/** RFC 3339 with a time offset. */
export const dateTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Notes a finding, if a list was given. Counts as one error. */
export function report(
  found: Failure[] | undefined,
  path: string,
  keyword: string,
  expected?: unknown,
): 1 {
  if (found !== undefined && found.length < MOST) found.push({ path, keyword, expected });
  return 1;
}

/** Forgets the findings of branches that turned out not to matter. */
export function rewind(found: Failure[] | undefined, length: number): void {
  if (found !== undefined && found.length > length) found.length = length;
}

/** An object that is no array and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A name as a part of a JSON pointer. */
export function token(name: string): string {
  return name.replace(/~/g, "~0").replace(/\//g, "~1");
}

/** Length in code points, as JSON Schema counts. */
export function lengthOf(value: string): number {
  let length = 0;
  for (const _ of value) length += 1;
  return length;
}

/** Checks that a member is there; what it lacks counts as one error. */
export function required(
  found: Failure[] | undefined,
  path: string,
  value: unknown,
  name: string,
): 0 | 1 {
  return value === undefined ? report(found, path, "required", name) : 0;
}

/** Checks a string and its length; what it finds counts as one error. */
export function text(
  found: Failure[] | undefined,
  path: string,
  value: unknown,
  min = 0,
  max = Infinity,
): 0 | 1 {
  if (typeof value !== "string") return report(found, path, "type", "string");
  if (value.length > max && lengthOf(value) > max) return report(found, path, "maxLength", max);
  return value.length < min ? report(found, path, "minLength", min) : 0;
}

/** Asks a validator, which has already said no, why; its findings are put below `path`. */
export function nested(
  found: Failure[] | undefined,
  check: (data: unknown, found?: Failure[]) => boolean,
  value: unknown,
  path: string,
): number {
  if (found === undefined) return 1;
  const inner: Failure[] = [];
  check(value, inner);
  for (const failure of inner) report(found, path + failure.path, failure.keyword, failure.expected);
  return inner.length;
}
