/**
 * Cuts Markdown at its headings, into pieces that mean by themselves what they mean in the whole: after an edit only one
 * of them has to be read again. A text with anything in it that could reach across a heading is left whole.
 */

/** A text in pieces. */
export interface Pieces {
  /** They join to the text. */
  readonly pieces: readonly string[];
  /** The link definitions of the text, which are in force in each of its pieces. */
  readonly definitions: string;
}

/** A definition alone on its line; others are not looked through. */
const DEFINITION = /^\[[^\]^][^\]]*\]: \S+$/;
/**
 * A definition of another form; HTML that may end at a mark of its own, and not at a blank line; a fence in a list or a
 * quotation, which may end with what is around it.
 */
const FAR_REACHING = [
  /\]:/,
  /<(?:script|pre|style|textarea|\?|!(?!--))/i,
  /<!--(?!.*-->)/,
  /<!--.*<!--/,
  /`.*<!--/,
  /[^`~]`{3}|[^`~]~{3}/,
];

/** Cuts at headings; one piece where that might change the meaning. */
export function piecesOf(text: string): Pieces {
  const whole = { pieces: [text], definitions: "" };
  // A lone CR ends a line, and nothing here looks for it.
  if (text.includes("\r")) return whole;
  const cuts = [0];
  const definitions: string[] = [];
  let fence = "";
  let offset = 0;
  /** Whether what is above has ended. */
  let free = true;
  for (const line of text.split("\n")) {
    const defines: boolean = fence === "" && free && DEFINITION.test(line);
    if (defines) definitions.push(line);
    else if (fence !== "") {
      const end = /^ {0,3}(`+|~+)[ \t]*$/.exec(line)?.[1];
      if (end?.startsWith(fence) === true) fence = "";
    } else {
      fence = /^(?:`{3,}|~{3,})/.exec(line)?.[0] ?? "";
      if (FAR_REACHING.some((pattern) => pattern.test(line))) return whole;
      // Below HTML it may be none, and with a mark behind it either.
      if (fence !== "" && (!free || /[`~]/.test(line.slice(fence.length)))) return whole;
      if (offset > 0 && free && /^#{1,6} /.test(line)) cuts.push(offset);
    }
    free = defines || line.trim() === "";
    offset += line.length + 1;
  }
  if (fence !== "") return whole;
  // What HTML is at the very end depends on that: with the definitions behind it, it may belong to a list above it.
  if (cuts.length === 1 || /(?:^|\n)[ \t]*<[^\n]*\s*$/.test(text)) return whole;
  const pieces = cuts.map((cut, at) => text.slice(cut, cuts[at + 1]));
  return { pieces, definitions: definitions.join("\n") };
}
