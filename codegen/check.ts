import type { Artefact } from "./emit/artefact.js";
import { formatHunk, hunks } from "./diff.js";
import type { Hunk } from "./diff.js";
import type { Locator } from "./locate.js";

/** Lines of one file's diff that are worth reading; the rest is counted. */
const MOST = 80;

/**
 * What `generate` would change in a folder, as a unified diff: for each hunk the line of the spec that it
 * comes from, and at the end the command to run. "" when nothing differs. Writes nothing.
 */
export function compareFolder(
  folder: string,
  before: ReadonlyMap<string, string>,
  artefacts: readonly Artefact[],
  locator: Locator,
): string {
  const files = new Map(artefacts.map((artefact) => [artefact.path, artefact]));
  const paths = [...new Set([...before.keys(), ...files.keys()])].sort(byInterest);
  const differing = paths.filter((path) => before.get(path) !== files.get(path)?.text);
  if (differing.length === 0) return "";
  const parts = differing.map((path) =>
    fileDiff(folder, before.get(path), files.get(path) ?? { path, text: undefined }, locator),
  );
  const count = differing.length === 1 ? "1 file differs" : `${differing.length} files differ`;
  return `${parts.join("\n")}\n\n${folder}: ${count} from what the spec says. Run: npm run generate\n`;
}

/** Line numbers move with every edit of the spec: `provenance.json` comes last. */
function byInterest(a: string, b: string): number {
  const last = Number(a === "provenance.json") - Number(b === "provenance.json");
  return last !== 0 ? last : a < b ? -1 : 1;
}

function fileDiff(
  folder: string,
  before: string | undefined,
  file: {
    readonly path: string;
    readonly text: string | undefined;
    readonly from?: Artefact["from"] | undefined;
  },
  locator: Locator,
): string {
  const { path, text } = file;
  const head = [
    before === undefined ? "--- /dev/null" : `--- ${folder}/${path}`,
    text === undefined ? "+++ /dev/null" : `+++ ${folder}/${path}`,
  ];
  if (text === undefined)
    return [...head, "@@ nothing in the spec makes this file any more @@"].join("\n");
  const lines = text.split("\n");
  const body = hunks(before ?? "", text).flatMap((hunk) => {
    const changed = hunk.lines.filter(({ sign }) => sign !== " ").map((line) => line.text);
    const place = locator.find({ path, from: file.from, lines }, firstChange(hunk), changed);
    return formatHunk(hunk, place).split("\n");
  });
  const rest = body.length - MOST;
  return [...head, ...body.slice(0, MOST), ...(rest > 0 ? [`(${rest} lines more)`] : [])].join(
    "\n",
  );
}

/** 0-based index, in the new text, of the first line that changed or before which lines vanished. */
function firstChange(hunk: Hunk): number {
  let line = hunk.newStart - 1;
  for (const { sign } of hunk.lines) {
    if (sign !== " ") return line;
    line += 1;
  }
  return line;
}
