/** A program that has nothing else to do ends when what it waits for has come to its end, and not before. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { connect } from "./node.js";

const folder = mkdtempSync(join(tmpdir(), "arcp-closing-"));
const helper = fileURLToPath(new URL("closing.test-helper.ts", import.meta.url));
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

function program(file: string, what: string) {
  const args = ["--import", "tsx", helper, file === "" ? "" : join(folder, file), what];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const said: string[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    said.push(...lines);
  });
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { child, said, ended };
}

/** The clock of the program is hurried: the machine may add many of its seconds to those that are waited. */
const closedAfter = (sec: number): unknown =>
  expect.toSatisfy((line: string) => Number(/^closed after (\d+) s$/.exec(line)?.[1]) >= sec);

describe.each([
  { store: "memory", file: () => "" },
  { store: "sqlite", file: (what: string) => `${what}.db` },
])("a job that holds nothing but a key, on $store", ({ file }) => {
  it("CRED-11 is told, and its key revoked, before a program ends that closes its runtime", async () => {
    const { said, ended } = program(file("close"), "close");
    expect(await ended).toBe(0);
    expect(said).toEqual(["aborted INTERNAL_ERROR", "revoke", closedAfter(0), "exit with 0 keys"]);
  });

  it("CRED-11 is told, and its key revoked, when a handler of SIGTERM closes the server", async () => {
    const { child, said, ended } = program(file("serve"), "serve");
    await vi.waitFor(() => expect(said).toHaveLength(1), { timeout: 25_000 });
    const client = await connect(said.shift() ?? "", { token: "ada" });
    await client.submit("waits");
    await client.close();
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(said).toEqual(["aborted INTERNAL_ERROR", "revoke", closedAfter(0), "exit with 0 keys"]);
  });

  it("has all of its drain, in a program that only waits for that", async () => {
    const { said, ended } = program(file("drain"), "drain");
    expect(await ended).toBe(0);
    expect(said).toEqual(["aborted INTERNAL_ERROR", "revoke", closedAfter(60), "exit with 0 keys"]);
  });

  it("does not keep a program from its end for longer than 5 s where its key cannot be revoked", async () => {
    const { said, ended } = program(file("revoke"), "revoke");
    expect(await ended).toBe(0);
    // While the store is closed it may be tried again.
    expect([...new Set(said)]).toEqual([
      "aborted INTERNAL_ERROR",
      "revoke",
      closedAfter(5),
      "exit with 1 keys",
    ]);
  });

  it("keeps no program that does not wait for it", async () => {
    const { said, ended } = program(file("leave"), "leave");
    expect(await ended).toBe(0);
    expect(said).toEqual(["exit with 1 keys"]);
  });

  it("is waited for by a client, on whose connection nothing happens", async () => {
    const { said, ended } = program(file("result"), "result");
    expect(await ended).toBe(0);
    expect(said).toEqual([
      "aborted TIMEOUT",
      "revoke",
      "[TIMEOUT] the run outlasted 10 s",
      closedAfter(0),
      "exit with 0 keys",
    ]);
  });

  it("is waited for by a client that waits to dial again", async () => {
    const { said, ended } = program(file("redial"), "redial");
    expect(await ended).toBe(0);
    expect(said).toEqual([
      "[CLOSED] the session cannot go on: nobody is there",
      "exit with 1 keys",
    ]);
  });

  it("is waited for when its key is rotated, for as long as the provisioner may take", async () => {
    const { said, ended } = program(file("rotate"), "rotate");
    expect(await ended).toBe(0);
    // What the provisioner may have made without an answer is revoked too, and more than once.
    expect(said.filter((line) => line !== "revoke")).toEqual([
      "late",
      "aborted INTERNAL_ERROR",
      closedAfter(0),
      "exit with 0 keys",
    ]);
  });
});

it("a program ends whose client is in the process of a runtime that was closed", async () => {
  const { said, ended } = program("", "embedded");
  expect(await ended).toBe(0);
  expect(said).toEqual([
    "aborted INTERNAL_ERROR",
    "revoke",
    closedAfter(0),
    "[INTERNAL_ERROR] the runtime went down while the job ran",
    "[CLOSED] the runtime of this process is closed",
    "[CLOSED] the runtime of this process is closed",
    "exit with 0 keys",
  ]);
});
