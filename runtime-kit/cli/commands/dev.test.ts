import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect } from "../../node.js";
import type { Client } from "../../node.js";
import { arcpDone } from "../io.test-helper.js";
import { endAll, startWith } from "../process.test-helper.js";

let folder: string;
const clients: Client[] = [];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "arcp-dev-")));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  endAll();
  await rm(folder, { recursive: true, force: true });
});

async function save(name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** `arcp dev` in the folder; `after` does something and waits for what is then told. */
async function dev(...argv: string[]) {
  const run = startWith({}, ["dev", "--port", "0", ...argv], folder);
  const after = async (change: () => Promise<unknown>, words: string): Promise<void> => {
    const from = run.output().length;
    await change();
    await run.seen(words, from);
  };
  const open = async (token: string): Promise<Client> => {
    await run.seen('"listening"');
    const [, url] = /"listening":"([^"]+)"/.exec(run.output())!;
    const client = await connect(url!, { token, reconnect: false });
    clients.push(client);
    return client;
  };
  return { run, after, open };
}

const agentOf = (body: string, name = "a", version = "1"): string =>
  `export default { name: "${name}", version: "${version}", run: ${body} };\n`;

describe("arcp dev, as a process", () => {
  it.each([
    ["js", "module", "dep.js", ""],
    ["js", "commonjs", "dep.js", ""],
    ["mjs", "commonjs", "dep.mjs", ""],
    ["ts", "module", "dep.ts", ": number"],
    ["ts", "commonjs", "dep.ts", ": number"],
  ])("reloads .%s in a package of type %s", async (extension, type, dependency, annotation) => {
    await save("package.json", JSON.stringify({ type }));
    const specifier = dependency.replace(".ts", ".js");
    const dep = (value: string) => save(dependency, `export const v${annotation} = ${value};\n`);
    await dep("1");
    const agent = `agent.${extension}`;
    await save(agent, `import { v } from "./${specifier}";\n${agentOf("() => v")}`);
    const { after, open } = await dev(agent, "--json", "--token", "t");
    const client = await open("t");
    const result = async () => (await client.submit("a")).result();
    expect(await result()).toBe(1);
    await after(() => dep("2"), `"saved":["${dependency}"]`);
    expect(await result()).toBe(2);
    await after(() => dep(""), `"failed":{"entry":"${agent}","file":"${dependency}","line":1`);
    expect(await result()).toBe(2);
    await after(() => dep("3"), `"mended":{"entry":"${agent}"}`);
    expect(await result()).toBe(3);
    await after(() => save(agent, agentOf("() => 4")), `"saved":["${agent}"]`);
    expect(await result()).toBe(4);
    expect(client.session.resumed).toBe(0);
  });

  it("lets a running job end on the code that it began with", async () => {
    const waits = (words: string): string =>
      agentOf(`async (input, ctx) => {
        if (input === "wait") {
          ctx.log("info", "waiting");
          await new Promise((resolve) => { globalThis.letGo = resolve; });
        } else globalThis.letGo?.();
        return ${JSON.stringify(words)};
      }`);
    await save("agent.mjs", waits("old"));
    const { after, open } = await dev("agent.mjs", "--json", "--token", "t");
    const client = await open("t");
    const running = await client.submit("a", "wait");
    for await (const event of running) if (event.kind === "log") break;
    await after(() => save("agent.mjs", waits("new")), '"reloaded"');
    expect(await (await client.submit("a")).result()).toBe("new");
    expect(await running.result()).toBe("old");
  });

  it("tells what became of each save, in words", async () => {
    await save("agent.mjs", agentOf("() => 1"));
    await save("more.mjs", agentOf("() => 1", "b"));
    const { run, after } = await dev("agent.mjs", "more.mjs");
    await run.seen("loaded a@1, b@1");
    await run.seen("arcp submit a '{}'");
    expect(run.output()).toContain("try, with its input in place of {}\n");
    const [, url, token] = /ARCP_URL=(\S+) ARCP_TOKEN=(dev_\w+) arcp submit a '\{\}'/.exec(
      run.output(),
    )!;
    const options = { env: { ARCP_URL: url!, ARCP_TOKEN: token! } };
    expect((await arcpDone(["submit", "a", "{}"], options)).stdout).toBe("1\n");

    const renamed = agentOf("() => 1", "c");
    await after(
      () => save("more.mjs", renamed),
      "reloaded after more.mjs: a@1, c@1; b@1 is now c@1\n",
    );
    const two = `${renamed.replace("export default", "const c =")}
      export default [c, { name: "d", run: () => 1 }];`;
    await after(() => save("more.mjs", two), "a@1, c@1, d@1.0.0; added d@1.0.0\n");
    await after(() => save("more.mjs", renamed), "; removed d@1.0.0\n");

    // As editors save: another file takes the place of the old one.
    await save("agent.mjs.tmp", agentOf("() => { throw new Error('boom'); }"));
    const byRename = () => rename(join(folder, "agent.mjs.tmp"), join(folder, "agent.mjs"));
    await after(byRename, "reloaded after agent.mjs: a@1, c@1\n");
    await after(
      async () => expect((await arcpDone(["submit", "a"], options)).exit).toBe(5),
      "arcp: a@1 threw at agent.mjs:1:",
    );

    await after(
      () => rm(join(folder, "agent.mjs")),
      "arcp: agent.mjs: no such file (its agents stay as they were)\n",
    );
    await after(
      () => save("agent.mjs", agentOf("() => 2", "c")),
      "c@1 is registered twice (its agents stay as they were)\n",
    );
    await after(
      () => save("agent.mjs", `import "./lib/x.mjs";\n${agentOf("() => 2")}`),
      'arcp: agent.mjs:1: cannot find "./lib/x.mjs" (its agents stay as they were)\n',
    );
    await after(
      () => save("lib/x.mjs", "\n\nthrow new Error('half');"),
      "arcp: lib/x.mjs:3:7: half (its agents stay as they were)\n",
    );
    // A module that does not end its load holds up nobody who saves again.
    await save("lib/x.mjs", "await new Promise(() => undefined);");
    await after(
      () => save("lib/x.mjs", ""),
      "agent.mjs is mended\nreloaded after lib/x.mjs: a@1, c@1\n",
    );
    await after(() => save("agent.mjs", "export default 7;"), "must be an agent");
    run.child.kill("SIGINT");
    expect(await run.exit).toBe(0);
  });

  it("begins with a file that is broken, and shows how to submit once it is mended", async () => {
    await save("agent.mjs", "export default {;");
    const { run, after } = await dev("agent.mjs");
    await run.seen("listening at ws://127.0.0.1:");
    await run.seen("arcp: agent.mjs:1: SyntaxError: Unexpected token ';'\n");
    expect(run.output()).not.toContain("a token was made");
    await after(() => save("agent.mjs", agentOf("() => 1")), "arcp submit a '{}'");
  });

  it("takes many saves at once for one", async () => {
    const names = Array.from({ length: 40 }, (_, at) => `m${at}.mjs`);
    const write = (value: number) =>
      Promise.all(names.map((name) => save(name, `export default ${value};`)));
    await write(1);
    const imports = names.map((name, at) => `import v${at} from "./${name}";`).join("\n");
    const sum = names.map((_, at) => `v${at}`).join(" + ");
    await save("agent.mjs", `${imports}\n${agentOf(`() => ${sum}`)}`);
    const { run, open } = await dev("agent.mjs", "--json", "--token", "t");
    const client = await open("t");
    await write(2);
    await vi.waitFor(async () => expect(await (await client.submit("a")).result()).toBe(80), {
      timeout: 20_000,
    });
    // One, unless the machine is so busy that the writing itself pauses.
    expect(run.output().match(/"reloaded"/g)!.length).toBeLessThan(5);
  });
});

describe("arcp dev", () => {
  it("refuses a file that is not there", async () => {
    const { exit, stderr } = await arcpDone(["dev", "/nowhere.ts"]);
    expect([exit, stderr]).toEqual([2, "arcp: /nowhere.ts: no such file\n"]);
  });
});
