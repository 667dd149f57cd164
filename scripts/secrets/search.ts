/** Looks for secrets in what was left and said. */
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** Where something was left or said, by name, with its bytes as latin1. */
export type Places = Map<string, string>;

/** Takes up every file of a folder, those below it too, but those that `skip` names. */
export function takeFiles(left: Places, folder: string, skip: (name: string) => boolean): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || skip(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    left.set(`the file ${relative(folder, path)}`, readFileSync(path, "latin1"));
  }
}

/** The places where a secret is, as it is or in one of the spellings in which programs hide texts from the eye. */
export function placesOf(left: Places, secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Of base64 three spellings, by what stands before it; the ends of each depend on what is around.
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .slice(4, -4),
  );
  const spellings = [
    ...[secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)],
    ...[bytes.toString("hex"), ...base64],
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
  return [...left]
    .filter(([, text]) => spellings.some((spelling) => text.includes(spelling)))
    .map(([name]) => name);
}
