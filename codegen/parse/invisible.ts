import type { Report } from "./report.js";
import type { Source } from "./source.js";

/** Whatever nobody sees: control and format characters, what is not assigned, and ends of line that editors do not show. */
const INVISIBLE = /[^\P{Cc}\t]|[\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/gu;
/** Most lines; classes of Unicode take their time. */
const PLAIN = /^[\t -~]*$/;
/** What is no text has very many. */
const MAX_TOLD = 20;

/** A word that reads like another one and is not it would become a name that nobody can type. Each is told where it stands first. */
export function reportInvisible({ lines, path }: Source, report: Report): void {
  const told = new Set<string>();
  for (const [index, line] of lines.entries()) {
    if (PLAIN.test(line)) continue;
    for (const match of line.matchAll(INVISIBLE)) {
      const [found] = match;
      if (told.has(found)) continue;
      if (told.size === MAX_TOLD) return;
      told.add(found);
      const code = found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
      const position = { file: path, line: index + 1, column: match.index + 1 };
      const message = `here stands U+${code}, which nobody sees`;
      report(
        "invisible-character",
        position,
        message,
        "take it out, here and wherever else it stands",
      );
    }
  }
}
