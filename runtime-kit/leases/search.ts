/**
 * Finding one text in another in linear time, whatever the two are (Knuth, Morris, Pratt).
 * `String.prototype.indexOf` promises no such thing, and the texts are a client's.
 */

/** Work done, in characters looked at. Who hands one in gets the work of the call added. */
export interface Tally {
  steps: number;
}

/** A text to be found, not empty, with its table of where to go on after a mismatch. */
export interface Needle {
  readonly units: readonly number[];
  /** For each beginning of the text the length of the longest one that is also its end. */
  readonly borders: readonly number[];
}

/** Prepares a text, in time linear in its length. */
export function needle(text: string): Needle {
  const units = [text.charCodeAt(0)];
  const borders = [0];
  let border = 0;
  for (let at = 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    while (border > 0 && unit !== units[border]) border = borders[border - 1]!;
    if (unit === units[border]) border++;
    units.push(unit);
    borders.push(border);
  }
  return { units, borders };
}

/** Where the first occurrence that lies between `from` and `to` ends, or -1. */
export function endOf(
  { units, borders }: Needle,
  hay: string,
  from: number,
  to: number,
  tally?: Tally,
): number {
  let steps = 0;
  let matched = 0;
  let wanted = units[0]!;
  let at = from;
  for (; at < to && matched < units.length; at++) {
    const unit = hay.charCodeAt(at);
    steps++;
    while (unit !== wanted && matched > 0) {
      matched = borders[matched - 1]!;
      wanted = units[matched]!;
      steps++;
    }
    if (unit === wanted) wanted = units[++matched]!;
  }
  if (tally !== undefined) tally.steps += steps;
  return matched === units.length ? at : -1;
}
