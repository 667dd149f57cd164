import { posix } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import type { Artefact } from "./artefact.js";

/** Bundles rendered files as one module of plain JavaScript, without a file on disk. For tests. */
export async function bundle(artefacts: readonly Artefact[], entry = "index.ts"): Promise<string> {
  const files = new Map(artefacts.map(({ path, text }) => [path, text]));
  const memory: Plugin = {
    name: "memory",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, importer }) => ({
        path: posix.join(posix.dirname(importer), path).replace(/\.js$/, ".ts"),
        namespace: "memory",
      }));
      onLoad({ filter: /.*/, namespace: "memory" }, ({ path }) => {
        const contents = files.get(path);
        return contents === undefined
          ? { errors: [{ text: `${path} is outside of what was generated` }] }
          : { contents, loader: "ts" as const };
      });
    },
  };
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "silent",
    plugins: [memory],
  });
  return result.outputFiles[0]?.text ?? "";
}

/** Runs rendered files and gives their exports. */
export async function load(
  artefacts: readonly Artefact[],
  entry = "index.ts",
): Promise<Record<string, unknown>> {
  const code = await bundle(artefacts, entry);
  const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
  return (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
}
