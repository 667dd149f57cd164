/**
 * Jobs that one `arcp` submits and another follows or cancels, at a runtime without subscriptions: then a job is read
 * in the session that submitted it. With them: tail.test.ts.
 */
import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Feature } from "../../../generated/current/index.js";
import { serve } from "../../hosts/node.js";
import type { Serving } from "../../hosts/node.js";
import { bearer, createRuntime, defineAgent } from "../../node.js";
import { arcp, arcpDone } from "../io.test-helper.js";
import { endAll, startWith } from "../process.test-helper.js";

let folder: string;
let server: Serving;
let env: Record<string, string>;
/** Lets the agent `steps` do one more. */
let step: () => void;
let starts: number;

const steps = defineAgent<{ secret?: string } | undefined>({
  name: "steps",
  async run(input, ctx) {
    starts += 1;
    for (let at = 1; at <= 4; at += 1) {
      await ctx.log("info", `step ${at}`);
      if (at === 2)
        await new Promise<void>((resolve, reject) => {
          step = resolve;
          ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error));
        });
    }
    return { done: true };
  },
});
/** What a runtime of before has. */
const FEATURES: readonly Feature[] = ["heartbeat", "ack", "list_jobs", "progress", "result_chunk"];

const count = defineAgent({ name: "count", run: (_input, ctx) => ctx.stream(["1 ", "2 ", "3"]) });

async function start(port = 0): Promise<void> {
  const runtime = createRuntime({
    agents: [steps, count],
    auth: bearer({ t: "me", other: "somebody else" }),
    features: FEATURES,
  });
  server = await serve(runtime, { port });
}

beforeEach(async () => {
  starts = 0;
  folder = await mkdtemp(join(tmpdir(), "arcp-state-"));
  await start();
  env = { ARCP_URL: server.url, ARCP_TOKEN: "t", ARCP_STATE: join(folder, "state") };
});
afterEach(async () => {
  endAll();
  step?.();
  await server.close();
  await rm(folder, { recursive: true });
});

const kept = (): Promise<string[]> => readdir(join(folder, "state"));

async function detached(...argv: string[]): Promise<string> {
  const { exit, stdout, stderr } = await arcpDone(["submit", "--detach", ...argv], { env });
  expect([exit, stderr]).toEqual([0, ""]);
  return stdout.trim();
}

function logsOf(records: readonly Record<string, unknown>[]): string[] {
  return records.flatMap(({ event }) => {
    const { kind, body } = (event ?? {}) as { kind?: string; body?: { message?: string } };
    return kind === "log" ? [body!.message!] : [];
  });
}

describe("arcp submit --detach", () => {
  it("prints the id, and others see, follow and read the end of the job", async () => {
    const id = await detached("steps");
    expect(id).toMatch(/^job_/);
    const jobs = await arcpDone(["jobs", "--json"], { env });
    expect(jobs.records()).toMatchObject([{ job: { job_id: id, agent: "steps@1.0.0" } }]);
    const tail = arcp(["tail", id, "--json"], { env });
    await tail.seen(/step 2/);
    step();
    expect(await tail.exit).toBe(0);
    expect(logsOf(tail.records())).toEqual(["step 1", "step 2", "step 3", "step 4"]);
    expect(tail.records().at(-1)).toMatchObject({ result: { job_id: id, result: { done: true } } });

    // The end can be read again, and all of it.
    const again = await arcpDone(["tail", id], { env });
    expect([again.exit, JSON.parse(again.stdout)]).toEqual([0, { done: true }]);
    const whole = await arcpDone(["tail", id, "--from", "0", "--json"], { env });
    expect(logsOf(whole.records())).toHaveLength(4);
    const rest = await arcpDone(["tail", id, "--from", "3", "--json"], { env });
    expect(logsOf(rest.records())).toEqual(["step 4"]);
    // Beyond the end there is the end, and what is kept takes no harm.
    for (const from of ["5", "999"]) {
      const { exit, stdout } = await arcpDone(["tail", id, "--from", from], { env });
      expect([from, exit, JSON.parse(stdout)]).toEqual([from, 0, { done: true }]);
    }
    expect((await arcpDone(["tail", id], { env })).exit).toBe(0);
    expect(starts).toBe(1);
  });

  it("keeps it for its user alone", async () => {
    await detached("steps", `{"secret": "s3cret"}`);
    expect((await stat(join(folder, "state"))).mode & 0o777).toBe(0o700);
    const names = await kept();
    expect(names.map((name) => name.split(".").at(-1)).sort()).toEqual(["job", "session"]);
    for (const name of names) {
      expect((await stat(join(folder, "state", name))).mode & 0o777).toBe(0o600);
    }
  });

  it("finds a streamed result whole", async () => {
    const id = await detached("count");
    for (let at = 0; at < 2; at += 1) {
      const { exit, stdout } = await arcpDone(["tail", id], { env });
      expect([exit, stdout]).toEqual([0, "1 2 3"]);
    }
  });

  it("takes a key, under which the same is one job", async () => {
    const ids = [await detached("steps", "--key", "k"), await detached("steps", "--key", "k")];
    expect(ids[0]).toBe(ids[1]);
    const other = await arcpDone(["submit", "steps", "1", "--key", "k", "--detach"], { env });
    expect([other.exit, other.stderr]).toEqual([2, expect.stringContaining("DUPLICATE_KEY")]);
    expect(starts).toBe(1);
  });

  it.each([
    [["--timeout", "1"], {}, "--detach does not wait"],
    [["--key", ""], {}, "--key is empty"],
    [["--stdio", "true"], { ARCP_URL: "" }, "a runtime of --stdio ends with this command"],
    [[], { ARCP_STATE: "" }, "there is no folder to keep jobs in: set ARCP_STATE"],
    [[], { ARCP_STATE: "/dev/null/x" }, "/dev/null/x cannot keep jobs: "],
    // Where a folder's parent is there and takes none.
    [[], { ARCP_STATE: "/proc/nix/x" }, "/proc/nix/x cannot keep jobs: "],
  ])("with %j and %j is refused, and submits nothing", async (argv, more, text) => {
    const run = await arcpDone(["submit", "steps", "--detach", ...argv], {
      env: { ...env, ...more },
    });
    expect([run.exit, run.stderr]).toEqual([2, expect.stringContaining(text)]);
    expect(starts).toBe(0);
  });
});

