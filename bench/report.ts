/** The table of a run, for people. */
import type { Result, Spread } from "./figures.js";
import type { Figure } from "./row.js";

/** A figure with its results. */
export interface Measured {
  readonly figure: Figure;
  readonly results: readonly Result[];
}

function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function spread({ median, least, most }: Spread): string {
  return `${number(median)} (${number(least)}–${number(most)})`;
}

function aimOf({ better, aims }: Figure, subject: Result["subject"]): string {
  const aim = aims[subject];
  return aim === undefined ? "" : `${better === "more" ? "≥" : "≤"} ${aim}`;
}

/** Everything that was measured, as text: median, least and most of each, and the ratio to the ceiling. */
export function asText(measured: readonly Measured[]): string {
  const lines = measured.map(({ figure, results }) => {
    const rows = results.map((result) => {
      const value = `${spread(result.value)} ${figure.unit}`;
      if (result.ratio === undefined) return `  ${result.subject.padEnd(9)}${value}`;
      const ratio = figure.against === "itself" ? "" : `× ${spread(result.ratio)}`;
      const aim = aimOf(figure, result.subject);
      const missed = result.reached === false ? "  missed" : "";
      return `  ${result.subject.padEnd(9)}${value.padEnd(42)} ${ratio.padEnd(22)} ${aim}${missed}`;
    });
    return [figure.title, ...rows.map((row) => row.trimEnd())].join("\n");
  });
  return lines.join("\n\n");
}

/** The ratios alone, as a table of Markdown: absolute numbers are of one machine only. */
export function asMarkdown(measured: readonly Measured[]): string {
  const header = ["work", "memory store", "durable", "better", "aims"];
  const shown = measured.filter(({ figure }) => figure.aside !== true);
  const rows = shown.map(({ figure, results }) => {
    const cell = (subject: Result["subject"]): string => {
      const ratio = results.find((result) => result.subject === subject)?.ratio;
      return ratio === undefined ? "–" : spread(ratio);
    };
    const aims = [aimOf(figure, "memory"), aimOf(figure, "durable")].filter((aim) => aim !== "");
    return [figure.title, cell("memory"), cell("durable"), figure.better, aims.join(", ") || "–"];
  });
  const table = [header, header.map(() => "---"), ...rows];
  return table.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
