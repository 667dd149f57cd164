/** The picture of a run: for each figure how far the ratio lies from the ceiling, on a scale of powers of two. */
import type { Measured } from "./report.js";

const WIDTH = 860;
const LEFT = 380;
const RIGHT = 60;
const LINE = 46;
const TOP = 56;
/** Powers of two on either side of the ceiling. */
const REACH = 2;

const COLOURS = { memory: "#4c78a8", durable: "#f58518" } as const;

function across(factor: number): number {
  const power = Math.max(-REACH, Math.min(REACH, Math.log2(factor)));
  return LEFT + ((WIDTH - LEFT - RIGHT) * (power + REACH)) / (2 * REACH);
}

function text(x: number, y: number, words: string, more = ""): string {
  const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped}</text>`;
}

/** An SVG. To the right is better, whichever way a figure counts. */
export function picture(measured: readonly Measured[]): string {
  const shown = measured.filter(
    ({ figure }) => figure.against === "ceiling" && figure.aside !== true,
  );
  const height = TOP + shown.length * LINE + 16;
  const parts: string[] = [];
  for (let power = -REACH; power <= REACH; power += 1) {
    const x = across(2 ** power);
    const stroke = power === 0 ? "#555" : "#ddd";
    parts.push(
      `<line x1="${x}" x2="${x}" y1="${TOP - 12}" y2="${height - 8}" stroke="${stroke}"/>`,
      text(x, TOP - 18, power === 0 ? "ceiling" : `× ${2 ** power}`, 'text-anchor="middle"'),
    );
  }
  shown.forEach(({ figure, results }, at) => {
    const y = TOP + at * LINE;
    parts.push(text(LEFT - 12, y + 20, shortened(figure.title), 'text-anchor="end"'));
    let bar = 0;
    for (const { subject, ratio } of results) {
      if (subject === "ceiling" || ratio === undefined) continue;
      const end = across(figure.better === "more" ? ratio.median : 1 / ratio.median);
      const [from, to] = [Math.min(end, across(1)), Math.max(end, across(1))];
      const top = y + 4 + bar * 16;
      parts.push(
        `<rect x="${from.toFixed(1)}" y="${top}" width="${Math.max(to - from, 1).toFixed(1)}" height="13" fill="${COLOURS[subject]}"/>`,
        text(to + 4, top + 11, ratio.median.toFixed(2), 'font-size="11"'),
      );
      bar += 1;
    }
  });
  const legend = Object.entries(COLOURS).map(
    ([subject, colour], at) =>
      `<rect x="${12 + at * 110}" y="14" width="13" height="13" fill="${colour}"/>${text(
        30 + at * 110,
        25,
        subject === "memory" ? "memory store" : "durable",
      )}`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...legend,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

/** The title without what stands in brackets behind it. */
function shortened(title: string): string {
  return title.replace(/ \(durable.*\)$/, "").slice(0, 56);
}
