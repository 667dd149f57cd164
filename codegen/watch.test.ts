import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, onTestFailed, vi } from "vitest";
import { main } from "./main.js";
import { smallProject } from "./main.test-helper.js";

const SPEC = "spec/draft-arcp-9.9.md";
const FOLDER = "generated/draft-9.9";

let root: string;
let stop: AbortController;
let said: string[];
let ended: Promise<number> | undefined;

beforeEach(async () => {
  root = await smallProject();
  stop = new AbortController();
  said = [];
  await main(["lint", "--accept"], surroundings());
  said.length = 0;
});
afterEach(async () => {
  stop.abort();
  await ended;
  ended = undefined;
  await rm(root, { recursive: true });
});

function surroundings() {
  const say = (text: string): void => void said.push(text);
  return { root, out: say, err: say, stop: stop.signal };
}

async function start(...args: string[]): Promise<void> {
  ended = main(["generate", "--watch", ...args], surroundings());
  await heard(/added/);
  said.length = 0;
}

/** Waits until something was said. */
async function heard(what: RegExp): Promise<string> {
  return await vi.waitFor(() => {
    const found = said.find((text) => what.test(text));
    if (found === undefined) throw new Error(`not heard: ${String(what)} in ${said.join("")}`);
    return found;
  }, 20_000);
}

const read = (path: string) => readFile(join(root, path), "utf8");
const types = () => read(`${FOLDER}/messages.ts`);

