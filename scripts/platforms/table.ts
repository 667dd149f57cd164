/** What came of it, as Markdown. */
import type { Pair } from "./pairs.js";
import type { Count } from "./tests.js";

/** The counts of one platform, by suite. */
export interface Row {
  readonly platform: string;
  readonly counts: ReadonlyMap<string, Count>;
}

/** Tests: a row for each platform, a column for each suite. */
export function testTable(rows: readonly Row[], suites: readonly string[]): string {
  const cells = rows.map(({ platform, counts }) => [
    platform,
    ...suites.map((suite) => cellOf(counts.get(suite))),
  ]);
  return tableOf(["tests passed", ...suites], cells);
}

function cellOf(count: Count | undefined): string {
  if (count === undefined) return "–";
  const { passed, failed, cannot } = count;
  return [
    `${passed}`,
    ...(failed > 0 ? [`**${failed} failed**`] : []),
    ...(cannot > 0 ? [`${cannot} cannot`] : []),
  ].join(", ");
}

/** Pairs: a row for each runtime, a column for each client. */
export function pairTable(pairs: readonly Pair[]): string {
  const runtimes = [...new Set(pairs.map(({ runtime }) => runtime))];
  const clients = [...new Set(pairs.map(({ client }) => client))];
  const cells = runtimes.map((runtime) => [
    runtime,
    ...clients.map((client) => {
      const here = pairs.filter((pair) => pair.runtime === runtime && pair.client === client);
      return here.map(({ problem }) => (problem === undefined ? "yes" : "**no**")).join(", ");
    }),
  ]);
  return tableOf(["runtime \\ client", ...clients], cells);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, at) =>
    Math.max(...[cell, ...rows.map((row) => row[at] ?? "")].map(({ length }) => length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** Puts a text between the two comments that name it. Throws an `Error` if they are not there. */
export function replaced(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`there is no ${begin} … ${end} in the document`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
