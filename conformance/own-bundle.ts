/**
 * Our own `arcp` in a handful of files, for the kill matrices: they start more than a thousand processes, and to load
 * four hundred modules takes each of them longer than what it is started for. What a matrix proves is of the checks; the
 * suite itself runs the command as it is shipped.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arcp, type Command } from "./own-runtime.js";

/** The command, and an end to its files. */
export interface Bundled {
  readonly command: Command;
  remove(): Promise<void>;
}

/** CommonJS that asks for a built-in at run time, as the packages of the command do, finds it by this. */
const REQUIRE = `import { createRequire as requireFrom } from "node:module";
const require = requireFrom(import.meta.url);`;

/** Bundles the command into a temporary folder. It has no store in a file, since that starts a thread from a file of its own. */
export async function bundleArcp(): Promise<Bundled> {
  const { build } = await import("esbuild");
  const folder = await mkdtemp(join(tmpdir(), "arcp-bundle-"));
  const remove = () => rm(folder, { recursive: true });
  const built = build({
    entryPoints: [arcp().at(-1) ?? ""],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What a command loads only when it is needed stays that way.
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["tsx", "jose", "@photostructure/sqlite"],
    banner: { js: REQUIRE },
    logLevel: "warning",
  });
  await built.catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    command: (...args) => [process.execPath, join(folder, "main.mjs"), ...args],
    remove,
  };
}
