/** What differs from run to run, as `expected.txt` writes it. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  "<url>": String.raw`ws://127\.0\.0\.1:\d+/arcp`,
  "<id>": "[a-z]+_[0-9A-HJKMNP-TV-Z]{26}",
  "<n>": String.raw`\d+`,
};

/** The first difference between what was expected and what came, in words; nothing if there is none. */
export function difference(expected: string, actual: string): string | undefined {
  const [wanted, got] = [linesOf(expected), linesOf(actual)];
  for (let at = 0; at < Math.max(wanted.length, got.length); at++) {
    const [want, have] = [wanted[at], got[at]];
    if (want !== undefined && have !== undefined && patternOf(want).test(have)) continue;
    return `line ${at + 1}\n  expected: ${want ?? "(the end)"}\n  but got:  ${have ?? "(the end)"}`;
  }
  return undefined;
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}

function patternOf(line: string): RegExp {
  const source = line
    .split(/(<\w+>)/)
    .map((part) => PLACEHOLDERS[part] ?? part.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`))
    .join("");
  return new RegExp(`^${source}$`);
}
