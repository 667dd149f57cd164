import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../hosts/node.js";
import type { Serving } from "../hosts/node.js";
import { bearer, connect, createRuntime } from "../node.js";
import { conformanceScripts } from "./agents/conformance-script.js";
import { builtInAgents } from "./agents/index.js";
import { bin, endAll, startWith } from "./process.test-helper.js";

let server: Serving;

beforeAll(async () => {
  const agents = [...builtInAgents, ...conformanceScripts];
  server = await serve(createRuntime({ agents, auth: bearer({ t: "me" }) }), { port: 0 });
});
afterAll(() => server.close());

afterEach(endAll);

/** The command as a process of its own. */
function start(...argv: string[]) {
  return startWith({ ARCP_URL: server.url, ARCP_TOKEN: "t" }, argv);
}

const script = (...steps: object[]) => ["submit", "conformance.script", JSON.stringify({ steps })];

describe("the process", () => {
  it("ends by itself, with the code of the table and everything written", async () => {
    const size = 3_000_000;
    const big = start(...script({ op: "chunk", data: "x".repeat(1000), repeat: size / 1000 }));
    expect(await big.exit).toBe(0);
    expect(big.output()).toHaveLength(size);
    const failed = start("submit", "nobody");
    expect(await failed.exit).toBe(9);
    expect(failed.output()).not.toMatch(/^\s+at /m);
  });

  it("outlives a reader that goes away", async () => {
    const run = start(...script({ op: "burst", count: 20_000 }, { op: "await-cancel" }), "--json");
    await run.seen('"accepted"');
    run.child.stdout.destroy();
    await run.seen("arcp: nobody reads the output");
    expect(await run.exit).toBe(1);
  });

  it("cancels at SIGINT, and leaves at the second", async () => {
    const once = start(...script({ op: "whoami" }, { op: "gate", name: "never" }), "--json");
    await once.seen('conformance.script@2.0.0"}');
    once.child.kill("SIGINT");
    expect(await once.exit).toBe(7);
    const deaf = [{ op: "whoami" }, { op: "await-cancel" }, { op: "gate", name: "never" }];
    const twice = start(...script(...deaf), "--json");
    await twice.seen('conformance.script@2.0.0"}');
    twice.child.kill("SIGINT");
    await twice.seen("cancelling");
    twice.child.kill("SIGINT");
    expect(await twice.exit).toBe(1);
  });

  it("goes on serving when an agent lets go of work that then fails", async () => {
    const folder = await mkdtemp(join(tmpdir(), "arcp-stray-"));
    const file = join(folder, "stray.mjs");
    await writeFile(
      file,
      `export default { name: "stray", run() {
        void Promise.reject(new Error("a lost promise"));
        setTimeout(() => { throw new Error("a lost timer"); }, 0);
        return "left";
      } };`,
    );
    const run = startWith({}, [
      "serve",
      "--no-db",
      "--port",
      "0",
      "--json",
      "--token",
      "t",
      "--agent",
      file,
    ]);
    await run.seen('{"listening"');
    const [, url] = /"listening":"([^"]+)"/.exec(run.output())!;
    const client = await connect(url!, { token: "t", reconnect: false });
    for (const _ of [1, 2]) expect(await (await client.submit("stray")).result()).toBe("left");
    await run.seen("a lost promise");
    await run.seen("a lost timer");
    await client.close();
    run.child.kill("SIGTERM");
    expect(await run.exit).toBe(0);
    await rm(folder, { recursive: true });
  });

  it.each([
    ["await new Promise(() => undefined);", 2, "never ends"],
    // It waits as well, but something could still happen.
    [
      "setInterval(() => undefined, 1000); await new Promise(() => undefined);",
      null,
      "still loading",
    ],
    ["setTimeout(() => process.exit(), 100);", 0, "ends with 0 before the command does"],
  ])("says why it serves nothing (any more): %s", async (text, code, words) => {
    const folder = await mkdtemp(join(tmpdir(), "arcp-stuck-"));
    const file = join(folder, "agent.mjs");
    await writeFile(file, `${text}\nexport default { name: "one", run: () => 1 };`);
    const run = startWith({}, ["serve", "--no-db", "--port", "0", "--agent", file]);
    await run.seen(words);
    if (code === null) run.child.kill("SIGKILL");
    expect(await run.exit).toBe(code);
    await rm(folder, { recursive: true });
  });

  it("serves, drains and ends", async () => {
    const run = startWith({}, ["serve", "--no-db", "--port", "0", "--json"]);
    await run.seen('{"listening"');
    await run.seen("arcp submit repo-report");
    run.child.kill("SIGTERM");
    expect(await run.exit).toBe(0);
  });

  it("ends the jobs that nobody attends to, before it ends itself", async () => {
    const argv = ["serve", "--no-db", "--port", "0", "--json", "--token", "t", "--conformance"];
    const run = startWith({}, [...argv, "--drain", "0.1"]);
    await run.seen('{"listening"');
    const [, url] = /"listening":"([^"]+)"/.exec(run.output())!;
    const client = await connect(url!, { token: "t" });
    await client.submit("conformance.script", { steps: [{ op: "gate", name: "never" }] });
    await client.close();
    run.child.kill("SIGTERM");
    expect(await run.exit).toBe(0);
    expect(run.output()).not.toContain("before the command does");
  });

  it("does not wait for a job when asked twice", async () => {
    const argv = ["serve", "--no-db", "--port", "0", "--json", "--token", "t", "--conformance"];
    const run = startWith({}, [...argv, "--drain", "3600"]);
    await run.seen('{"listening"');
    const [, url] = /"listening":"([^"]+)"/.exec(run.output())!;
    const client = await connect(url!, { token: "t", reconnect: false });
    await client.submit("conformance.script", { steps: [{ op: "gate", name: "never" }] });
    run.child.kill("SIGTERM");
    await run.seen("a second signal ends at once");
    run.child.kill("SIGTERM");
    expect(await run.exit).toBe(1);
    await client.close();
  });

  it("keeps its standard output for messages when it serves its parent, whatever agents print", async () => {
    const folder = await mkdtemp(join(tmpdir(), "arcp-chatty-"));
    const file = join(folder, "chatty.mjs");
    await writeFile(
      file,
      `console.log("printed at import");
       export default { name: "chatty", run() {
         console.log("printed"); process.stdout.write("written\\n");
         setInterval(() => {}, 1000);
         return "said";
       } };`,
    );
    const serving = `"${process.execPath}" --import tsx "${bin}" serve --stdio --agent "${file}"`;
    const run = startWith({ ARCP_DEBUG: "1" }, ["submit", "--stdio", serving, "chatty"]);
    expect(await run.exit).toBe(0);
    const said = run.output();
    for (const text of ["printed at import", "printed", "written", "said"]) {
      expect(said).toContain(text);
    }
    expect(said).not.toContain("bad frame");
    await rm(folder, { recursive: true });
  });

  it("says what became of a runtime that it could not start", async () => {
    const none = start("agents", "--stdio", "exit 9");
    expect(await none.exit).toBe(4);
    expect(none.output()).toContain("the runtime ended with exit code 9");
    const chatterer = start("agents", "--stdio", "yes");
    expect(await chatterer.exit).toBe(4);
    expect(chatterer.output()).toContain("this is no runtime");
    const both = start("agents", "--stdio", "true", "--url", "ws://127.0.0.1:1/arcp");
    expect(await both.exit).toBe(2);
    expect(both.output()).toContain("give --url or --stdio, not both");
  });
});
