import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { BuildOptions } from "esbuild";

/** Bytes that somebody ships who imports a file, minified; and those bytes gzipped. */
export interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

const OPTIONS = {
  bundle: true,
  format: "esm",
  minify: true,
  platform: "neutral",
  target: "es2022",
  write: false,
  logLevel: "silent",
} as const satisfies BuildOptions;

/** A module with all that it imports, or what is left when only the named exports are used. */
export async function sizeOf(file: string, ...names: string[]): Promise<Size> {
  const list = names.length === 0 ? "*" : `{ ${names.join(", ")} }`;
  const contents = `export ${list} from ${JSON.stringify(file)};`;
  const result = await build({ ...OPTIONS, stdin: { contents, resolveDir: "/" } });
  const bytes = result.outputFiles[0]?.contents ?? new Uint8Array();
  return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
}

/** Minified bytes of one module without what it imports. */
export async function ownSize(file: string): Promise<number> {
  const result = await build({ ...OPTIONS, entryPoints: [file], external: ["./*", "../*"] });
  return result.outputFiles[0]?.contents.length ?? 0;
}
