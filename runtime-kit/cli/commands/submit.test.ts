import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../../hosts/node.js";
import type { Serving } from "../../hosts/node.js";
import { bearer, createRuntime, defineAgent } from "../../node.js";
import type { Runtime } from "../../node.js";
import { count } from "../agents/count.js";
import { echo } from "../agents/echo.js";
import { gaugeLine } from "../budget-gauge.js";
import { arcp, arcpDone } from "../io.test-helper.js";

let runtime: Runtime;
let server: Serving;
let env: Record<string, string>;

/** What an agent that waits is let go by. */
const release = new EventTarget();
const until = (event: string, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    release.addEventListener(event, () => resolve(), { once: true });
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

const agents = [
  echo,
  count,
  defineAgent({
    name: "chatty",
    async run(_, ctx) {
      await ctx.log("info", "first\u001b[31m line\nforged");
      await ctx.thought("hmm");
      await ctx.status("working", "hard");
      await ctx.metric("cost.inference", 0.02, "USD");
      await ctx.tool("lookup", { q: 1 }, () => "found").catch(() => undefined);
      await ctx.emit("x-vendor.acme.thing", { a: 1 });
      return "done";
    },
  }),
  defineAgent({
    name: "writer",
    run: (input, ctx) =>
      ctx.stream(
        (async function* () {
          yield "one\n";
          yield "two\n";
          if (input === "wait") await until("writer", ctx.signal);
          if (input === "fail") throw new Error("the pen broke");
          yield "three\u001b[2J\n";
        })(),
      ),
  }),
  defineAgent({
    name: "drawer",
    async run(_, ctx) {
      await ctx.progress(1, 2);
      await until("drawn");
      await ctx.log("info", "above the bar");
      await until("drawer");
      return ctx.stream(["the ", "result"]);
    },
  }),
  defineAgent({
    name: "spender",
    async run(_, ctx) {
      await ctx.metric("cost.inference", 3.5, "USD");
      await ctx.metric("cost.inference", 1.6, "USD");
      await ctx.authorize("tool.call", "search");
    },
  }),
  defineAgent({
    name: "lead",
    async run(_, ctx) {
      const child = await ctx.delegate("chatty", "for the lead", {
        lease: { "tool.call": ["lookup"] },
      });
      await ctx.delegate("chatty", {}, { lease: { "tool.call": ["*"] } }).catch(() => undefined);
      return child.result();
    },
  }),
  defineAgent({
    name: "waiter",
    async run(_, ctx) {
      await ctx.log("info", "waiting");
      await until("never", ctx.signal);
    },
  }),
  defineAgent({
    name: "deaf",
    async run(_, ctx) {
      await ctx.log("info", "waiting");
      await until("deaf");
    },
  }),
  defineAgent({
    name: "broken",
    run() {
      throw Object.assign(new Error("no luck\u001b[0m\nat all"), { code: "ELUCK" });
    },
  }),
];

beforeAll(async () => {
  runtime = createRuntime({ agents, auth: bearer({ t: "me" }) });
  server = await serve(runtime, { port: 0 });
  env = { ARCP_URL: server.url, ARCP_TOKEN: "t" };
});
afterAll(() => server.close());

const submit = (...argv: string[]) => arcpDone(["submit", ...argv], { env });

describe("arcp submit, piped", () => {
  it("prints only the result: text to the byte, anything else as JSON", async () => {
    expect(await submit("echo", '"two\\nlines"')).toMatchObject({
      exit: 0,
      stdout: "two\nlines",
      stderr: "",
    });
    expect((await submit("echo", '{"a":[1]}')).stdout).toBe('{\n  "a": [\n    1\n  ]\n}\n');
    expect((await submit("chatty")).stdout).toBe("done");
    expect((await submit("echo@1.0.0", "null")).stdout).toBe("null\n");
  });

  it("takes the input from the standard input", async () => {
    const run = await arcpDone(["submit", "echo", "-"], { env, stdin: '"from a pipe"' });
    expect(run.stdout).toBe("from a pipe");
  });

  it("passes a streamed result on while it is made", async () => {
    const run = arcp(["submit", "writer", '"wait"'], { env });
    await run.seen(/one\n/);
    expect(run.stdout()).not.toContain("three");
    release.dispatchEvent(new Event("writer"));
    expect(await run.exit).toBe(0);
    expect(run.stdout()).toBe("one\ntwo\nthree\u001b[2J\n");
  });

  it("ends with the table's code when the job ended otherwise", async () => {
    const broken = await submit("broken");
    expect(broken.exit).toBe(5);
    expect(broken.stdout).toBe("");
    expect(broken.stderr).toMatch(
      /^arcp: job_\w+ ended: \[INTERNAL_ERROR\] no luck\\x1b\[0m at all\n$/,
    );
    const torn = await submit("writer", '"fail"');
    expect([torn.exit, torn.stderr]).toEqual([5, expect.stringContaining("the pen broke")]);
    const late = await submit("waiter", "--max-runtime", "0.05");
    expect([late.exit, late.stderr]).toEqual([8, expect.stringContaining("[TIMEOUT]")]);
  });

  it("says when nobody reads it, and leaves the job alone", async () => {
    const run = arcp(["submit", "writer", '"wait"'], { env });
    await run.seen(/one\n/);
    run.breakPipe();
    expect(await run.exit).toBe(1);
    expect(run.stderr()).toContain(" goes on without this command");
    release.dispatchEvent(new Event("writer"));
  });
});

describe("an output that cannot be written", () => {
  it.each([
    ["agents"],
    ["agents", "--json"],
    ["submit", "echo", '"text"'],
    ["submit", "echo", "1", "--json"],
    ["--version"],
    ["submit", "--help"],
  ])("is told with its reason: %s %s %s", async (...argv) => {
    const run = arcp(argv, { env });
    run.fillDisc();
    expect(await run.exit).toBe(1);
    expect(run.stderr()).toContain(
      "arcp: the standard output cannot be written: ENOSPC: no space left on device, write\n",
    );
    expect(run.stderr()).not.toContain("nobody reads");
  });
});

describe("arcp submit --json", () => {
  it("tells acceptance, every event and the end", async () => {
    const { exit, stderr, records } = await submit("count", '{"to":2}', "--json");
    expect([exit, stderr]).toEqual([0, ""]);
    expect(records()).toEqual([
      { accepted: expect.objectContaining({ agent: "count@1.0.0", lease: {} }) as object },
      { event: expect.objectContaining({ kind: "progress", seq: 1 }) as object },
      {
        event: expect.objectContaining({
          kind: "progress",
          seq: 2,
          body: { current: 2, total: 2, units: "numbers" },
        }) as object,
      },
      {
        result: {
          job_id: expect.stringMatching(/^job_/) as string,
          final_status: "success",
          result: 2,
        },
      },
    ]);
  });

  it("shows the chunks, and the size at the end", async () => {
    const { records } = await submit("writer", "--json");
    expect(records().at(-1)).toEqual({
      result: {
        job_id: expect.any(String) as string,
        final_status: "success",
        result_id: expect.any(String) as string,
        result_size: 18,
      },
    });
    // Three pieces, and the empty chunk that says that there are no more.
    expect(records().filter(({ event }) => event !== undefined)).toHaveLength(4);
  });

  it("tells a job's error apart from a refusal", async () => {
    const ended = await submit("broken", "--json");
    expect(ended.exit).toBe(5);
    expect(ended.records().at(-1)).toEqual({
      error: expect.objectContaining({
        code: "INTERNAL_ERROR",
        final_status: "error",
        job_id: expect.any(String) as string,
        details: { agent_code: "ELUCK" },
        exit: 5,
      }) as object,
    });
    const refused = await submit("nobody", "--json");
    expect(refused.records()[0]!["error"]).not.toHaveProperty("final_status");
  });
});

describe("arcp submit, at the end of patience", () => {
  it("cancels the job at Ctrl-C", async () => {
    const run = arcp(["submit", "waiter", "--json"], { env });
    await run.seen(/"waiting"/);
    run.signal();
    expect(await run.exit).toBe(7);
    expect(run.records().at(-1)).toMatchObject({
      error: { code: "CANCELLED", final_status: "cancelled", exit: 7 },
    });
    expect(run.listening()).toBe(0);
  });

  it.each([[], ["--json"]])("leaves at the second Ctrl-C %s", async (...json) => {
    const run = arcp(["submit", "deaf", ...json], { env });
    await becomes(() => runningJobs("deaf"));
    run.signal();
    await run.seen(/cancelling/);
    run.signal();
    expect(await run.exit).toBe(1);
    const message = "left; the runtime goes on with the job or with its end";
    if (json.length === 0) expect(run.stderr()).toContain(message);
    else expect(run.records().at(-1)).toEqual({ error: { code: "LEFT", message, exit: 1 } });
    release.dispatchEvent(new Event("deaf"));
  });

  it("is told apart when it comes before there is a job", async () => {
    const run = arcp(["submit", "waiter"], { env });
    await becomes(async () => run.listening() > 0);
    run.signal();
    expect(await run.exit).toBe(1);
    expect(run.stderr()).toContain("interrupted before the job was accepted");
  });

  it("is heard while nobody answers", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const connected = new Promise<Socket>((resolve) => silent.once("connection", resolve));
    const { port } = silent.address() as AddressInfo;
    const run = arcp(["submit", "waiter", "--url", `ws://127.0.0.1:${port}/`]);
    const socket = await connected;
    run.signal();
    expect(await run.exit).toBe(1);
    expect(run.stderr()).toContain("interrupted before the job was accepted");
    socket.destroy();
    silent.close();
  });

  it("gives up at --timeout while nobody answers, which is no end of a job", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const argv = ["submit", "waiter", "--timeout", "0.05", "--url", `ws://127.0.0.1:${port}/`];
    const { exit, stderr } = await arcpDone(argv);
    expect([exit, stderr]).toEqual([4, expect.stringContaining("not done within the 0.05 s")]);
    silent.close();
  });

  it("cancels the job at --timeout", async () => {
    const run = await submit("waiter", "--timeout", "0.2");
    expect(run.exit).toBe(8);
    expect(run.stderr).toMatch(/job_\w+ ended: not done within the 0.2 s of --timeout/);
  });

  it("says that it was cut off when the runtime forgets the session", async () => {
    const own = createRuntime({ agents, auth: bearer({ t: "me" }) });
    const host = await serve({ accept: own.accept }, { port: 0 });
    const run = arcp(["submit", "waiter", "--url", host.url, "--token", "t"]);
    await becomes(async () => {
      const client = await own.connect({ principal: "me" });
      const { done } = await client.jobs({ status: ["running"] }).next();
      await client.close();
      return done !== true;
    });
    await host.close();
    await run.seen(/connection lost: /);
    await own.close();
    const other = createRuntime({ agents, auth: bearer({ t: "me" }) });
    const next = await serve(other, { port: host.port });
    expect(await run.exit).toBe(10);
    // Nothing is claimed of the job, which a runtime without a memory has lost; told once, in words of the shell.
    expect(run.stderr()).toMatch(/arcp: \[GAP\] the runtime no longer knows session [^\n]+\n$/);
    expect(run.stderr()).toContain("they may be lost; what is still known, `arcp jobs` lists");
    expect(run.stderr().match(/no longer knows/g)).toHaveLength(1);
    expect(run.stderr()).not.toMatch(/UNAUTHENTICATED|client\.jobs/);
    await next.close();
  });

  it.each([
    [
      "Ctrl-C",
      [],
      4,
      /arcp: \[UNREACHABLE\] the runtime is away: that job_\w+ was cancelled could not/,
    ],
    [
      "--timeout",
      ["--timeout", "1"],
      4,
      /\[UNREACHABLE\] not done within the 1 s of --timeout, and/,
    ],
  ])(
    "ends at %s while the runtime is away, and says that nobody was told",
    async (how, more, exit, words) => {
      const own = createRuntime({ agents, auth: bearer({ t: "me" }) });
      const host = await serve({ accept: own.accept }, { port: 0 });
      const run = arcp(["submit", "waiter", "--url", host.url, "--token", "t", ...more]);
      await becomes(async () => {
        const client = await own.connect({ principal: "me" });
        const { done } = await client.jobs({ status: ["running"] }).next();
        await client.close();
        return done !== true;
      });
      await host.close();
      await run.seen(/connection lost: /);
      if (how === "Ctrl-C") run.signal();
      expect(await run.exit).toBe(exit);
      expect(run.stderr()).toMatch(words);
      expect(run.stderr()).toMatch(/it may run on; see `arcp jobs`\n$/);
      expect(run.listening()).toBe(0);
      await own.close();
    },
  );
});

