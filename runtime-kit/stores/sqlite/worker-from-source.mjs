/**
 * Starts the store's thread where nothing was built, in this project's tests. A loader would bring its modules one by
 * one, in each thread anew, which takes longer than most of these tests: they are bundled once for each state of this room.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { threadId } from "node:worker_threads";

const room = new URL("../", import.meta.url);
// What bundles them counts as well.
const state = createHash("sha256")
  .update(readFileSync(new URL(import.meta.url)))
  .update(createRequire(import.meta.url)("esbuild/package.json").version);
for (const name of readdirSync(room, { recursive: true }).sort()) {
  if (/(?<!\.test)\.ts$/.test(name))
    state.update(`${name}\0`).update(readFileSync(new URL(name, room)));
}
// Where the packages are found that the bundle leaves out.
const folder = new URL("../../../node_modules/.cache/arcp/", import.meta.url);
const bundle = new URL(`store-thread-${state.digest("hex")}.mjs`, folder);
if (!existsSync(bundle)) await make();
await import(bundle.href);

async function make() {
  const { build } = await import("esbuild");
  const { metafile, outputFiles } = await build({
    absWorkingDir: fileURLToPath(room),
    entryPoints: ["sqlite/worker.ts"],
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    metafile: true,
    write: false,
  });
  const outside = Object.keys(metafile.inputs).filter((path) => path.startsWith("../"));
  if (outside.length > 0) throw new Error(`the state has to be that of ${outside.join(", ")} too`);
  // Others may be at it: whoever finds the bundle finds all of it.
  const own = new URL(`${process.pid}-${threadId}.mjs`, folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(own, outputFiles[0].text);
  renameSync(own, bundle);
}
