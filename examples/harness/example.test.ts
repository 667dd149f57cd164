import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { runExample } from "./example.js";

const LISTENS = `
  console.log("listening at ws://127.0.0.1:1234/arcp");
  setInterval(() => {}, 1000);
`;
const EXPECTED = "--- runtime\nlistening at <url>\n--- client\nhello ws://127.0.0.1:1234/arcp\n";
const GREETS = `console.log("hello", process.argv[2]);`;

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function problemOf(
  files: { readonly runtime?: string; readonly client?: string; readonly expected?: string },
  limitMs?: number,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "arcp-harness-"));
  folders.push(folder);
  await writeFile(join(folder, "runtime.ts"), files.runtime ?? LISTENS);
  await writeFile(join(folder, "client.ts"), files.client ?? GREETS);
  await writeFile(join(folder, "expected.txt"), files.expected ?? EXPECTED);
  return (await runExample(folder, limitMs)).problem;
}

it("passes an example whose output is as expected", async () => {
  expect(await problemOf({})).toBeUndefined();
});

it("fails one that prints something else", async () => {
  expect(await problemOf({ client: `console.log("hullo")` })).toContain("but got:  hullo");
});

it("fails one whose client fails, and says what the client said", async () => {
  const problem = await problemOf({ client: `${GREETS} throw new Error("no luck")` });
  expect(problem).toContain("the client ended with exit 1");
  expect(problem).toContain("no luck");
});

it("fails one whose client never ends", async () => {
  const client = `${GREETS} setInterval(() => {}, 1000)`;
  expect(await problemOf({ client }, 1_500)).toContain("longer than 1.5 s");
});

it("fails one whose runtime does not listen, or ends by itself", async () => {
  expect(await problemOf({ runtime: "process.exit(3)" })).toContain("did not listen: exit 3");
  const brief = `console.log("listening at ws://127.0.0.1:1234/arcp"); process.exit(0)`;
  expect(await problemOf({ runtime: brief })).toContain("ended by itself");
});

it("leaves the runtime to a client that starts it itself", async () => {
  const alone = { runtime: "process.exit(3)", client: `console.log("alone")` };
  expect(await problemOf({ ...alone, expected: "--- client\nalone\n" })).toBeUndefined();
  expect(await problemOf({ ...alone, expected: "--- client\nother\n" })).toContain("alone");
  const stuck = { ...alone, client: "setInterval(() => {}, 1000)", expected: "--- client\n" };
  expect(await problemOf(stuck, 1_500)).toContain("longer than 1.5 s");
});
