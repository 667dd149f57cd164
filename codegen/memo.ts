/**
 * Remembers what a pure function made of its arguments, as JSON says them: while the spec is watched, most of it stays
 * what it was. The results are shared, so nobody may change one.
 */
export function remembered<A extends readonly unknown[], R>(
  make: (...given: A) => R,
  most = MANY,
): (...given: A) => R {
  const known = new Map<string, R>();
  return (...given) => {
    const key = JSON.stringify(given);
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(...given);
    if (known.size >= most) known.clear();
    known.set(key, made);
    return made;
  };
}

/** Some hundred for each revision, and as many as an edit changes. */
const MANY = 4096;
/** Where the arguments are a draft's whole: a few edits of each revision. */
export const FEW = 8;