describe("arcp submit", () => {
  it("goes on without a place to keep the job in, and says so", async () => {
    const run = arcp(["submit", "count"], { env: { ...env, ARCP_STATE: "/dev/null/x" } });
    expect([await run.exit, run.stdout()]).toEqual([0, "1 2 3"]);
    expect(run.stderr()).toContain("no other process will be able to go on with the job");
  });

  it("leaves nothing of a job whose end it has shown, or that was refused", async () => {
    await arcpDone(["submit", "count"], { env });
    await arcpDone(["submit", "nobody"], { env });
    expect(await kept()).toEqual([]);
  });

  it("can be followed by another meanwhile, from there on", async () => {
    const submit = arcp(["submit", "steps", "--json"], { env });
    const [, id] = await submit.seen(/"job_id":"(job_\w+)"/);
    await submit.seen(/step 2/);
    const tail = arcp(["tail", id!, "--json"], { env });
    await tail.seen(/accepted/);
    step();
    expect([await submit.exit, await tail.exit]).toEqual([0, 0]);
    expect(logsOf(submit.records())).toHaveLength(4);
    expect(logsOf(tail.records())).toEqual(["step 3", "step 4"]);
    expect(tail.records().slice(0, 2)).toMatchObject([
      { notice: expect.stringContaining("this runtime has no subscriptions") },
      { notice: expect.stringContaining("is in use: ") },
    ]);
    expect(tail.records().at(-1)).toMatchObject({ result: { result: { done: true } } });
    expect(starts).toBe(1);
  });
});

describe("arcp tail", () => {
  it("leaves with Ctrl-C, and the next goes on where it was", async () => {
    const id = await detached("steps");
    const first = arcp(["tail", id, "--json"], { env });
    await first.seen(/step 2/);
    first.signal();
    expect(await first.exit).toBe(1);
    expect(first.records().at(-1)).toMatchObject({ error: { code: "LEFT", exit: 1 } });
    const second = arcp(["tail", id, "--json"], { env });
    await second.seen(/accepted/);
    step();
    expect(await second.exit).toBe(0);
    // The event that was just being shown when it left may be shown again, and no other.
    expect(logsOf(first.records())).toEqual(["step 1", "step 2"]);
    const shown = logsOf(second.records()).filter((text) => text !== "step 2");
    expect(shown).toEqual(["step 3", "step 4"]);
  });

  it("may be killed at any moment: its lock does not outlive it, and the next goes on", async () => {
    const id = await detached("steps");
    const first = startWith(env, ["tail", id, "--json"]);
    await first.seen("step 2");
    const busy = arcp(["tail", id], { env });
    await busy.seen(new RegExp(`is in use: process ${first.child.pid} has it`));
    busy.signal();
    await busy.exit;
    first.child.kill("SIGKILL");
    await first.exit;
    const second = arcp(["tail", id, "--json"], { env });
    await second.seen(/accepted/);
    step();
    expect(await second.exit).toBe(0);
    // Not yet kept as read, or kept: shown again, or not. Never a gap.
    const shown = logsOf(second.records());
    expect(shown.slice(-2)).toEqual(["step 3", "step 4"]);
    expect(["step 1", "step 2", "step 3", "step 4"].slice(-shown.length)).toEqual(shown);
    expect(second.stderr()).toBe("");
  });

  it("says that it knows nothing of a job, and what it looked for", async () => {
    const { exit, stderr } = await arcpDone(["tail", "job_1"], { env });
    expect([exit, stderr]).toEqual([
      9,
      expect.stringMatching(/state keeps nothing of job_1; `arcp submit`/),
    ]);
    const { stderr: nowhere } = await arcpDone(["tail", "../x"], {
      env: { ...env, ARCP_STATE: "" },
    });
    expect(nowhere).toContain("no folder keeps jobs: set ARCP_STATE");
  });

  it("never starts a job that the runtime has forgotten", async () => {
    const id = await detached("steps");
    const { port } = new URL(server.url);
    await server.close();
    await start(Number(port));
    const { exit, stderr } = await arcpDone(["tail", id], { env });
    expect([exit, stderr]).toEqual([
      9,
      expect.stringContaining(`the runtime has no ${id} for this token`),
    ]);
    expect(stderr).toContain("does not resume the kept session");
    const cancel = await arcpDone(["cancel", id], { env });
    expect(cancel.exit).toBe(9);
    expect(starts).toBe(1);
    // And what was kept is still there.
    expect(await kept()).toHaveLength(2);
  });

  it("refuses what is damaged, and leaves it as it is", async () => {
    const id = await detached("steps");
    const [job] = (await kept()).filter((name) => name.endsWith(".job"));
    const file = join(folder, "state", job!);
    for (const [text, problem] of [
      ["{", "cannot be read: "],
      [`{"format": "other"}`, "is no record of a job"],
    ] as const) {
      await writeFile(file, text);
      const { exit, stderr } = await arcpDone(["tail", id], { env });
      expect([exit, stderr]).toEqual([1, expect.stringContaining(problem)]);
      expect(await readFile(file, "utf8")).toBe(text);
    }
  });
});

