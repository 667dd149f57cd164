import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** A line that writes the name of a draft out. */
export interface NamedPlace {
  /** From the root, with `/`. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * What is generated, built, installed, written by the command itself, or says what was: nobody edits a name there. The
 * generator and tests name a draft where they mean that one.
 */
const LEFT =
  /^(?:\.git|node_modules|dist|generated|coverage|package(?:-lock)?\.json|CHANGELOG\.md|spec\/draft-arcp-.*|codegen|.*\.test\.ts)$/;
const TEXT = /\.(?:ts|mjs|md|json)$|^(?:NOTICE|\.ci\/[\w.]+)$/;

/** Every line that names a draft by its file or its folder, in the order of the paths. */
export async function placesThatName(root: string, draft: string): Promise<NamedPlace[]> {
  const name = new RegExp(`draft-(?:arcp-)?${draft.replaceAll(".", "\\.")}(?![\\w]|\\.\\d)`);
  const found: NamedPlace[] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (LEFT.test(path)) continue;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() && TEXT.test(path)) {
        const lines = (await readFile(join(root, path), "utf8")).split("\n");
        for (const [i, text] of lines.entries()) {
          if (name.test(text)) found.push({ path, line: i + 1, text: text.trim() });
        }
      }
    }
  };
  await visit("");
  return found;
}