/** A spec that says which draft it replaces. */
const after = (spec: string, draft: string): string =>
  spec.replace(/^# .*$/m, `$&\n\n<!-- arcp:replaces ${draft} -->`);

/** The spec with other words in its place, as long as the old ones: its tables stay as they are. */
async function say(words: string): Promise<string> {
  return (await read(SPEC)).replaceAll(/Who \w+ it\./g, `Who ${words} it.`);
}

it("writes what a save changed, says how long it took, and touches nothing else", async () => {
  await start();
  const files = ["messages.ts", "ids.ts", "validate/index.ts"];
  const before = await Promise.all(files.map((it) => stat(join(root, FOLDER, it))));
  await writeFile(join(root, SPEC), await say("runs"));
  expect(await heard(/after the save/)).toMatch(
    /^generated\/draft-9\.9: 0 added, \d+ changed, 0 removed; \d+\.\d\d s after the save\n$/,
  );
  expect(await types()).toContain("Who runs it.");
  const after = await Promise.all(files.map((it) => stat(join(root, FOLDER, it))));
  expect(after.map(({ ino }, i) => ino === before[i]?.ino)).toEqual([false, true, true]);
  expect(after[1]?.mtimeMs).toBe(before[1]?.mtimeMs);
});

it("notices editors that put a new file in the place of the old one, again and again", async () => {
  await start();
  for (const words of ["made", "owns", "runs"]) {
    await writeFile(join(root, "spec/.draft.swp"), await say(words));
    await rename(join(root, "spec/.draft.swp"), join(root, SPEC));
    await heard(/after the save/);
    expect(await types()).toContain(`Who ${words} it.`);
    said.length = 0;
  }
});

it("writes nothing for a broken spec, goes on, and says so when it is mended", async () => {
  await start();
  const good = await read(SPEC);
  const before = await types();
  await writeFile(
    join(root, SPEC),
    good.replace('"required": ["agent"]', '"required": ["nobody"]'),
  );
  await heard(/nothing was written; waiting for the next save/);
  expect(said.join("")).toMatch(/^[a-z-]+ spec\/draft-arcp-9\.9\.md:\d+:\d+ .+ \(.+\)$/m);
  expect(await types()).toBe(before);
  await writeFile(
    join(root, SPEC),
    await say("runs").then((it) => it.replace('["nobody"]', '["agent"]')),
  );
  expect(await heard(/after the save/)).toMatch(/^mended: generated/);
  expect(await types()).toContain("Who runs it.");
});

it("survives a spec that is deleted and comes back, and one that is new", async () => {
  await start();
  const good = await read(SPEC);
  await rm(join(root, SPEC));
  await heard(/there is no spec.*\nnothing was written; waiting/s);
  await writeFile(join(root, SPEC), good);
  await heard(/^mended: /);
  said.length = 0;
  const stem = join(root, "spec/draft-arcp-9.10");
  await writeFile(`${stem}.lock.json`, await read(SPEC.replace(".md", ".lock.json")));
  await writeFile(`${stem}.md`, after(good, "9.9"));
  await heard(/draft-9\.10: \d+ added/);
  await heard(/generated\/current: 0 added, 11 changed/);
  expect(await read("generated/current/index.ts")).toContain("../draft-9.10/index.js");
});

it("writes the revision that was saved, and leaves the others alone", async () => {
  const other = "spec/draft-arcp-9.8";
  const older = (await read(SPEC)).replaceAll("9.9", "9.8");
  await writeFile(join(root, `${other}.md`), older);
  await writeFile(join(root, SPEC), after(await read(SPEC), "9.8"));
  await writeFile(join(root, `${other}.lock.json`), await read(SPEC.replace(".md", ".lock.json")));
  ended = main(["generate", "--watch"], surroundings());
  await heard(/draft-9\.9: \d+ added/);
  expect(said.join("")).toMatch(/draft-9\.8: \d+ added/);
  said.length = 0;
  await writeFile(join(root, SPEC), await say("runs"));
  await heard(/after the save/);
  expect(said.join("")).not.toContain("draft-9.8");
  // One that stays broken is tried again with each save, also of another.
  await writeFile(join(root, `${other}.md`), older.replace('["agent"]', '["nobody"]'));
  await heard(/draft-arcp-9\.8\.md: \d+ findings?; nothing was written/);
  said.length = 0;
  await writeFile(join(root, SPEC), await say("owns"));
  await heard(/draft-arcp-9\.8\.md: \d+ findings?; nothing was written/);
  said.length = 0;
  // To take it back mends it, though the folder was written from that text before.
  await writeFile(join(root, `${other}.md`), older);
  await heard(/^mended: generated\/draft-9\.8: /);
  await heard(/generated\/draft-9\.9: /);
  expect(await types()).toContain("Who owns it.");
});

it("survives a folder that goes and comes back, as when a branch is changed", async () => {
  await start();
  await rename(join(root, "spec"), join(root, "away"));
  await heard(/waiting/);
  said.length = 0;
  await rename(join(root, "away"), join(root, "spec"));
  await heard(/^mended: /);
  said.length = 0;
  await writeFile(join(root, SPEC), await say("runs"));
  await heard(/after the save/);
  expect(await types()).toContain("Who runs it.");
});

it("gives programs an array of findings after each save, and nothing besides", async () => {
  let out = "";
  const at = { ...surroundings(), out: (text: string) => void (out += text) };
  ended = main(["generate", "--watch", "--format", "json"], at);
  await heard(/added/);
  expect(out).toBe("[]\n");
  const good = await read(SPEC);
  await writeFile(
    join(root, SPEC),
    good.replace('"required": ["agent"]', '"required": ["nobody"]'),
  );
  await heard(/waiting/);
  expect(JSON.parse(out.slice(3))).toContainEqual(
    expect.objectContaining({ file: SPEC, line: expect.any(Number), fix: expect.any(String) }),
  );
});

it("says what the task in docs/editing-the-spec.md waits for", async () => {
  const page = new URL("../docs/editing-the-spec.md", import.meta.url);
  const [, task = ""] = /^```json\n([^]*?)^```$/m.exec(await readFile(page, "utf8")) ?? [];
  const { tasks } = JSON.parse(task) as {
    readonly tasks: readonly [
      {
        readonly problemMatcher: {
          readonly pattern: { readonly regexp: string };
          readonly background: { readonly beginsPattern: string; readonly endsPattern: string };
        };
      },
    ];
  };
  const { pattern, background } = tasks[0].problemMatcher;
  const lines = () => said.join("").split("\n");
  const count = (form: string) => lines().filter((line) => new RegExp(form).test(line)).length;
  await start();
  const good = await read(SPEC);
  await writeFile(
    join(root, SPEC),
    good.replace('"required": ["agent"]', '"required": ["nobody"]'),
  );
  await heard(/waiting/);
  expect([background.beginsPattern, background.endsPattern].map(count)).toEqual([1, 1]);
  const found = lines().flatMap((line) => new RegExp(pattern.regexp).exec(line) ?? []);
  expect(found.slice(1, 3)).toEqual([expect.stringMatching(/^[a-z-]+$/), SPEC]);
  await writeFile(join(root, SPEC), await say("runs").then((it) => it.replace("nobody", "agent")));
  await heard(/mended/);
  expect([background.beginsPattern, background.endsPattern].map(count)).toEqual([2, 2]);
});

it("speaks the format that was asked for, and refuses --check beside --watch", async () => {
  await writeFile(join(root, SPEC), (await read(SPEC)).replace('["agent"]', '["nobody"]'));
  ended = main(["generate", "--watch", "--format", "github"], surroundings());
  await heard(/^::error file=spec/);
  expect(await main(["generate", "--watch", "--check"], surroundings())).toBe(2);
});

it.each(["SIGINT", "SIGTERM"] as const)("ends in good order on %s", async (signal) => {
  const command = fileURLToPath(new URL("./main.ts", import.meta.url));
  const loader = import.meta.resolve("tsx");
  const child = spawn(process.execPath, ["--import", loader, command, "generate", "--watch"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  expect(String(line)).toContain("added");
  child.kill(signal);
  expect(await once(child, "exit")).toEqual([0, null]);
});

it("ends when the process that started it is gone", async () => {
  const command = fileURLToPath(new URL("./main.ts", import.meta.url));
  const args = ["--import", import.meta.resolve("tsx"), command, "generate", "--watch"];
  // It tells the watcher's id, and waits as npm does.
  const starter = `const child = require("child_process").spawn(process.execPath, ${JSON.stringify(args)}, { stdio: "inherit" }); console.log(child.pid)`;
  const parent = spawn(process.execPath, ["-e", starter], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  parent.stdout.on("data", (bytes: Buffer) => void (text += String(bytes)));
  const closed = once(parent.stdout, "end");
  await vi.waitFor(() => expect(text).toContain("added"), 20_000);
  parent.kill("SIGKILL");
  const watcher = Number(text.split("\n")[0]);
  onTestFailed(() => void process.kill(watcher, "SIGKILL"));
  // The last who holds the pipe is the watcher.
  await closed;
});
