/** How many letters have to be put in, taken out or exchanged to make one word of another. */
export function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, there] of [...other].entries()) {
      const exchanged = (row[j] ?? 0) + (letter === there ? 0 : 1);
      next.push(Math.min(exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The names most like a word, best first; of names that are as near the earlier one. */
export function nearestNames(word: string, names: Iterable<string>, most: number): string[] {
  return [...names]
    .map((name) => ({ name, far: distance(word, name) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ name }) => name);
}
