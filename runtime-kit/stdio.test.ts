import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect } from "./node.js";
import type { Client, ConnectionError, ConnectOptions, StdioOptions } from "./node.js";
import { stdio } from "./stdio.js";

/** A small runtime of nobody's, in plain JavaScript: it starts at once, and says what a test has it say. */
const FAKE = `
  const raw = (text) => process.stdout.write(text);
  const say = (type, payload) => raw(JSON.stringify({ arcp: "1.1", id: "r", type, session_id: "sess_1", payload }) + "\\n");
  const welcome = () => say("session.welcome", { session_id: "sess_1", runtime: { name: "fake", version: "0" },
    resume_token: "rt", resume_window_sec: 1, capabilities: { features: ["list_jobs"] } });
  const on = {
    "session.hello": welcome,
    "session.list_jobs": (m) => say("session.jobs", { request_id: m.id, jobs: [], next_cursor: null }),
    "session.close": (m) => say("session.closed", { request_id: m.id }),
  };
  process.stderr.write("pid " + process.pid + "\\n");
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const message = JSON.parse(line);
    on[message.type]?.(message);
  });
`;

const pids = new Set<number>();
const clients = new Set<Client>();

/** A dial that starts `node -e`; remembers the processes. */
function node(code: string, options: StdioOptions = {}) {
  return stdio(process.execPath, ["-e", code], { stderr: remember, killGraceMs: 300, ...options });
}

function remember(line: string): void {
  const [, pid] = /^pid (\d+)$/.exec(line) ?? [];
  if (pid !== undefined) pids.add(Number(pid));
}

async function open(code: string, options: ConnectOptions = {}, more: StdioOptions = {}) {
  const client = await connect(node(code, more), { reconnect: false, ...options });
  clients.add(client);
  return client;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const gone = () =>
  vi.waitFor(() => expect([...pids].filter(runs)).toEqual([]), { timeout: 10_000, interval: 10 });

const failure = (promise: Promise<unknown>): Promise<ConnectionError> =>
  promise.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error as ConnectionError,
  );

const jobsOf = async (client: Client) => {
  const jobs = [];
  for await (const job of client.jobs()) jobs.push(job);
  return jobs;
};

let bystander: Client;
beforeEach(async () => (bystander = await open(FAKE)));
afterEach(async () => {
  // Whatever happened to the others, this one goes on.
  expect(await jobsOf(bystander)).toEqual([]);
  await Promise.all([...clients].map((client) => client.close()));
  clients.clear();
  await gone();
  pids.clear();
});

