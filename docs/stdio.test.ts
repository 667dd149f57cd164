/** The code blocks of docs/stdio.md, as they are written there, in a folder of their own. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/stdio.md"), "utf8");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "arcp-docs-stdio-"));
  for (const [, name, text] of page.matchAll(/^```js (\S+)\n([^]*?)^```$/gm)) {
    writeFileSync(join(folder, name!), text!);
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/arcp"), "dir");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, ["--preserve-symlinks", ...args], { cwd: folder }))
    .stdout;

it("the runtime and its client run as written", async () => {
  expect(await run("client.js")).toBe("{ hello: 'child' }\n");
});

it("so do the streams of one's own", async () => {
  expect(await run("streams.js")).toBe("there\n");
});

it("and the command line", async () => {
  const arcp = join(root, "dist/runtime-kit/cli/main.js");
  const serve = `"${process.execPath}" "${arcp}" serve --stdio`;
  const result = await run(arcp, "submit", "--stdio", serve, "echo", '{"hi": 1}');
  expect(JSON.parse(result)).toEqual({ hi: 1 });
  const own = `"${process.execPath}" --preserve-symlinks runtime.js`;
  expect(await run(arcp, "agents", "--stdio", own)).toContain("echo");
});
