import type { Model } from "../model/types.js";

/** Widest line of a wrapped comment, without its indentation and ` * `. */
const WIDTH = 92;

/** Folds white space and breaks at words; what would close a comment is written so that it does not. */
export function wrap(text: string, width: number = WIDTH): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of plain(text).split(/\s+/)) {
    if (word === "") continue;
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** A word that begins with `@` would be read as a tag of the comment. */
function plain(text: string): string {
  return text.replace(/\*\//g, "*\\/").replace(/(^|\s)@(\w)/g, "$1`@`$2");
}

/** The line that leads back to the spec: `@see spec/draft-arcp-1.1.md#job-submit §7.1`. */
export function see(model: Model, section: string): string {
  const found = model.sections.find((candidate) => candidate.number === section);
  const anchor = found === undefined ? "" : `#${found.anchor}`;
  return `@see ${model.file}${anchor} §${section}`;
}

/** The inside of a doc comment: prose, then the link. */
export function docText(model: Model, prose: string, section?: string): string {
  const lines = wrap(prose);
  if (section === undefined) return lines.join("\n");
  return [...lines, ...(lines.length === 0 ? [] : [""]), see(model, section)].join("\n");
}

/** A whole doc comment; short prose without a link stays on one line. */
export function doc(model: Model, prose: string, section?: string, indent = ""): string {
  const lines = docText(model, prose, section).split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0] ?? ""} */`;
  const body = lines.map((line) => (line === "" ? `${indent} *` : `${indent} * ${line}`));
  return [`${indent}/**`, ...body, `${indent} */`].join("\n");
}
