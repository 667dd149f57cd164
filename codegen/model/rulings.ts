import { createSource } from "../parse/source.js";
import type { Position } from "./types.js";

interface Mention {
  readonly id: string;
  readonly position: Position;
}

/** What `spec/rulings.md` decides, and which requirements it names. */
export interface Rulings {
  readonly file: string;
  /** Each place that defines a ruling, repeats included. */
  readonly rulings: readonly Mention[];
  /** Everything that looks like a requirement id. */
  readonly requirements: readonly Mention[];
}

const DEFINITION =
  /^\s*(?:\||#{1,6}|[-*+]|\d+\.)\s*(?:<a id="[^"]*"><\/a>\s*)?[*_`]*(?<id>W-\d{2,3})\b/;
const REQUIREMENT = /\b[A-Z]{2,6}-\d{2,3}\b/g;

/**
 * Reads the rulings: a ruling begins a table row, a heading or a list item with its id, such as
 * `W-05`.
 */
export function readRulings(file: string, text: string): Rulings {
  const source = createSource(file, text);
  const rulings: Mention[] = [];
  const requirements: Mention[] = [];
  for (const [index, line] of source.lines.entries()) {
    const id = DEFINITION.exec(line)?.groups?.["id"];
    const place = (column: number): Position => ({ file, line: index + 1, column });
    if (id !== undefined) rulings.push({ id, position: place(line.indexOf(id) + 1) });
    for (const match of line.matchAll(REQUIREMENT)) {
      requirements.push({ id: match[0], position: place(match.index + 1) });
    }
  }
  return { file, rulings, requirements };
}
