/** So many are remembered in a process; whoever gives one anew after that is not found out. */
const MOST = 10_000;

/**
 * Whether one of these values was given for a job before, be it long revoked (CRED-07); from now on all of them were. Only
 * fingerprints are kept, since what is good no more need not be known.
 */
export function createIssuedBefore(): (values: readonly string[]) => boolean {
  const issued = new Set<string>();
  return (values) => {
    const prints = values.map(fingerprint);
    const before = prints.some((print) => issued.has(print));
    for (const print of prints) issued.add(print);
    for (const oldest of issued) {
      if (issued.size <= MOST) break;
      issued.delete(oldest);
    }
    return before;
  };
}

/** 64 bits at once: nobody chooses a value so that it meets another's, and a digest would have to be waited for. */
function fingerprint(value: string): string {
  let one = 0x811c9dc5;
  let other = 0x9e3779b9;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x85ebca6b) + at;
  }
  return `${one >>> 0}:${other >>> 0}`;
}
