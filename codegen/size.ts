import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { BuildOptions } from "esbuild";

/** Bytes that somebody ships who imports a file, minified; and those bytes gzipped. */
export interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

/** One file for a browser, and what went into it. */
export interface Bundle {
  readonly text: string;
  /** Paths of the files whose code is in it. */
  readonly inputs: readonly string[];
  /** What it still imports when it is loaded. */
  readonly imports: readonly string[];
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
export async function bundleOf(file: string, ...names: string[]): Promise<Bundle> {
  const list = names.length === 0 ? "*" : `{ ${names.join(", ")} }`;
  const contents = `export ${list} from ${JSON.stringify(file)};`;
  const stdin = { contents, resolveDir: "/" };
  const { outputFiles, metafile } = await build({ ...OPTIONS, stdin, metafile: true });
  const [output] = Object.values(metafile.outputs);
  return {
    text: outputFiles[0]?.text ?? "",
    inputs: Object.keys(metafile.inputs).filter((path) => path !== "<stdin>"),
    imports: (output?.imports ?? []).map(({ path }) => path),
  };
}

/** The size of such a bundle. */
export async function sizeOf(file: string, ...names: string[]): Promise<Size> {
  const { text } = await bundleOf(file, ...names);
  const bytes = Buffer.from(text);
  return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
}

/** Minified bytes of one module without what it imports. */
export async function ownSize(file: string): Promise<number> {
  const result = await build({ ...OPTIONS, entryPoints: [file], external: ["./*", "../*"] });
  return result.outputFiles[0]?.contents.length ?? 0;
}
