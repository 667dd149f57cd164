import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arcp, arcpDone } from "../io.test-helper.js";
import type { Run, RunOptions } from "../io.test-helper.js";

let folder: string;
const open: Run[] = [];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "arcp-serve-")));
});
afterEach(async () => {
  for (const run of open.splice(0)) {
    run.signal();
    await run.exit;
  }
  await rm(folder, { recursive: true });
});

/** Starts `arcp serve --json` at a free port. */
async function start(argv: readonly string[], options?: RunOptions) {
  const run = arcp(["serve", "--no-db", "--json", "--port", "0", ...argv], options);
  open.push(run);
  await run.seen(/^\{"listening":"ws/);
  const [first] = run.records();
  const url = first!["listening"] as string;
  return { run, url };
}

describe("arcp serve --db", () => {
  const file = (name: string) => join(folder, name);
  const serving = async (db: string) => {
    const run = arcp(["serve", "--json", "--port", "0", "--token", "t", "--db", db]);
    open.push(run);
    await run.seen(/^\{"listening":"ws/);
    const at = ["--url", run.records()[0]!["listening"] as string, "--token", "t"];
    return { run, at };
  };

  it("keeps jobs for the next one on the same file, and for arcp replay", async () => {
    const db = file("kept.db");
    const first = await serving(db);
    const submit = await arcpDone(["submit", "echo", '"kept"', ...first.at]);
    expect(submit.stdout).toBe("kept");
    first.run.signal();
    expect(await first.run.exit).toBe(0);

    const second = await serving(db);
    const jobs = await arcpDone(["jobs", "--json", ...second.at]);
    expect(jobs.records()).toMatchObject([{ job: { agent: "echo@1.0.0", status: "success" } }]);

    // While it is in use.
    const sessions = await arcpDone(["replay", "--db", db, "--json"]);
    const [{ session }] = sessions.records() as [{ session: { session_id: string; jobs: number } }];
    expect(session).toMatchObject({ principal: "local", jobs: 1 });
    const one = ["replay", "--db", db, "--session", session.session_id];
    const events = await arcpDone([...one, "--json"]);
    const messages = events.records().map(({ message }) => message as { event_seq: number });
    const seqs = messages.map(({ event_seq: seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    expect(messages.at(-1)).toMatchObject({
      type: "job.result",
      session_id: session.session_id,
      payload: { result: "kept" },
    });
    const rest = await arcpDone([...one, "--after-seq", String(seqs.length - 1)]);
    expect(rest.stdout).toMatch(/^ +\d+ {2}job_\w+ {2}job\.result {4}\{.*"result":"kept".*\}\n$/);
  });

  it("is for one process at a time, and says so", async () => {
    const db = file("one.db");
    await serving(db);
    const { exit, stderr } = await arcpDone(["serve", "--port", "0", "--token", "t", "--db", db]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/--db .*one\.db: .* belongs to one process at a time \(choose another/);
    expect(stderr.split("one.db")).toHaveLength(2);
  });

  it("names the file that it cannot use, and what to do", async () => {
    await writeFile(
      file("text.db"),
      "this is no database, and it is longer than a header".repeat(9),
    );
    for (const [db, says] of [
      [file("text.db"), "text.db: the file is not a database.*restore it from a copy"],
      [file("nowhere/a.db"), "does its folder exist|cannot be made"],
    ] as const) {
      const { exit, stderr } = await arcpDone(["serve", "--port", "0", "--token", "t", "--db", db]);
      expect([exit, stderr]).toEqual([2, expect.stringMatching(says)]);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    }
  });

  it("is not taken for empty by serve or replay when its beginning was overwritten", async () => {
    const db = file("overwritten.db");
    const { run, at } = await serving(db);
    await arcpDone(["submit", "echo", "1", ...at]);
    run.signal();
    await run.exit;
    const whole = await readFile(db);
    for (const [from, to] of [
      [0, 100],
      [60, 64],
    ] as const) {
      await writeFile(db, Buffer.from(whole).fill(0, from, to));
      for (const command of [["serve", "--port", "0", "--token", "t"], ["replay"]]) {
        const { exit, stdout, stderr } = await arcpDone([...command, "--db", db]);
        expect([exit > 0, stdout]).toEqual([true, ""]);
        expect(stderr).toMatch(/overwritten\.db: .*restore it from a copy.*\n$/);
      }
    }
  });

  it("is read by arcp replay only if it is there, and holds the session", async () => {
    const absent = await arcpDone(["replay", "--db", file("absent.db")]);
    expect([absent.exit, absent.stderr]).toEqual([2, expect.stringContaining("no such file")]);
    const { run } = await serving(file("empty.db"));
    const none = await arcpDone(["replay", "--db", file("empty.db"), "--session", "sess_1"]);
    expect([none.exit, none.stderr]).toEqual([2, expect.stringContaining("no such session")]);
    run.signal();
    await run.exit;
  });
});

describe("arcp serve", () => {
  it("listens on this machine, and tells where in one line", async () => {
    const { run, url } = await start(["--token", "t"]);
    expect(run.stdout()).toMatch(/^\{"listening":"ws:\/\/127\.0\.0\.1:\d+\/arcp"\}\n$/);
    const health = await fetch(url.replace("ws:", "http:").replace("/arcp", "/healthz"));
    expect(health.status).toBe(200);
    const { stdout } = await arcpDone(["agents", "--url", url, "--token", "t"]);
    expect(stdout).toContain("repo-report");
    expect(stdout).not.toContain("conformance.script");
    expect(run.stderr()).not.toContain("a token was made");
  });

  it("makes a token where none is given, with a line to paste that works", async () => {
    const { run, url } = await start([]);
    const [, line] = await run.seen(/a token was made for this run; try\n\n {2}(.+)\n/);
    const [, where, token, input, lease] =
      /^ARCP_URL=(\S+) ARCP_TOKEN=(dev_\w+) arcp submit repo-report '(.+?)' --lease '(.+)'$/.exec(
        line!.replaceAll(/--lease ([^']\S*)/g, "--lease '$1'"),
      )!;
    expect(where).toBe(url);
    expect(run.stderr().split(token!)).toHaveLength(2);
    expect(input).toContain(process.cwd());
    expect(lease).toMatch(/^fs\.read=\/.*\/\*\*$/);
    const echo = await arcpDone(["submit", "echo", "1", "--url", url, "--token", token!]);
    expect(echo.stdout).toBe("1\n");
    const wrong = await arcpDone(["submit", "echo", "1", "--url", url, "--token", `${token}x`]);
    expect(wrong.exit).toBe(3);
  });

  it("keeps the tokens' principals apart", async () => {
    const pairs = ["--token", "a", "--principal", "ann", "--token", "b", "--principal", "bob"];
    const { url } = await start(pairs);
    await arcpDone(["submit", "echo", "1", "--url", url, "--token", "a"]);
    const jobs = async (token: string) =>
      (await arcpDone(["jobs", "--json", "--url", url, "--token", token])).records();
    expect(await jobs("a")).toHaveLength(1);
    expect(await jobs("b")).toHaveLength(0);
  });

  it("hosts the agents of files instead, and the scriptable one when asked", async () => {
    const one = join(folder, "one.mjs");
    const two = join(folder, "two.mjs");
    await writeFile(one, `export default { name: "one", run: () => "uno" };`);
    await writeFile(two, `export default [{ name: "two", version: "7", run: () => 2 }];`);
    const { url } = await start(["--token", "t", "--agent", one, "--agent", two, "--conformance"]);
    const { stdout } = await arcpDone(["agents", "--url", url, "--token", "t"]);
    expect(stdout.split("\n").slice(1).toSorted().join("\n").trim()).toBe(
      [
        "conformance.script  1.0.0, 2.0.0  2.0.0",
        "one                 1.0.0         1.0.0",
        "two                 7             7",
      ].join("\n"),
    );
    const { stdout: uno } = await arcpDone(["submit", "one", "--url", url, "--token", "t"]);
    expect(uno).toBe("uno");
    const twice = await arcpDone(["serve", "--no-db", "--agent", one, one]);
    expect([twice.exit, twice.stderr]).toEqual([2, expect.stringContaining("registered twice")]);
  });

  it("serves the lease namespaces that it is told of, and says what is wrong with one", async () => {
    const { url } = await start(["--token", "t", "--namespace", "x-vendor.acme.gpu=name"]);
    const submit = (lease: string) =>
      arcpDone(["submit", "echo", "1", "--lease", lease, "--url", url, "--token", "t"]);
    expect((await submit("x-vendor.acme.gpu=a100")).exit).toBe(0);
    const other = await submit("x-vendor.acme.cpu=a100");
    expect(other.exit).not.toBe(0);
    expect(other.stderr).toContain("cost.budget, model.use, x-vendor.acme.gpu");
    for (const [flag, why] of [
      ["acme.gpu=name", "x-vendor.<vendor>.<name>"],
      ["x-vendor.acme.gpu", "it must be name=kind"],
      ["x-vendor.acme.gpu=glob", "name, path, url"],
    ]) {
      const refused = await arcpDone(["serve", "--no-db", "--port", "0", "--namespace", flag!]);
      expect(refused.exit).toBe(2);
      expect(refused.stderr).toContain(why);
    }
  });

  it("refuses a port that is in use", async () => {
    const { url } = await start(["--token", "t"]);
    const { port } = new URL(url);
    const second = await arcpDone(["serve", "--no-db", "--port", port, "--token", "t"]);
    expect(second.exit).toBe(2);
    expect(second.stderr.split("\n")).toContainEqual(
      `arcp: port ${port} of 127.0.0.1 is in use: end what uses it, or choose another --port`,
    );
  });

  it("refuses what is no certificate, and a key alone", async () => {
    const pem = join(folder, "a.pem");
    await writeFile(pem, "nothing of the kind");
    const { exit, stderr } = await arcpDone([
      "serve",
      "--no-db",
      "--tls-cert",
      pem,
      "--tls-key",
      pem,
    ]);
    expect([exit, stderr]).toEqual([2, expect.stringContaining("not a certificate and its key")]);
    const absent = await arcpDone([
      "serve",
      "--no-db",
      "--tls-cert",
      pem,
      "--tls-key",
      `${pem}.absent`,
    ]);
    expect([absent.exit, absent.stderr]).toEqual([2, expect.stringContaining("no such file")]);
  });

  it("tells its timers to those who connect", async () => {
    const times = ["--resume-window", "3", "--heartbeat", "1", "--cancel-grace", "0.05"];
    const { url } = await start(["--token", "t", "--conformance", ...times]);
    const deaf = {
      steps: [{ op: "whoami" }, { op: "await-cancel" }, { op: "gate", name: "never" }],
    };
    const argv = ["submit", "conformance.script", JSON.stringify(deaf), "--json"];
    const run = arcp([...argv, "--url", url, "--token", "t"]);
    await run.seen(/conformance\.script@2\.0\.0"/);
    run.signal();
    // It never ends by itself, so this is the runtime's grace.
    expect(await run.exit).toBe(7);
  });
});

describe("arcp serve, with an agent that leaves work behind", () => {
  it("logs what failed, and goes on", async () => {
    const { run, url } = await start(["--token", "t"]);
    run.stray(new Error("nobody waited\u001b[31m for this"));
    run.stray("no error at all");
    await run.seen(/"error":"no error at all","msg":"an agent left work behind"/);
    expect(run.stderr()).toContain('"error":"nobody waited\\\\x1b[31m for this"');
    const echo = await arcpDone(["submit", "echo", "1", "--url", url, "--token", "t"]);
    expect(echo.stdout).toBe("1\n");
    run.signal();
    expect(await run.exit).toBe(0);
    expect(run.listening()).toBe(0);
  });

  it("listens for nothing when it could not start", async () => {
    const run = arcp(["serve", "--no-db", "--agent", "/nowhere.mjs"]);
    expect(await run.exit).toBe(2);
    expect(run.listening()).toBe(0);
  });
});

describe("arcp serve, at a signal", () => {
  it("lets a running job end, and takes no more", async () => {
    const { run, url } = await start(["--token", "t", "--conformance"]);
    const steps = [{ op: "whoami" }, { op: "sleep", ms: 200 }, { op: "return", value: "ended" }];
    const input = JSON.stringify({ steps });
    const job = arcp([
      "submit",
      "conformance.script",
      input,
      "--json",
      "--url",
      url,
      "--token",
      "t",
    ]);
    await job.seen(/conformance\.script@2\.0\.0"\}/);
    run.signal("SIGTERM");
    await run.seen(/SIGTERM: running jobs have 10 s to end/);
    expect(await job.exit).toBe(0);
    expect(job.records().at(-1)).toMatchObject({ result: { result: "ended" } });
    expect(await run.exit).toBe(0);
    expect(run.listening()).toBe(0);
  });

  it("ends at once at the second", async () => {
    const { run, url } = await start(["--token", "t", "--conformance"]);
    const steps = [{ op: "whoami" }, { op: "gate", name: "never" }];
    const input = JSON.stringify({ steps });
    const job = arcp([
      "submit",
      "conformance.script",
      input,
      "--json",
      "--url",
      url,
      "--token",
      "t",
    ]);
    await job.seen(/conformance\.script@2\.0\.0"\}/);
    run.signal();
    await run.seen(/a second signal ends at once/);
    run.signal();
    expect(await run.exit).toBe(1);
    job.signal();
    job.signal();
    await job.exit;
  });
});

const hello = (token?: string) =>
  line("session.hello", {
    client: { name: "parent", version: "1" },
    ...(token === undefined ? {} : { auth: { scheme: "bearer", token } }),
  });
const line = (type: string, payload: object) =>
  `${JSON.stringify({ arcp: "1.1", id: type, type, payload })}\n`;

describe("arcp serve --stdio", () => {
  /** Starts it with a parent that speaks when the test does. */
  function serveParent(argv: readonly string[] = [], env: Record<string, string> = {}) {
    const stdin = new PassThrough();
    const run = arcp(["serve", "--stdio", ...argv], { stdin, env });
    open.push(run);
    return { run, stdin };
  }

  it("TRN-12 speaks ARCP on its standard output and nothing else, and ends with its input", async () => {
    const { run, stdin } = serveParent(["--principal", "ann"]);
    stdin.write(hello());
    await run.seen(/"session.welcome"/);
    stdin.write(`\r\n${line("job.submit", { agent: "echo", input: 7 })}`);
    await run.seen(/"job.result".*"result":7/);
    stdin.end();
    expect(await run.exit).toBe(0);
    expect(run.records().map((record) => record["type"])).toEqual([
      "session.welcome",
      "job.accepted",
      "job.event",
      "job.result",
    ]);
    expect(run.stderr()).toContain('"principal":"ann"');
    expect(run.listening()).toBe(0);
  });

  it.each([
    ["--token", ["--token", "secret"], {}],
    ["ARCP_TOKEN", [], { ARCP_TOKEN: "secret" }],
  ])("AUTH-08 asks its parent for the token of %s", async (_from, argv, env) => {
    const refused = serveParent(argv, env);
    refused.stdin.write(hello("wrong"));
    expect(await refused.run.exit).toBe(0);
    expect(refused.run.records()).toMatchObject([{ payload: { code: "UNAUTHENTICATED" } }]);
    const { run, stdin } = serveParent(argv, env);
    stdin.write(hello("secret"));
    await run.seen(/"session.welcome"/);
    stdin.end();
    expect(await run.exit).toBe(0);
  });

  it("TRN-19 cuts off a parent whose lines cannot be read, and says so", async () => {
    const { run, stdin } = serveParent();
    stdin.write(Buffer.from([0xff, 0x0a]));
    expect(await run.exit).toBe(1);
    expect(run.stdout()).toBe("");
    expect(run.stderr()).toContain("the line is not UTF-8");
  });

  it("drains at a signal, and ends at once at the second", async () => {
    const { run, stdin } = serveParent(["--conformance"]);
    stdin.write(hello());
    await run.seen(/"session.welcome"/);
    const steps = [
      { op: "sleep", ms: 100 },
      { op: "return", value: "ended" },
    ];
    stdin.write(line("job.submit", { agent: "conformance.script", input: { steps } }));
    await run.seen(/"job.accepted"/);
    run.signal("SIGTERM");
    expect(await run.exit).toBe(0);
    expect(run.stdout()).toContain('"result":"ended"');

    const other = serveParent(["--conformance"]);
    other.stdin.write(hello());
    await other.run.seen(/"session.welcome"/);
    const never = { steps: [{ op: "gate", name: "never" }] };
    other.stdin.write(line("job.submit", { agent: "conformance.script", input: never }));
    await other.run.seen(/"job.accepted"/);
    other.run.signal();
    other.run.signal();
    expect(await other.run.exit).toBe(1);
    other.stdin.end();
  });

  it.each([
    ["--port", "1"],
    ["--host", "127.0.0.1"],
    ["--path", "/arcp"],
    ["--allowed-host", "a"],
    ["--allowed-origin", "http://a"],
    ["--tls-cert", "a"],
    ["--tls-key", "a"],
    ["--allow-insecure-remote"],
    ["--json"],
  ])("excludes %s, and names both", async (...argv) => {
    const { exit, screen } = await arcpDone(["serve", "--stdio", ...argv]);
    expect([exit, screen]).toEqual([
      2,
      expect.stringContaining(`--stdio and ${argv[0]} exclude each other`),
    ]);
  });

  it("takes the length of its lines, with --stdio alone", async () => {
    const few = await arcpDone(["serve", "--stdio", "--line-bytes", "100"]);
    expect([few.exit, few.stderr]).toEqual([2, expect.stringContaining("from 4096 to 1048576")]);
    const elsewhere = await arcpDone(["serve", "--line-bytes", "5000"]);
    expect([elsewhere.exit, elsewhere.stderr]).toEqual([
      2,
      expect.stringContaining("--line-bytes goes with --stdio"),
    ]);
  });
});
