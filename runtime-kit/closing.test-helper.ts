/**
 * A program that has nothing to do but to close its runtime, while a job that holds nothing but a key waits for its
 * signal. What it prints, and how it ends, the test reads.
 */
import { connect, createRuntime, defineAgent, memoryStore } from "./node.js";
import type { Transport } from "./node.js";
import { serve } from "./hosts/node.js";
import { sqlite } from "./stores/sqlite.js";
import { systemClock } from "./transports/system.js";
import type { Clock } from "./wire/time.js";

const [, , file = "", what = ""] = process.argv;
const never = () => new Promise<never>(() => {});

/** When the clock began to run, by the system's. */
let hurried: number | undefined;
const system = systemClock();

/** A clock with the system's timers, that goes a hundred times as fast once it is hurried. */
const clock: Clock = {
  wall: system.wall,
  monotonic() {
    const now = system.monotonic();
    return hurried === undefined ? now : hurried + (now - hurried) * 100;
  },
  timer: (at, callback) =>
    system.timer(hurried === undefined ? at : hurried + (at - hurried) / 100, callback),
};

const keys = new Set<string>();
const runtime = createRuntime({
  agents: [
    defineAgent({
      name: "waits",
      run: (_, ctx) =>
        new Promise<void>((resolve) => {
          ctx.signal.addEventListener("abort", () => {
            console.log(`aborted ${(ctx.signal.reason as { code: string }).code}`);
            resolve();
          });
        }),
    }),
  ],
  clock,
  // Without heartbeats a client has nothing to wait for either.
  ...(what === "result" ? { features: [] } : {}),
  auth: (token) => (token === undefined ? undefined : { principal: token }),
  store: file === "" ? memoryStore() : sqlite(file),
  credentials: {
    endsWithProcess: true,
    async issue({ grantId }) {
      if (what === "rotate" && keys.size > 0) await never();
      keys.add(grantId);
      const value = `sk-${grantId}`;
      const credential = { id: "llm", scheme: "bearer", value, endpoint: "https://x.example/" };
      return { credentials: [credential], handle: { name: grantId } };
    },
    async revoke({ id }) {
      console.log("revoke");
      if (what === "revoke") await never();
      keys.delete(id);
    },
  },
});

process.on("exit", () => console.log(`exit with ${keys.size} keys`));

async function close(how: () => Promise<void>): Promise<void> {
  const began = clock.monotonic();
  await how();
  console.log(`closed after ${Math.floor((clock.monotonic() - began) / 1000)} s`);
}

if (what === "serve") {
  const server = await serve(runtime, { port: 0 });
  process.once("SIGTERM", () => void close(server.close));
  console.log(server.url);
} else if (what === "embedded") {
  const client = await runtime.connect();
  const job = await client.submit("waits");
  const result = job.result().catch((error: Error) => error.message);
  await close(() => runtime.close());
  console.log(await result);
  await client.submit("waits").catch((error: Error) => console.log(error.message));
  console.log((await client.closed).error?.message);
} else if (what === "redial") {
  let line: Transport | undefined;
  const client = await connect(
    async (options) => {
      if (line !== undefined) throw new Error("nobody is there");
      line = await runtime.dial()(options);
      return line;
    },
    { reconnect: { minDelayMs: 50, giveUpAfterMs: 200 } },
  );
  const job = await client.submit("waits");
  void line?.close();
  await job.result().catch((error: Error) => console.log(error.message));
} else {
  const client = await runtime.connect();
  if (what !== "close") hurried = system.monotonic();
  const job = await client.submit("waits", null, what === "result" ? { maxRuntimeSec: 10 } : {});
  if (what === "result") await job.result().catch((error: Error) => console.log(error.message));
  await client.close();
  if (what === "rotate") await runtime.credentials.rotate(job.id).catch(() => console.log("late"));
  if (what !== "leave")
    await close(() => runtime.close(what === "drain" ? { drainMs: 60_000 } : {}));
}
