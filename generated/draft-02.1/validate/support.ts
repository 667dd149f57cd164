// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

/** What a validator finds wrong, before it is put into words. */
export interface Failure {
  /** Names and indexes that lead to it from the value that was validated. */
  readonly path: readonly (string | number)[];
  /** The keyword of the schema that it breaks. */
  readonly keyword: string;
  /** What the keyword asks for: a limit, a type, a name, a list. */
  readonly expected: unknown;
}

/** A JSON pointer that does not depend on the message; or names, as they stand in it. */
type Path = string | Failure["path"];

/** Enough to explain a message; a hostile one could otherwise fill the memory with findings. */
export const MOST = 64;

/** RFC 3339 with a time offset. */
export const dateTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Notes a finding, if a list was given. Counts as one error; as the `MOST` that a validator goes on for
 * where there is nothing to note: no list was given, or it is full.
 */
export function report(
  found: Failure[] | undefined,
  path: Path,
  keyword: string,
  expected?: unknown,
): number {
  if (found === undefined || found.length >= MOST) return MOST;
  found.push({ path: namesOf(path), keyword, expected });
  return 1;
}

/** The names in a JSON pointer. */
export function namesOf(path: Path): Failure["path"] {
  if (typeof path !== "string") return path;
  const names = path.split("/").slice(1);
  return names.map((name) => name.replace(/~1/g, "/").replace(/~0/g, "~"));
}

/** Forgets the findings of branches that turned out not to matter. */
export function rewind(found: Failure[] | undefined, length: number): void {
  if (found !== undefined && found.length > length) found.length = length;
}

/** An object that is no array and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
): number {
  return value === undefined ? report(found, path, "required", name) : 0;
}

/** Checks a string and its length; what it finds counts as one error. */
export function text(
  found: Failure[] | undefined,
  path: string,
  value: unknown,
  min = 0,
  max = Infinity,
): number {
  if (typeof value !== "string") return report(found, path, "type", "string");
  if (value.length > max && lengthOf(value) > max) return report(found, path, "maxLength", max);
  return value.length < min ? report(found, path, "minLength", min) : 0;
}

/** Checks a string that may be absent. */
export function optional(
  found: Failure[] | undefined,
  path: string,
  value: unknown,
  min?: number,
  max?: number,
): number {
  return value === undefined ? 0 : text(found, path, value, min, max);
}

/** Asks a validator, which has already said no, why; its findings are put below `path`. */
export function nested(
  found: Failure[] | undefined,
  check: (data: unknown, found?: Failure[]) => boolean,
  value: unknown,
  path: Path,
): number {
  if (found === undefined || found.length >= MOST) return MOST;
  const inner: Failure[] = [];
  check(value, inner);
  const names = namesOf(path);
  for (const it of inner) report(found, [...names, ...it.path], it.keyword, it.expected);
  return inner.length;
}