describe("a child that is no runtime", () => {
  it.each([
    ["nosuch-program", undefined, 'cannot start "nosuch-program": there is no such program'],
    [process.execPath, "/no/such/folder", 'there is no folder "/no/such/folder"'],
    ["/", undefined, "it is no program, or may not be run"],
  ])("is told apart when it cannot be started: %s in %s", async (command, cwd, text) => {
    const dial = stdio(command, [], cwd === undefined ? {} : { cwd });
    const error = await failure(connect(dial));
    expect([error.code, error.message]).toEqual(["UNREACHABLE", expect.stringContaining(text)]);
  });

  it("says how it ended before its welcome, and its last words", async () => {
    const code = `console.error("one\\n  at nowhere\\ntwo\\u001b[31m\\n\\n"); process.exit(3)`;
    const error = await failure(open(code));
    expect(error.message).toBe(
      "[REFUSED] the connection ended before the welcome " +
        '(code 1006: the runtime ended with exit code 3; its last words: "one / two?[31m")',
    );
  });

  it("shows the first line of its rubbish when it ends, or never says more", async () => {
    const ends = await failure(open(`console.log("usage:\\u0007 " + "x".repeat(1000))`));
    expect(ends.message).toMatch(/exit code 0\); instead of ARCP it said "usage:\? x{190,}…"$/);
    const stays = await failure(
      open(`console.log("ready"); ${FAKE} on["session.hello"] = () => {}`, {
        connectTimeoutMs: 500,
      }),
    );
    expect(stays.message).toBe(
      '[UNREACHABLE] no welcome came within 500 ms; instead of ARCP it said "ready"',
    );
  });

  it("is forgiven a banner, and CRLF, and blank lines", async () => {
    const warnings: Error[] = [];
    const code = `console.log("welcome to fake 1.0\\r\\n\\r\\n \\t\\n"); ${FAKE.replaceAll('"\\n"', '"\\r\\n\\n"')}`;
    const client = await open(code, { on: { warning: (error) => warnings.push(error) } });
    expect(await jobsOf(client)).toEqual([]);
    expect(warnings.map((warning) => warning.message)).toEqual([
      expect.stringContaining("bad frame"),
    ]);
  });

  it("is killed when it never answers, even if it does not want to end", async () => {
    const code = `process.on("SIGTERM", () => {}); ${FAKE} on["session.hello"] = () => {}; setInterval(() => {}, 1000)`;
    const error = await failure(open(code, { connectTimeoutMs: 500 }));
    expect(error.message).toBe("[UNREACHABLE] no welcome came within 500 ms");
    expect(pids.size).toBe(2);
    await bystander.close();
    clients.delete(bystander);
    await gone();
    bystander = await open(FAKE);
  });

  it("ends with what it is when it talks without end", async () => {
    const lines = await failure(open(`setInterval(() => console.log("y\\n".repeat(1000)), 0)`));
    expect(lines.message).toBe('[REFUSED] this is no runtime; instead of ARCP it said "y"');
    const before = process.memoryUsage().rss;
    const line = await failure(
      open(`const s = "x".repeat(65536); const f = () => process.stdout.write(s, f); f()`),
    );
    expect(line.message).toContain("(code 1009: the line is too long)");
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
  });

  it("does not count half a line", async () => {
    const error = await failure(open(`process.stdout.write('{"arcp":"1.1","id"')`));
    expect(error.message).toContain("the runtime ended with exit code 0");
  });
});

describe("a child in the middle of a session", () => {
  const ended = (code: string): Promise<{ client: Client; closed: Error | undefined }> =>
    new Promise((resolve, reject) => {
      const opening = open(`${FAKE} on["session.list_jobs"] = () => { ${code} }`, {
        on: {
          closed: ({ error }) => void opening.then((client) => resolve({ client, closed: error })),
        },
      });
      opening.then((client) => void jobsOf(client).catch(() => undefined), reject);
    });

  it.each([
    ["dies", `process.kill(process.pid, "SIGKILL")`, /code 1006: the runtime was ended by SIGKILL/],
    [
      "throws",
      `throw new Error("boom")`,
      /the runtime ended with exit code 1; its last words: ".*Error: boom"/,
    ],
    ["ends within a line", `raw('{"a'); process.exit()`, /the runtime ended with exit code 0/],
    [
      "closes its output",
      `require("fs").closeSync(1); setInterval(() => {}, 1000)`,
      /did not end itself|was ended by SIGTERM/,
    ],
    [
      "is not UTF-8",
      `raw(Buffer.from([0x22, 0xff, 0x22, 0x0a]))`,
      /code 1007: the line is not UTF-8/,
    ],
    ["exceeds the line", `raw("x".repeat(2 ** 20 + 1) + "\\n")`, /code 1009: the line is too long/],
  ])("%s: ends that connection, and says why", async (_what, code, text) => {
    expect((await ended(code)).closed?.message).toMatch(text);
  });

  it("may say what is no message, which is a warning", async () => {
    const warnings: string[] = [];
    const client = await open(
      `${FAKE} const list = on["session.list_jobs"];
       on["session.list_jobs"] = (m) => { raw("debug: listing\\n"); raw("[1]\\n"); list(m); }`,
      { on: { warning: (error) => warnings.push(error.message) } },
    );
    expect(await jobsOf(client)).toEqual([]);
    expect(warnings).toHaveLength(2);
  });

  it("TRN-14 may send a message of 1 MiB", async () => {
    const client = await open(
      `${FAKE} on["session.list_jobs"] = (m) => {
         const head = '{"arcp":"1.1","id":"r","type":"session.jobs","x-vendor.pad":"';
         const tail = '","payload":{"request_id":"' + m.id + '","jobs":[],"next_cursor":null}}\\n';
         raw(head + "x".repeat(2 ** 20 + 1 - head.length - tail.length) + tail);
       }`,
    );
    expect(await jobsOf(client)).toEqual([]);
  });

  it("that says nothing else for a thousand lines is given up", async () => {
    const { closed } = await ended(`setInterval(() => raw("junk\\n".repeat(10_000)), 0)`);
    expect(closed?.message).toBe(
      '[PROTOCOL] the runtime no longer speaks ARCP; instead of ARCP it said "junk"',
    );
  });
});

