/** What tests of commands have in common. */
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "./main.js";

const SMALL = fileURLToPath(new URL("./fixtures/small/", import.meta.url));

/** A folder with the small spec and a manifest of that text, for the test to remove. */
export async function smallProject(
  manifest = '{ "name": "arcp", "version": "1.2.3" }',
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "arcp-small-"));
  await cp(SMALL, join(root, "spec"), { recursive: true });
  await writeFile(join(root, "package.json"), manifest);
  return root;
}

/** Runs a command in a folder; gives its exit code and what it printed. */
export async function runIn(
  root: string,
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await main(args, {
    root,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { code, out, err };
}
