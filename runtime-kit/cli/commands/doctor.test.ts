import { createServer as createHttpServer } from "node:http";
import type { RequestListener, Server as HttpServer } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { serve } from "../../hosts/node.js";
import type { ServeOptions } from "../../hosts/node.js";
import { certificate } from "../../hosts/node.test-helper.js";
import { bearer, createRuntime } from "../../node.js";
import type { RuntimeOptions } from "../../node.js";
import { systemClock } from "../../transports/system.js";
import { arcpDone } from "../io.test-helper.js";
import { bin, endAll, startWith } from "../process.test-helper.js";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  endAll();
  for (const close of closing.splice(0).toReversed()) await close();
});

async function runtimeAt(options: RuntimeOptions = {}, host: ServeOptions = {}): Promise<string> {
  const runtime = createRuntime({ auth: bearer({ t: "me" }), ...options });
  const server = await serve(runtime, { port: 0, ...host });
  closing.push(() => server.close());
  return server.url;
}

/** Listens at a free port; the address in the form of a runtime's. */
async function listen(server: Server | HttpServer): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    // The doctor hangs up on those that it has understood.
    socket.on("error", () => undefined);
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    sockets.forEach((socket) => socket.destroy());
    return new Promise((resolve) => server.close(resolve));
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/arcp`;
}

const answering = (handler: RequestListener): Promise<string> => listen(createHttpServer(handler));

/** A WebSocket server that does something with each connection, and knows nothing of ARCP. */
async function webSocketAt(serveOne: (socket: WebSocket) => void): Promise<string> {
  const http = createHttpServer();
  const server = new WebSocketServer({ server: http });
  server.on("connection", serveOne);
  closing.push(() => server.close());
  return listen(http);
}

interface StepRecord {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  readonly advice?: string;
  readonly facts?: Record<string, unknown>;
}

/** Runs it for the records. */
async function doctor(url: string, ...argv: string[]) {
  const timeout = argv.includes("--timeout") ? [] : ["--timeout", "20"];
  const args = ["doctor", url, "--json", ...timeout, ...argv];
  const { exit, stderr, records } = await arcpDone(args, { env: { ARCP_TOKEN: "t" } });
  expect(stderr).toBe("");
  const all = records();
  const steps = all.flatMap(({ step }) => (step === undefined ? [] : [step as StepRecord]));
  const result = all.at(-1)!["result"] as Record<string, unknown>;
  expect(result["exit"]).toBe(exit);
  const step = (name: string): StepRecord => steps.find((one) => one.name === name)!;
  return { exit, steps, step, result };
}

/** The same for a child that a line for the shell starts. */
async function doctorOf(child: string, ...argv: string[]) {
  const timeout = argv.includes("--timeout") ? [] : ["--timeout", "20"];
  const { exit, records } = await arcpDone(
    ["doctor", "--stdio", child, "--json", ...timeout, ...argv],
    { env: {} },
  );
  const steps = records().flatMap(({ step }) => (step === undefined ? [] : [step as StepRecord]));
  expect(steps.map(({ name }) => name)).toEqual(CHILD_NAMES);
  const step = (name: string): StepRecord => steps.find((one) => one.name === name)!;
  const result = records().at(-1)!["result"] as Record<string, unknown>;
  expect(result).toMatchObject({ stdio: child, exit });
  return { exit, step, failed: result["failed"] };
}

const CHILD_NAMES = "start stdout hello auth features round_trip clock resume close".split(" ");
const NAMES = "dns tcp tls upgrade hello auth features round_trip clock resume close".split(" ");

/** What failed, with everything before it well and everything after it not reached. */
async function firstFailure(url: string, ...argv: string[]) {
  const { exit, steps, result } = await doctor(url, ...argv);
  const at = steps.findIndex(({ status }) => status === "failed");
  expect(steps.map(({ name }) => name)).toEqual(NAMES);
  for (const { status } of steps.slice(0, at)) expect(["ok", "skipped"]).toContain(status);
  for (const { detail } of steps.slice(at + 1)) expect(detail).toBe("not reached");
  const { name, detail, advice } = steps[at]!;
  expect(result).toMatchObject({ status: "failed", failed: [name] });
  return { exit, name, detail, advice };
}

const matching = (text: string): unknown => expect.stringContaining(text);

describe("arcp doctor, with a healthy runtime", () => {
  it("goes through every step, and ends with what it found", async () => {
    const { exit, steps, step, result } = await doctor(await runtimeAt());
    expect(exit).toBe(0);
    expect(steps.map(({ name }) => name)).toEqual(NAMES);
    const skipped = steps.filter(({ status }) => status !== "ok").map(({ name }) => name);
    expect(skipped).toEqual(["dns", "tls"]);
    expect(result).toMatchObject({ status: "ok", failed: [] });
    expect(step("features").facts).toMatchObject({ agents: 0, runtime: { name: "arcp" } });
    expect(step("resume").detail).toBe("dropped, and resumed without a gap");
    expect(step("close").detail).toBe("the runtime said goodbye");
  });

  it("tells people the same, in lines", async () => {
    const argv = ["doctor", await runtimeAt(), "--token", "t", "--timeout", "20"];
    const { exit, stdout, stderr } = await arcpDone(argv);
    expect([exit, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^skipped dns /);
    expect(stdout).toMatch(/^ok {6}upgrade +[\d.]+ ms {2}WebSocket$/m);
    expect(stdout).toMatch(/\neverything works\n$/);
  });

  it("skips what the runtime does not serve", async () => {
    const bare = { features: [], limits: { resumeWindowMs: 0 } };
    const { exit, step } = await doctor(await runtimeAt(bare));
    expect(exit).toBe(0);
    expect(step("round_trip")).toMatchObject({ status: "skipped", detail: matching("heartbeat") });
    expect(step("resume")).toMatchObject({ status: "skipped" });
    expect(step("features").detail).toContain("none");
  });

  it("trusts a certificate when Node is told to", async () => {
    const tls = certificate();
    const url = await runtimeAt({}, { tls });
    const folder = await mkdtemp(join(tmpdir(), "arcp-doctor-"));
    closing.push(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "ca.pem"), tls.cert);
    const env = { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"), ARCP_TOKEN: "t" };
    const run = startWith(env, ["doctor", url, "--timeout", "20"]);
    expect(await run.exit).toBe(0);
    expect(run.output()).toMatch(/^ok {6}tls .* TLSv1\.3, the certificate ends /m);
  });
});

describe("arcp doctor, with a sick one", () => {
  it("dns: a name that is not known", async () => {
    const failure = await firstFailure("ws://nobody.invalid/arcp");
    expect(failure).toMatchObject({ name: "dns", exit: 4 });
    expect(failure.advice).toBeTruthy();
  });

  it("tcp: nothing listens", async () => {
    const url = await listen(createServer());
    await closing.pop()!();
    expect(await firstFailure(url)).toEqual({
      exit: 4,
      name: "tcp",
      detail: matching("nothing listens at port"),
      advice: matching("arcp serve"),
    });
  });

  it("tls: a certificate that nobody trusts, and a port without TLS", async () => {
    const url = await runtimeAt({}, { tls: certificate() });
    expect(await firstFailure(url)).toMatchObject({
      exit: 4,
      name: "tls",
      detail: matching("does not trust who signed"),
      advice: matching("NODE_EXTRA_CA_CERTS"),
    });
    const plain = (await runtimeAt()).replace("ws:", "wss:");
    expect(await firstFailure(plain)).toMatchObject({ name: "tls", advice: matching("use ws://") });
    const secret = await firstFailure(url.replace("wss:", "ws:"));
    expect(secret).toMatchObject({ name: "upgrade", detail: matching("try wss://") });
    const jobs = await arcpDone(["jobs", "--url", plain, "--token", "t"]);
    expect([jobs.exit, jobs.stderr]).toEqual([4, matching("does not speak TLS: try ws://")]);
  });

  it("SEC-01 TRN-04 tls: another host without it, unless that is allowed", async () => {
    const bound = await runtimeAt({}, { allowedHosts: ["0.0.0.0"] });
    // It leads to this machine, and nobody can tell so by its name.
    const url = bound.replace("127.0.0.1", "0.0.0.0");
    expect(await firstFailure(url)).toMatchObject({
      exit: 4,
      name: "tls",
      detail: matching("whoever is between could read the token"),
      advice: matching("use wss://; --allow-insecure-remote goes on"),
    });
    const { exit, step } = await doctor(url, "--allow-insecure-remote");
    expect([exit, step("tls").detail]).toEqual([
      0,
      "ws:// goes without; the token travels in plain text",
    ]);
    const argv = ["agents", "--url", url, "--token", "t"];
    expect((await arcpDone(argv)).exit).toBe(2);
    expect((await arcpDone([...argv, "--allow-insecure-remote"])).exit).toBe(0);
  });

  it("upgrade: a port that never answers", async () => {
    const url = await listen(createServer(() => undefined));
    expect(await firstFailure(url, "--timeout", "0.3")).toMatchObject({
      exit: 4,
      name: "upgrade",
      detail: matching("within 0.3 s"),
      advice: matching("another protocol"),
    });
  });

  it("upgrade: something that does not speak HTTP", async () => {
    const url = await listen(createServer((socket) => socket.end("220 mail.example ESMTP\r\n")));
    expect(await firstFailure(url)).toMatchObject({
      exit: 4,
      name: "upgrade",
      advice: matching("does not speak HTTP"),
    });
  });

  it.each([
    [200, "web server, not a runtime"],
    [302, "points elsewhere"],
    [403, "--allowed-host"],
    [404, "path of the URL"],
    [426, "Upgrade and Connection"],
    [502, "out of order"],
  ])("upgrade: a web server that answers %i", async (status, advice) => {
    const url = await answering((_request, response) => response.writeHead(status).end("no"));
    expect(await firstFailure(url)).toEqual({
      exit: 4,
      name: "upgrade",
      detail: matching(`answered ${status}`),
      advice: matching(advice),
    });
  });

  it("upgrade: a runtime at another path, for other hosts, and for no page", async () => {
    const url = await runtimeAt();
    const path = await firstFailure(url.replace("/arcp", "/"));
    expect(path).toMatchObject({ name: "upgrade", advice: matching("/arcp") });
    const host = await firstFailure(await runtimeAt({}, { allowedHosts: ["a.example"] }));
    expect(host).toMatchObject({ name: "upgrade", detail: matching("Host header") });
    const page = await firstFailure(url, "--origin", "https://a.example");
    expect(page).toMatchObject({ name: "upgrade", detail: matching("origin is not allowed") });
    const allowed = await runtimeAt({}, { allowedOrigins: ["https://a.example"] });
    expect((await doctor(allowed, "--origin", "https://a.example")).exit).toBe(0);
  });

  it("hello: a WebSocket that echoes, one that says nothing, one that hangs up", async () => {
    const echo = await webSocketAt((socket) =>
      socket.on("message", (data) => socket.send(String(data))),
    );
    expect(await firstFailure(echo, "--timeout", "2")).toMatchObject({
      name: "hello",
      advice: matching("ARCP runtime"),
    });
    const silent = await webSocketAt(() => undefined);
    expect(await firstFailure(silent, "--timeout", "0.5")).toMatchObject({
      exit: 4,
      name: "hello",
      detail: matching("did not answer a hello within 0.5 s"),
    });
    const curt = await webSocketAt((socket) => socket.close(1011, "no"));
    expect(await firstFailure(curt)).toMatchObject({ exit: 4, name: "hello" });
  });

  it("auth: a wrong token, and none", async () => {
    const url = await runtimeAt();
    const wrong = await firstFailure(url, "--token", "wr0ng-s3cret");
    expect(wrong).toMatchObject({ exit: 3, name: "auth", advice: matching("valid token") });
    expect(JSON.stringify(wrong)).not.toContain("s3cret");
    const { exit, stdout } = await arcpDone(["doctor", url]);
    expect([exit, stdout]).toEqual([3, matching("set ARCP_TOKEN")]);
  });

  it("clock: a runtime that lives in another hour", async () => {
    const clock = { ...systemClock(), wall: () => Date.now() + 3_600_000 };
    const { exit, step } = await doctor(await runtimeAt({ clock }));
    expect(exit).toBe(1);
    expect(step("clock")).toMatchObject({
      status: "failed",
      detail: matching("ahead of this machine"),
      advice: matching("NTP"),
    });
    expect(step("close").status).toBe("ok");
  });

  it("resume: a runtime that has forgotten the session", async () => {
    let first = true;
    const fresh = () => createRuntime({ auth: bearer({ t: "me" }) });
    const runtimes = [fresh(), fresh()] as const;
    const server = await serve(
      {
        accept(transport, peer) {
          runtimes[first ? 0 : 1].accept(transport, peer);
          first = false;
        },
      },
      { port: 0 },
    );
    closing.push(async () => {
      await server.close();
      for (const runtime of runtimes) await runtime.close();
    });
    expect(await firstFailure(server.url)).toMatchObject({
      exit: 10,
      name: "resume",
      detail: matching("could not be resumed"),
    });
  });
});

describe("arcp doctor --stdio", () => {
  const served = [process.execPath, "--import", import.meta.resolve("tsx"), bin, "serve", "--stdio"]
    .map((word) => `'${word}'`)
    .join(" ");

  it("goes through every step of a healthy child", async () => {
    const { exit, step, failed } = await doctorOf(served);
    expect([exit, failed]).toEqual([0, []]);
    expect(step("stdout")).toMatchObject({ status: "ok", detail: "the first line is a message" });
    expect(step("features").facts).toMatchObject({ runtime: { name: "arcp" } });
    expect(step("round_trip").status).toBe("ok");
    expect(step("clock").status).toBe("ok");
    expect(step("resume")).toMatchObject({ status: "skipped", detail: matching("in a file") });
    expect(step("close").detail).toBe("the runtime said goodbye");
  });

  it("stdout: a child that logs there, which goes on otherwise", async () => {
    const { exit, step, failed } = await doctorOf(`echo '{"level":30,"msg":"ready"}'; ${served}`);
    expect([exit, failed]).toEqual([1, ["stdout"]]);
    expect(step("stdout")).toMatchObject({
      detail: matching('no message: {"level":30,"msg":"ready"}'),
      advice: matching("standard error"),
    });
    expect(step("close").status).toBe("ok");
  });

  it("start: a command that is none, one that ends, one that says nothing", async () => {
    const none = await doctorOf("arcp-no-such-program");
    expect(none).toMatchObject({ exit: 4, failed: ["start"] });
    expect(none.step("start").detail).toContain("exit code 127");
    const ends = await doctorOf("echo its last words >&2; exit 3");
    expect(ends.step("start")).toMatchObject({
      detail: matching('exit code 3; its last words: "its last words"'),
      advice: matching("by hand"),
    });
    const silent = await doctorOf("cat > /dev/null", "--timeout", "0.5");
    expect(silent.step("start")).toMatchObject({
      detail: matching("said nothing"),
      advice: matching("--stdio"),
    });
  });

  it("hello: a child that echoes, and one that says other things", async () => {
    const echo = await doctorOf("cat", "--timeout", "2");
    expect(echo).toMatchObject({ failed: ["hello"] });
    expect(echo.step("hello").advice).toContain("look at the command");
    const other = await doctorOf("echo hi; cat > /dev/null", "--timeout", "0.5");
    expect(other).toMatchObject({ failed: ["stdout", "hello"] });
  });

  it("takes a command or an address, and no origin", async () => {
    const both = await arcpDone(["doctor", "ws://127.0.0.1:1/arcp", "--stdio", "true"]);
    expect([both.exit, both.stderr]).toEqual([2, "arcp: give <url> or --stdio, not both\n"]);
    const page = await arcpDone(["doctor", "--stdio", "true", "--origin", "https://a.example"]);
    expect([page.exit, page.stderr]).toEqual([2, matching("--origin")]);
  });
});
