/**
 * Lays out statements by their braces; ajv writes one a line, and each opens or closes at most one
 * block or list. Only the ends of a line are touched: what stands between may be a string or a pattern.
 */
export function indent(lines: readonly string[], depth: number): string {
  const joined: string[] = [];
  let level = depth;
  for (const line of lines) {
    const previous = joined.at(-1);
    const text = line.replace(/^(if|for)\(/, "$1 (").replace(/\)\{$/, ") {");
    if (line === "else {" && previous?.trim() === "}") {
      joined[joined.length - 1] = `${previous} else {`;
      level += 1;
      continue;
    }
    if (/^[})]/.test(line)) level -= 1;
    joined.push("  ".repeat(level) + text);
    if (/[{(]$/.test(line)) level += 1;
  }
  return joined.join("\n");
}