describe("arcp cancel", () => {
  it("ends a job that another follows", async () => {
    const submit = arcp(["submit", "steps", "--json"], { env });
    const [, id] = await submit.seen(/"job_id":"(job_\w+)"/);
    await submit.seen(/step 2/);
    const { exit, stdout } = await arcpDone(["cancel", id!, "--reason", "enough"], { env });
    expect([exit, stdout]).toEqual([0, `${id} is cancelled\n`]);
    expect(await submit.exit).toBe(7);
    expect(submit.records().at(-1)).toMatchObject({ error: { final_status: "cancelled" } });
    expect(await kept()).toEqual([]);
  });

  it("ends one that nobody follows, and says how one has ended already", async () => {
    const id = await detached("steps");
    const first = await arcpDone(["cancel", id, "--json"], { env });
    expect(first.records()).toEqual([{ cancelled: { job_id: id } }]);
    const tail = await arcpDone(["tail", id], { env });
    expect(tail.exit).toBe(7);
    const again = await arcpDone(["cancel", id], { env });
    expect([again.exit, again.stdout]).toEqual([0, `${id} had ended already: cancelled\n`]);
    expect(starts).toBe(1);
  });

  it("is refused to who did not submit the job, in words that say what it takes", async () => {
    const id = await detached("steps");
    const elsewhere = { ...env, ARCP_STATE: join(folder, "elsewhere") };
    const same = await arcpDone(["cancel", id], { env: elsewhere });
    expect([same.exit, same.stderr]).toEqual([
      6,
      expect.stringContaining("keeps nothing of " + id),
    ]);
    const foreign = await arcpDone(["cancel", id], { env: { ...elsewhere, ARCP_TOKEN: "other" } });
    expect(foreign.exit).toBe(9);
  });

  it("asks which runtime is meant where two have such a job", async () => {
    const id = await detached("steps");
    const [job] = (await kept()).filter((name) => name.endsWith(".job"));
    const record = JSON.parse(await readFile(join(folder, "state", job!), "utf8")) as object;
    const twin = { ...record, url: "ws://127.0.0.1:1/arcp" };
    await writeFile(join(folder, "state", `${id}@000000000000.job`), JSON.stringify(twin));
    const { ARCP_URL: _, ...nowhere } = env;
    const { exit, stderr } = await arcpDone(["cancel", id], { env: nowhere });
    expect([exit, stderr]).toEqual([2, expect.stringContaining("give --url, one of ")]);
    const { exit: told } = await arcpDone(["cancel", id, "--url", server.url], { env: nowhere });
    expect(told).toBe(0);
  });
});

it("what has ended and was read is swept out after a day; what is open stays", async () => {
  const [ended, open] = [await detached("count"), await detached("steps")];
  await arcpDone(["tail", ended], { env });
  const long = new Date(Date.now() - 26 * 60 * 60 * 1000);
  for (const name of await kept()) await utimes(join(folder, "state", name), long, long);
  await mkdir(join(folder, "state", "a-folder.session"));
  await arcpDone(["submit", "count"], { env });
  const names = await kept();
  expect(names.filter((name) => name.startsWith(ended))).toEqual([]);
  expect(names.filter((name) => name.startsWith(open))).toHaveLength(1);
  expect(names.filter((name) => name.endsWith(".session"))).toHaveLength(2);
});