describe("arcp submit with --budget and --expires", () => {
  it("ends with 6 when the budget is exhausted", async () => {
    const spent = await arcpDone(
      ["submit", "spender", "--budget", "USD:5", "--lease", "tool.call=*"],
      { env },
    );
    expect(spent.exit).toBe(6);
    expect(spent.stderr).toMatch(/\[BUDGET_EXHAUSTED\] .*the budget in USD is exhausted/);
  });

  it("asks for what was said: amounts beside a lease, an instant in UTC", async () => {
    const argv = ["submit", "echo", "1", "--json", "--expires", "2h"];
    argv.push("--lease", "fs.read=/a", "--budget", "USD:0.1", "--budget", "credits:7");
    const before = Date.now();
    const { records } = await arcpDone(argv, { env });
    const { result } = records().at(-1) as { result: { job_id: string } };
    const listed = await arcpDone(["jobs", "--json"], { env });
    const rows = listed.records().map(({ job }) => job as Record<string, unknown>);
    const row = rows.find(({ job_id }) => job_id === result.job_id)!;
    expect(row).toMatchObject({
      lease: { "fs.read": ["/a"], "cost.budget": ["USD:0.1", "credits:7"] },
      budget: { USD: 0.1, credits: 7 },
    });
    const { expires_at } = row["lease_constraints"] as { expires_at: string };
    const ms = Date.parse(expires_at) - before;
    expect(ms).toBeGreaterThanOrEqual(7_200_000);
    expect(ms).toBeLessThan(7_260_000);
  });

  it.each([
    ["--budget", "5", "currency and an amount"],
    ["--budget", "USD:-5", "currency and an amount"],
    ["--budget", "usd:5", "usd is not USD, and no cost in USD would be charged to it."],
    ["--budget", "Eur:5", "asked for with --lease cost.budget=Eur:5."],
    ["--expires", "soon", "a time from now"],
    ["--expires", "10", "a time from now"],
    ["--expires", "2030-01-01", "a time from now"],
    ["--expires", "999999999d", "a time from now"],
    ["--expires", "2020-01-01T00:00:00Z", "in the future"],
    ["--expires", "0s", "in the future"],
  ])("%s %s is told to be wrong", async (option, text, words) => {
    const run = await arcpDone(["submit", "echo", "1", option, text], { env });
    expect(run.exit).toBe(2);
    expect(run.stderr).toContain(words);
  });
});

