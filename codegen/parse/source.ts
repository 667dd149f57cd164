import type { Position } from "../model/types.js";

/** A text with its lines: turns offsets into positions. */
export interface Source {
  readonly path: string;
  /** Without byte order mark, which no editor counts. */
  readonly text: string;
  /** Without line endings. */
  readonly lines: readonly string[];
  /** Line ending that the text uses first. */
  readonly eol: string;
  /** Position of an offset, clamped to the text. */
  at(offset: number): Position;
}

/** Splits a text as Markdown does: at LF, CR LF and lone CR. */
export function createSource(path: string, input: string): Source {
  const text = input.startsWith("\uFEFF") ? input.slice(1) : input;
  const starts = [0];
  const lines: string[] = [];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    lines.push(text.slice(starts.at(-1) ?? 0, match.index));
    starts.push(match.index + match[0].length);
  }
  lines.push(text.slice(starts.at(-1) ?? 0));
  return {
    path,
    text,
    lines,
    eol: /\r\n|\n|\r/.exec(text)?.[0] ?? "\n",
    at: (offset) => {
      const clamped = Math.max(0, Math.min(offset, text.length));
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= clamped) low = middle;
        else high = middle - 1;
      }
      return { file: path, line: low + 1, column: clamped - (starts[low] ?? 0) + 1 };
    },
  };
}
