import type { Usage } from "./read.js";

/** The usage as it is printed. */
export function helpOf({ name, about, options, words, exits = {} }: Usage): string {
  const rows = [
    ...(words === undefined ? [] : [[words.form, words.about] as const]),
    ...Object.entries(options).map(
      ([option, { form, about: what }]) =>
        [form === undefined ? `--${option}` : `--${option} ${form}`, what] as const,
    ),
    ["--help", "this text"] as const,
  ];
  const codes = Object.entries({ ...exits, 2: exits[2] ?? "a wrong call" });
  const behind = [
    ...(words === undefined ? [] : [words.form]),
    ...(Object.keys(options).length > 0 ? ["[OPTION ...]"] : []),
  ];
  const called = behind.length === 0 ? name : `${name} -- ${behind.join(" ")}`;
  return [
    `usage: ${called}`,
    "",
    ...wrapped(about, 0),
    "",
    ...table(rows),
    "",
    "exit codes",
    ...table(codes),
    "",
  ].join("\n");
}

const WIDTH = 100;

/** Rows of two columns, the second one wrapped. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(32, Math.max(...rows.map(([left]) => left.length))) + 4;
  return rows.flatMap(([left, right]) => {
    const [first = "", ...more] = wrapped(right, width);
    const head = `  ${left}`;
    if (head.length + 1 < width) return [head.padEnd(width) + first.trimStart(), ...more];
    return [head, first, ...more];
  });
}

function wrapped(paragraph: string, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/\s+/)) {
    if (line !== "" && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].map((it) => " ".repeat(indent) + it);
}
