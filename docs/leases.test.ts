/** The program of docs/leases.md, as it is written there, prints what is written there. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const page = readFileSync(join(root, "docs/leases.md"), "utf8");
const block = (kind: string): string =>
  new RegExp(`^\`\`\`${kind} leases.js\\n([^]*?)^\`\`\`$`, "m").exec(page)![1]!;

it("the guide's program runs as written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "arcp-leases-"));
  try {
    writeFileSync(join(folder, "leases.js"), block("js"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/arcp"), "dir");
    const node = ["--preserve-symlinks", "leases.js"];
    const { stdout } = await promisify(execFile)(process.execPath, node, { cwd: folder });
    expect(stdout).toBe(block("text"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it("every file that the guide links to is there", () => {
  const links = [...page.matchAll(/\]\(([^)#:]+)/g)].map((match) => match[1]!);
  expect(links.length).toBeGreaterThan(4);
  for (const link of links) expect(() => readFileSync(join(root, "docs", link))).not.toThrow();
});