describe("the end of a child", () => {
  it("is waited for by close: its input ends, and that is enough", async () => {
    const client = await open(FAKE);
    await client.close();
    clients.delete(client);
    expect([...pids].filter(runs)).toHaveLength(1); // the bystander
  });

  it("is forced where it has to be, with all that the child started", async () => {
    const spawned = `require("node:child_process").spawn(process.execPath,
      ["-e", 'process.stderr.write("pid " + process.pid + "\\\\n"); setInterval(() => {}, 1000)'], { stdio: "inherit" });`;
    const client = await open(
      `process.on("SIGTERM", () => {}); ${FAKE} ${spawned} setInterval(() => {}, 1000)`,
    );
    await vi.waitFor(() => expect(pids.size).toBe(3), { timeout: 5_000 });
    await client.close();
    clients.delete(client);
    expect([...pids].filter(runs)).toHaveLength(1);
  });

  it.each([
    ["exits", "process.exit(0)"],
    ["is killed", `process.kill(process.pid, "SIGKILL")`],
  ])("comes when the parent %s without a word", async (_what, end) => {
    const module = fileURLToPath(new URL("node.ts", import.meta.url));
    const code = `
      import { connect, stdio } from ${JSON.stringify(module)};
      await connect(stdio(process.execPath, ["-e", ${JSON.stringify(FAKE)}]), { reconnect: false });
      ${end};`;
    const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code]);
    parent.stderr
      .setEncoding("utf8")
      .on("data", (text: string) => text.split("\n").forEach(remember));
    await once(parent, "close");
    expect(pids.size).toBe(2);
    await vi.waitFor(() => expect([...pids].filter(runs)).toHaveLength(1), { timeout: 10_000 });
  });

  it("does not wait for an abort of the connect", async () => {
    const stop = new AbortController();
    const connecting = open(`${FAKE} on["session.hello"] = () => {}`, { signal: stop.signal });
    await vi.waitFor(() => expect(pids.size).toBe(2), { timeout: 5_000 });
    stop.abort(new Error("enough"));
    await expect(connecting).rejects.toThrow("enough");
  });
});

describe("a runtime that is killed", () => {
  const main = fileURLToPath(new URL("cli/main.ts", import.meta.url));
  const serve = `echo pid $$ >&2; exec "${process.execPath}" --import tsx "${main}" serve --stdio --conformance`;

  it("is started again, and what it forgot is told", async () => {
    const gaps: string[] = [];
    const client = await connect(stdio(serve, [], { shell: true, stderr: remember }), {
      reconnect: { minDelayMs: 1 },
      connectTimeoutMs: 30_000,
      on: { gap: ({ reason }) => gaps.push(reason) },
    });
    clients.add(client);
    const steps = [{ op: "whoami" }, { op: "gate", name: "never" }];
    const job = await client.submit("conformance.script", { steps });
    const [, pid] = [...pids];
    process.kill(pid!, "SIGKILL");
    const lost = await failure(job.result());
    expect([lost.code, lost.message]).toEqual([
      "GAP",
      expect.stringContaining("the runtime was restarted"),
    ]);
    expect(gaps).toEqual(["forgotten"]);
    expect(await (await client.submit("echo", "again")).result()).toBe("again");
    expect(runs(pid!)).toBe(false);
  });
});
