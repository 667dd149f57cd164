/**
 * `npm run test:strace`: commit before send, seen from outside. `arcp serve --db` runs under strace; every write to a
 * socket that carries a `job.accepted`, an event or a terminal has to come after the flush of SQLite's log that holds it.
 */
import { spawn, spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { WebSocket } from "ws";
import { calledWith } from "../../conformance/usage/called.js";
import { whole } from "../../conformance/usage/options.js";
import { judge, ofAgent } from "./order.js";

const root = join(import.meta.dirname, "../..");
const EVENTS = 18;
/** One job in so many has a large result, of so many chunks. */
const LARGE = { each: 25, chunks: 4 };
const IN_FLIGHT = 16;

const { values } = calledWith({
  name: "npm run test:strace",
  about:
    "Commit before send, seen from outside: runs arcp serve --db under strace, and compares what it sends with what it has flushed. Needs Linux and strace.",
  options: { frames: whole("N", "how many messages at least; 10000 without it") },
  exits: {
    0: "every message was flushed before it was sent",
    1: "one was not; the trace is kept",
    2: "a wrong call, or there is no strace here",
  },
});
const { frames: wanted = 10_000 } = values;
if (process.platform !== "linux" || spawnSync("strace", ["--version"]).status !== 0) {
  console.error("test:strace needs Linux and strace: apt-get install strace");
  process.exitCode = 2;
} else {
  const each = (EVENTS + 2) * (1 - 1 / LARGE.each) + (LARGE.chunks + 1) / LARGE.each;
  process.exitCode = await main(Math.ceil(wanted / each));
}

async function main(jobs: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "arcp-strace-"));
  const [agent, trace] = [join(folder, "agent.mjs"), join(folder, "trace")];
  await build({ entryPoints: [join(import.meta.dirname, "agents.ts")], outfile: agent });
  const traced = spawn(
    "strace",
    [
      ...["-f", "-y", "--seccomp-bpf", "-s", "1000000", "-o", trace],
      ...["-e", "trace=write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync"],
      ...[process.execPath, join(root, "dist/runtime-kit/cli/main.js"), "serve", "--json"],
      ...["--port", "0", "--token", "t", "--agent", agent, "--db", join(folder, "store.db")],
    ],
    // A group of its own: killed alone, strace would leave the runtime behind.
    { detached: true, stdio: ["ignore", "pipe", openSync(join(folder, "stderr"), "w")] },
  );
  const end = () => traced.pid !== undefined && process.kill(-traced.pid, "SIGTERM");
  const ended = new Promise((resolve) => traced.once("close", resolve));
  process.once("exit", () => traced.exitCode ?? traced.signalCode ?? end());
  await work(await addressOf(traced.stdout!), jobs);
  end();
  await ended;
  const { frames, flushes, early } = judge(await readFile(trace, "utf8"), ofAgent);
  const large = Math.floor(jobs / LARGE.each);
  const expected = (jobs - large) * (EVENTS + 2) + large * (LARGE.chunks + 1);
  for (const one of early.slice(0, 10)) console.log(`before its flush: ${one}`);
  console.log(
    `${frames - early.length} of ${frames} messages were flushed before they were sent (${flushes} flushes)`,
  );
  const fine = early.length === 0 && frames >= expected;
  if (frames < expected) console.log(`only ${frames} of ${expected} were found in the trace`);
  if (fine) await rm(folder, { recursive: true });
  else console.log(`kept in ${folder}`);
  return fine ? 0 : 1;
}

async function addressOf(output: AsyncIterable<unknown>): Promise<string> {
  let text = "";
  for await (const piece of output) {
    text += String(piece);
    const [, address] = /"listening":"([^"]+)"/.exec(text) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`the runtime did not listen: ${text}`);
}

/** Has so many jobs done; resolves with the last terminal. */
function work(address: string, jobs: number): Promise<void> {
  const socket = new WebSocket(address);
  let [sent, done] = [0, 0];
  const send = (type: string, payload: object) =>
    socket.send(JSON.stringify({ arcp: "1.1", id: `m${(sent += 1)}`, type, payload }));
  let submitted = 0;
  const submit = () => {
    if (submitted === jobs) return;
    submitted += 1;
    const tag = `torn.${submitted}`;
    const large = submitted % LARGE.each === 0;
    const agent = large ? "large" : "torn";
    send("job.submit", { agent, input: { tag, count: large ? LARGE.chunks : EVENTS } });
  };
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the runtime closed the connection")));
    socket.on("open", () =>
      send("session.hello", {
        client: { name: "strace", version: "1" },
        auth: { scheme: "bearer", token: "t" },
      }),
    );
    socket.on("message", (data) => {
      const { type } = JSON.parse(String(data)) as { readonly type: string };
      if (type === "session.welcome") for (let at = 0; at < IN_FLIGHT; at += 1) submit();
      if (type !== "job.result") return;
      submit();
      done += 1;
      if (done < jobs) return;
      resolve();
      socket.terminate();
    });
  });
}