const LEAD = ["submit", "lead", "--lease", "agent.delegate=chatty", "--lease", "tool.call=lookup"];

describe("arcp submit, of a job that delegates (W-22)", () => {
  it("tells of the child in records of its own", async () => {
    const { records, exit } = await arcpDone([...LEAD, "--json"], { env });
    expect(exit).toBe(0);
    const told = records() as Record<string, Record<string, unknown>>[];
    const job = told[0]!["accepted"]!["job_id"];
    const child = told.find((one) => "child" in one)?.["child"];
    expect(child).toMatchObject({ parent_job_id: job, agent: "chatty@1.0.0" });
    const said = told.flatMap(({ child_event: one }) => (one === undefined ? [] : [one]));
    expect(said.map(({ kind }) => kind)).toContain("thought");
    expect(new Set(said.map(({ job_id }) => job_id))).toEqual(new Set([child?.["job_id"]]));
    expect(told).toContainEqual({
      child_end: { job_id: child?.["job_id"], final_status: "success" },
    });
    const own = told.flatMap(({ event }) => (event === undefined ? [] : [event["kind"]]));
    expect(own).toEqual(["delegate", "delegate", "tool_result"]);
  });

  it("shows what the child says beside what the job does, and what was refused", async () => {
    const run = await arcpDone(LEAD, { env, terminal: true });
    expect(run.stdout).toBe("done\n");
    // eslint-disable-next-line no-control-regex -- colours are our own
    const shown = run.stderr.replace(/\u001b\[\d+m/g, "");
    expect(shown).toMatch(/^⤷ chatty job_\w+$/m);
    expect(shown).toContain("✗ delegate chatty: LEASE_SUBSET_VIOLATION");
    expect(shown).toContain("  chatty@1.0.0 │ working: hard\n");
    expect(shown).toContain("  chatty@1.0.0 │ ✓ success\n");
    expect((await arcpDone(LEAD, { env })).stderr).toBe("");
  });
});

describe("arcp submit, on a terminal", () => {
  it("shows what is left of a budget", async () => {
    const argv = ["submit", "spender", "--budget", "USD:5", "--lease", "tool.call=*"];
    const run = await arcpDone(argv, { env, terminal: true });
    // eslint-disable-next-line no-control-regex -- colours are our own
    const shown = run.stderr.replace(/\u001b\[\d+m/g, "");
    expect(shown).toContain("cost.inference 1.6 USD · USD -0.1 of 5 left");
    expect(shown).not.toContain("cost.budget.remaining");
    expect(gaugeLine({ currency: "USD", left: 1.25, of: 5 }, 8, "########", "--------")).toBe(
      "##------ USD 1.25 of 5 left",
    );
    expect(gaugeLine({ currency: "USD", left: 0.01, of: 5 }, 4, "####", "----")).toMatch(/^#---/);
    expect(gaugeLine({ currency: "USD", left: -0.1, of: 5 }, 4, "####", "----")).toMatch(/^----/);
    expect(gaugeLine({ currency: "USD", left: 0, of: 0 }, 4, "####", "----")).toMatch(/^----/);
  });

  it("shows what happens without letting it steer the screen", async () => {
    const run = await arcpDone(["submit", "chatty"], { env, terminal: true });
    expect(run.exit).toBe(0);
    expect(run.stdout).toBe("done\n");
    // eslint-disable-next-line no-control-regex -- colours are our own
    const shown = run.stderr.replace(/\u001b\[\d+m/g, "");
    expect(shown).toContain("info  first\\x1b[31m line\\nforged");
    expect(shown).toContain("working: hard");
    expect(shown).toContain('→ lookup {"q":1}');
    expect(shown).toContain('✗ lookup {"q":1}: PERMISSION_DENIED');
    expect(shown).toContain('x-vendor.acme.thing {"a":1}');
    expect(shown).toContain("cost.inference 0.02 USD");
  });

  it("draws a bar, and takes it away before the result", async () => {
    const run = await arcpDone(["submit", "count", '{"to":5}'], { env, terminal: true });
    expect(run.stdout).toBe("5\n");
    expect(run.stderr).toMatch(/█+ *\d+% \d\/5 numbers/);
    expect(run.stderr).toContain("\u001b[?25h");
  });

  it("draws the bar again below each line", async () => {
    const run = arcp(["submit", "drawer"], { env, terminal: true });
    await run.seen(/█/);
    release.dispatchEvent(new Event("drawn"));
    await run.seen(/above the bar\n[^\n]*█/);
    release.dispatchEvent(new Event("drawer"));
    expect(await run.exit).toBe(0);
    // The cursor is shown again when the bar goes, and only then is the screen the result's.
    const shown = run.screen().indexOf("\u001b[?25h");
    expect(shown).toBeGreaterThan(run.screen().lastIndexOf("█"));
    expect(run.screen().slice(shown)).toMatch(/the result\n$/);
  });

  it("defuses a streamed result", async () => {
    const run = await arcpDone(["submit", "writer"], { env, terminal: true });
    expect(run.stdout).toBe("one\ntwo\nthree\\x1b[2J\n");
  });
});

async function runningJobs(agent: string): Promise<boolean> {
  const { records } = await arcpDone(["jobs", "--json", "--status", "running"], { env });
  return records().some(({ job }) => (job as { agent: string }).agent.startsWith(agent));
}

/** Asks again until it is so; the test's own deadline is the end of it. */
async function becomes(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
