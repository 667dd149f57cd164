/** `session.list_jobs` → `SessionListJobs`, `PERMISSION_DENIED` → `PermissionDenied`, `JobId` → `JobId`. */
export function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => {
      const rest = word.slice(1);
      return (
        word.charAt(0).toUpperCase() + (word === word.toUpperCase() ? rest.toLowerCase() : rest)
      );
    })
    .join("");
}

/** `max_frame_bytes` → `maxFrameBytes`. */
export function camel(name: string): string {
  const wide = pascal(name);
  return wide.charAt(0).toLowerCase() + wide.slice(1);
}

/** `session.list_jobs` → `session-list-jobs`: a file's name. */
export function dashed(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, "-").toLowerCase();
}

/** A TypeScript literal of a JSON value. */
export function literal(value: unknown): string {
  return JSON.stringify(value);
}

/** A property's name as it stands in an object literal or a type. */
export function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/**
 * Gives each name its identifier and refuses two that would share one: silently numbered names
 * (`Foo1`) are what nobody can read.
 */
export function identifiers(
  names: readonly string[],
  toIdentifier: (name: string) => string,
): ReadonlyMap<string, string> {
  const taken = new Map<string, string>();
  const result = new Map<string, string>();
  for (const name of names) {
    const identifier = toIdentifier(name);
    const other = taken.get(identifier);
    if (other !== undefined) {
      throw new Error(`"${name}" and "${other}" would both be called ${identifier}`);
    }
    taken.set(identifier, name);
    result.set(name, identifier);
  }
  return result;
}
