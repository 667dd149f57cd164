/** The simulation in one file, for the threads that run it; on request with a bug that no source on the disc has. */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import type { Bug } from "./bugs.js";

const root = join(import.meta.dirname, "../..");

/** Writes the bundle. Throws where the source is not what the bug expects. */
export async function bundle(outfile: string, bug?: Bug): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, "worker.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    logLevel: "warning",
    plugins: bug === undefined ? [] : [planted(bug)],
  });
}

function planted({ name, file, from, to }: Bug): Plugin {
  return {
    name,
    setup({ onLoad, onEnd }) {
      let times = 0;
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (relative(root, path).replaceAll("\\", "/") !== file) return undefined;
        const parts = (await readFile(path, "utf8")).split(from);
        times = parts.length - 1;
        return { contents: parts.join(to), loader: "ts" };
      });
      onEnd(() => {
        if (times === 1) return;
        throw new Error(
          `the bug "${name}" has to find its place in ${file} once, and found ${times}: ${from}`,
        );
      });
    },
  };
}
