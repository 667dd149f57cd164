/** The code blocks of the page, as they are written there, in a folder where the package is installed. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const page = readFileSync(join(root, "docs/generated.md"), "utf8");
const blocks = [...page.matchAll(/^```js (\S+)(?: written)?\n([^]*?)^```$/gm)];
const printed: Readonly<Record<string, string>> = {
  "schema.mjs": "false /payload/nonce type\n",
  "fixtures.mjs": "0 wrong\n",
};

it.each(blocks.map(([, name = "", text = ""]) => [name, text]))("%s runs", async (name, text) => {
  const folder = mkdtempSync(join(tmpdir(), "arcp-generated-"));
  try {
    writeFileSync(join(folder, name), text);
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/arcp"), "dir");
    symlinkSync(join(root, "node_modules/ajv"), join(folder, "node_modules/ajv"), "dir");
    const { stdout } = await promisify(execFile)(process.execPath, [name], { cwd: folder });
    expect(stdout).toBe(printed[name]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it("shows all of them, and links to files that are there", () => {
  expect(blocks.map(([, name]) => name)).toEqual(Object.keys(printed));
  for (const [, link = ""] of page.matchAll(/\]\(([^)#:]+)\)/g)) {
    expect(() => readFileSync(join(root, "docs", link))).not.toThrow();
  }
});
