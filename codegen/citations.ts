import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Where tests and checks live. */
const FOLDERS = ["runtime-kit", "conformance"];

/** Requirement id → files that cite it: what to read again when its text changes. */
export async function citations(root: string): Promise<Record<string, readonly string[]>> {
  const found = new Map<string, Set<string>>();
  for (const folder of FOLDERS) {
    for (const path of await sources(root, folder)) {
      const text = await readFile(join(root, path), "utf8");
      for (const [id] of text.matchAll(/\b[A-Z]{2,8}-\d{2,3}\b/g)) {
        found.set(id, (found.get(id) ?? new Set()).add(path));
      }
    }
  }
  return Object.fromEntries([...found].map(([id, paths]) => [id, [...paths].sort()]));
}

async function sources(root: string, folder: string): Promise<string[]> {
  try {
    const names = await readdir(join(root, folder), { recursive: true });
    return names
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
