/** What `repo-report` finds out about files. Pure. */

/** One file that was read. */
export interface Sample {
  /** Below the folder. */
  readonly path: string;
  readonly bytes: number;
  /** `undefined` for what is no text. */
  readonly lines: number | undefined;
  readonly todos: number;
}

/** Everything that the report says. */
export interface Survey {
  readonly root: string;
  readonly samples: readonly Sample[];
  /** Files that were found and not read, because there were too many. */
  readonly unread: number;
  /** There may be more than `unread` says: the walk was cut short. */
  readonly cut?: boolean;
  /** Files that could not be read. */
  readonly failed: number;
}

/** Looks at one file's bytes. */
export function sampleOf(path: string, content: Uint8Array): Sample {
  const bytes = content.byteLength;
  if (content.subarray(0, 8000).includes(0)) return { path, bytes, lines: undefined, todos: 0 };
  const text = new TextDecoder().decode(content);
  const breaks = text.split("\n").length - 1;
  const lines = text === "" || text.endsWith("\n") ? breaks : breaks + 1;
  return { path, bytes, lines, todos: text.match(/\bTODO\b/g)?.length ?? 0 };
}

const LANGUAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    C: "c h",
    "C++": "cc cpp cxx hpp hh",
    "C#": "cs",
    CSS: "css scss less",
    Go: "go",
    HTML: "html htm vue svelte",
    Java: "java",
    JavaScript: "js mjs cjs jsx",
    JSON: "json jsonl ndjson",
    Kotlin: "kt kts",
    Markdown: "md mdx",
    PHP: "php",
    Python: "py pyi",
    Ruby: "rb",
    Rust: "rs",
    Shell: "sh bash zsh",
    SQL: "sql",
    Swift: "swift",
    TOML: "toml",
    TypeScript: "ts mts cts tsx",
    XML: "xml svg",
    YAML: "yaml yml",
  }).flatMap(([language, endings]) =>
    endings.split(" ").map((ending): [string, string] => [ending, language]),
  ),
);

/** The report, in pieces that are whole sections. */
export function* reportOf({ root, samples, unread, failed, cut }: Survey): Generator<string> {
  const total = (of: (sample: Sample) => number): string => whole(sum(samples, of));
  yield `# Report on ${root}\n\n`;
  yield [
    `- files: ${whole(samples.length)}`,
    ...(unread === 0
      ? []
      : [`- files not read, beyond the limit: ${whole(unread)}${cut === true ? " or more" : ""}`]),
    ...(failed === 0 ? [] : [`- files that could not be read: ${whole(failed)}`]),
    `- bytes: ${total(({ bytes }) => bytes)}`,
    `- lines of text: ${total(({ lines }) => lines ?? 0)}`,
    `- TODO: ${total(({ todos }) => todos)}`,
    "\n",
  ].join("\n");
  yield `## Lines by language\n\n${table(["language", "files", "lines"], byLanguage(samples))}\n`;
  yield `## Largest files\n\n${table(["file", "bytes"], largest(samples))}\n`;
  const todos = samples.filter((sample) => sample.todos > 0);
  if (todos.length > 0) yield `## TODO\n\n${table(["file", "TODO"], most(todos))}`;
}

function byLanguage(samples: readonly Sample[]): string[][] {
  const groups = new Map<string, { files: number; lines: number }>();
  for (const { path, lines } of samples) {
    const ending = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
    const language = lines === undefined ? "binary" : (LANGUAGES.get(ending) ?? "other");
    const group = groups.get(language) ?? { files: 0, lines: 0 };
    groups.set(language, { files: group.files + 1, lines: group.lines + (lines ?? 0) });
  }
  return [...groups]
    .sort(([a, { lines: x }], [b, { lines: y }]) => y - x || (a < b ? -1 : 1))
    .map(([language, { files, lines }]) => [language, whole(files), whole(lines)]);
}

function largest(samples: readonly Sample[]): string[][] {
  return top(samples, ({ bytes }) => bytes).map(({ path, bytes }) => [path, whole(bytes)]);
}

function most(samples: readonly Sample[]): string[][] {
  return top(samples, ({ todos }) => todos).map(({ path, todos }) => [path, whole(todos)]);
}

function top(samples: readonly Sample[], of: (sample: Sample) => number): Sample[] {
  return [...samples].sort((a, b) => of(b) - of(a) || (a.path < b.path ? -1 : 1)).slice(0, 10);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, at) => (at === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map(tableRow).join("");
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
}

function sum(samples: readonly Sample[], of: (sample: Sample) => number): number {
  return samples.reduce((total, sample) => total + of(sample), 0);
}

function whole(value: number): string {
  return value.toLocaleString("en-US");
}
