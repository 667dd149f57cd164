/** From the spec to code, by the generator itself. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../harness/processes.js";

/** What came out for one revision of the draft. */
export interface Generated {
  /** As `generated/draft-1.1`. */
  readonly folder: string;
  readonly files: number;
  /** What is new since the last time, as `0 added, 0 changed, 0 removed`. */
  readonly change: string;
  /** How many symbols of each sort the spec defines: `message`, `kind`, `requirement` … */
  readonly symbols: Readonly<Record<string, number>>;
}

/** Runs the generator in `root`. Throws what it found, if it found something. */
export async function generate(root: string): Promise<readonly Generated[]> {
  const generator = run(join(root, "codegen/main.ts"), ["generate"]);
  const how = await generator.ended;
  if (how !== "exit 0") {
    throw new Error(`the generator ended with ${how}:\n${generator.stdout}${generator.stderr}`);
  }
  const made = [...generator.stdout.matchAll(/^(generated\/draft-\S+): (\d+) files; (.*)$/gm)];
  if (made.length === 0) throw new Error(`the generator made nothing:\n${generator.stdout}`);
  return Promise.all(
    made.map(async ([, folder = "", files, change = ""]) => ({
      folder,
      files: Number(files),
      change,
      symbols: await symbolsOf(join(root, folder, "provenance.json")),
    })),
  );
}

async function symbolsOf(file: string): Promise<Record<string, number>> {
  const { symbols } = JSON.parse(await readFile(file, "utf8")) as {
    readonly symbols: Readonly<Record<string, unknown>>;
  };
  const count: Record<string, number> = {};
  for (const symbol of Object.keys(symbols)) {
    const sort = symbol.split(":", 1)[0] as string;
    count[sort] = (count[sort] ?? 0) + 1;
  }
  return count;
}
