/** The code blocks of the README, as they are written there, in a folder of their own. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = new Map(
  [...readme.matchAll(/^```js (\S+)\n([^]*?)^```$/gm)].map((match) => [match[1]!, match[2]!]),
);

it("the README's agent and client run as written", async () => {
  expect([...blocks.keys()]).toEqual(["agent.js", "client.js"]);
  const folder = mkdtempSync(join(tmpdir(), "arcp-readme-"));
  for (const [name, text] of blocks) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/arcp"), "dir");
  // Without eval: what the README shows runs under a strict policy too.
  const node = ["--preserve-symlinks", "--disallow-code-generation-from-strings"];
  const agent = spawn(process.execPath, [...node, "agent.js"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = (await once(createInterface(agent.stdout), "line")) as [string];
    expect(line).toBe("listening on ws://127.0.0.1:7777/arcp");
    const { stdout } = await promisify(execFile)(process.execPath, [...node, "client.js"], {
      cwd: folder,
    });
    expect(stdout.trim().split("\n")).toEqual([
      "1 of 6",
      "2 of 6",
      "3 of 6",
      "4 of 6",
      "5 of 6",
      "6 of 6",
      "{ words: 6 }",
    ]);
  } finally {
    agent.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

it("the agent and the client are as short as the README says", () => {
  const lines = (name: string) =>
    blocks
      .get(name)!
      .split("\n")
      .filter((line) => line.trim() !== "").length;
  expect(lines("agent.js")).toBeLessThanOrEqual(16);
  expect(lines("client.js")).toBeLessThanOrEqual(12);
});

it("every file that the README links to is there", () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1]!);
  expect(links.length).toBeGreaterThan(5);
  for (const link of links) expect(() => readFileSync(join(root, link))).not.toThrow();
});
