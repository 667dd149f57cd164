import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRuntime } from "../../node.js";
import type { ReceivedEvent, Runtime, SubmitOptions } from "../../node.js";
import { builtInAgents } from "./index.js";
import { reportOf, sampleOf } from "./repo-survey.js";

let runtime: Runtime;
let root: string;

beforeEach(async () => {
  runtime = createRuntime({ agents: builtInAgents });
  root = await realpath(await mkdtemp(join(tmpdir(), "arcp-report-")));
});
afterEach(async () => {
  await runtime.close();
  await rm(root, { recursive: true });
});

async function run(agent: string, input?: unknown, options: SubmitOptions = {}) {
  const client = await runtime.connect();
  try {
    const job = await client.submit(agent, input, options);
    const events: ReceivedEvent[] = [];
    for await (const event of job) events.push(event);
    return { result: await job.result(), events };
  } finally {
    await client.close();
  }
}

describe("echo and count", () => {
  it("do as they say", async () => {
    const { result, events } = await run("echo", { a: [1] });
    expect(result).toEqual({ a: [1] });
    expect(events.map(({ kind }) => kind)).toEqual(["log"]);
    const counted = await run("count", { to: 3 });
    expect(counted.result).toBe(3);
    expect(counted.events.map(({ body }) => body)).toEqual(
      [1, 2, 3].map((current) => ({ current, total: 3, units: "numbers" })),
    );
    await expect(run("count", { to: -1 })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await expect(run("count", { too: 1 })).rejects.toThrow('"too" is not one of to, delayMs');
  });

  it("stop counting when cancelled", async () => {
    const client = await runtime.connect();
    const job = await client.submit("count", { to: 2, delayMs: 3_600_000 });
    for await (const event of job) {
      expect(event.kind).toBe("progress");
      await job.cancel();
    }
    await expect(job.result()).rejects.toMatchObject({ code: "CANCELLED" });
    await client.close();
  });
});

describe("repo-report", () => {
  let repo: string;

  beforeEach(async () => {
    repo = join(root, "repo");
    await mkdir(join(repo, "src"), { recursive: true });
    await mkdir(join(repo, "node_modules/x"), { recursive: true });
    await writeFile(join(repo, "src/a.ts"), "// TODO one\n// TODO two\nexport {};\n");
    await writeFile(join(repo, "README.md"), "# Title");
    await writeFile(join(repo, "picture.png"), Buffer.from([1, 0, 2]));
    await writeFile(join(repo, "node_modules/x/index.js"), "TODO");
    await writeFile(join(root, "package.json"), '{"secret":"canary"}');
  });

  it("reports on what its lease covers, and goes on after the refusal of what it does not", async () => {
    const lease = { "fs.read": [`${repo}/**`] };
    const { result, events } = await run("repo-report", { path: `${repo}/` }, { lease });
    expect(result).toContain(`# Report on ${repo}\n`);
    expect(result).toContain("- files: 3\n- bytes: 45\n- lines of text: 4\n- TODO: 2\n");
    expect(result).toContain("| TypeScript | 1 | 3 |");
    expect(result).toContain("| binary | 1 | 0 |");
    expect(result).toContain("| src/a.ts | 35 |");
    expect(result).not.toContain("node_modules");
    expect(JSON.stringify([result, events])).not.toContain("canary");

    const bodies = <K extends string>(kind: K) =>
      events.flatMap((event) => (event.kind === kind ? [event.body] : []));
    expect(bodies("progress").at(-1)).toEqual({ current: 3, total: 3, units: "files" });
    expect(bodies("metric")).toMatchObject([
      { name: "repo.files", value: 3 },
      { name: "repo.lines", value: 4 },
    ]);
    expect(bodies("log")).toEqual([
      {
        level: "warn",
        message: expect.stringMatching(
          /package\.json: \[PERMISSION_DENIED\].*; going on without it$/,
        ) as string,
      },
    ]);
    const refused = bodies("tool_result").filter((body) => "error" in body);
    expect(refused).toHaveLength(1);
    expect(bodies("result_chunk").length).toBeGreaterThan(2);
  });

  it("can do nothing without a lease, and ends in what refused it", async () => {
    await expect(run("repo-report", { path: repo })).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
    await expect(run("repo-report", { path: "relative" })).rejects.toThrow("an absolute path");
  });

  it("reads no more files than it may, and says so", async () => {
    const lease = { "fs.read": [`${repo}/**`] };
    const { result } = await run("repo-report", { path: repo, maxFiles: 1 }, { lease });
    expect(result).toContain("- files: 1\n- files not read, beyond the limit: 2\n");
  });

  it("ends its walk where a folder has far more than it may read", async () => {
    const many = join(root, "many");
    await mkdir(many);
    for (let at = 0; at < 12; at++) await writeFile(join(many, `${at}.txt`), "x\n");
    const lease = { "fs.read": [many, `${many}/**`] };
    const { result } = await run("repo-report", { path: many, maxFiles: 1 }, { lease });
    expect(result).toContain("- files not read, beyond the limit: 9 or more\n");
  });

  it("says when the lease covers what it tried", async () => {
    const lease = { "fs.read": [`${root}/**`] };
    const outside = join(root, "package.json");
    const { events } = await run("repo-report", { path: repo, outside }, { lease });
    expect(JSON.stringify(events)).toContain("the lease covers it");
  });

  it("stops in the middle when cancelled", async () => {
    const client = await runtime.connect();
    const lease = { "fs.read": [`${repo}/**`] };
    const job = await client.submit("repo-report", { path: repo, pauseMs: 60_000 }, { lease });
    for await (const event of job) if (event.kind === "progress") await job.cancel();
    await expect(job.result()).rejects.toMatchObject({ code: "CANCELLED" });
    await client.close();
  });
});

describe("the survey", () => {
  it("counts lines as editors do", () => {
    const samples = ["", "a", "a\n", "a\nb", "\n"].map((text) => sampleOf("x", Buffer.from(text)));
    expect(samples.map(({ lines }) => lines)).toEqual([0, 1, 1, 2, 1]);
    expect(sampleOf("x", Buffer.from("TODO TODOS todo TODO:")).todos).toBe(2);
  });

  it("cannot be spoiled by a file's name", () => {
    const sample = { path: "a|b.ts", bytes: 1, lines: 1, todos: 0 };
    const text = [...reportOf({ root: "/r", samples: [sample], unread: 0, failed: 2 })].join("");
    expect(text).toContain("| a\\|b.ts | 1 |");
    expect(text).toContain("could not be read: 2");
  });
});
