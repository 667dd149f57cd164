/** A badge: the result in two words, as an image that a README can show. */
import { escape } from "./escape.js";
import type { Report } from "./report.js";

const colours: Readonly<Record<Report["result"]["overall"], string>> = {
  CONFORMANT: "#1a7f37",
  "NOT CONFORMANT": "#b42318",
  INCOMPLETE: "#8a6100",
  "HARNESS ERROR": "#57606a",
};

/** About as wide as the letters are in the fonts that are asked for; `textLength` makes it exact. */
function widthOf(text: string): number {
  return Math.ceil(text.length * 6.6) + 12;
}

/** The result as SVG. No font, link or script from anywhere else. */
export function badge({ side, suite, result }: Report): string {
  const left = `ARCP ${suite.revision} ${side}`;
  const partly = result.words.includes("partial") ? " (partial)" : "";
  const right = result.overall.toLowerCase() + partly;
  const [a, b] = [widthOf(left), widthOf(right)];
  const word = (text: string, x: number, width: number) =>
    `<text x="${x + width / 2}" y="14" textLength="${width - 12}">${escape(text)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${a + b}" height="20" role="img" aria-label="${escape(`${left}: ${right}`)}">`,
    `<title>${escape(`${left}: ${right}`)}</title>`,
    `<clipPath id="r"><rect width="${a + b}" height="20" rx="3"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${a}" height="20" fill="#3d444d"/>`,
    `<rect x="${a}" width="${b}" height="20" fill="${colours[result.overall]}"/></g>`,
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`,
    word(left, 0, a),
    word(right, a, b),
    `</g></svg>\n`,
  ].join("");
}
