/**
 * A program that has nothing to do but to close its runtime, while a job that holds nothing but a key waits for its
 * signal. What it prints, and how it ends, the test reads.
 */
import { createRuntime, defineAgent, memoryStore } from "./node.js";
import { serve } from "./hosts/node.js";
import { sqlite } from "./stores/sqlite.js";
import { systemClock } from "./transports/system.js";
import type { Clock } from "./wire/time.js";

const [, , file = "", what = ""] = process.argv;
const never = () => new Promise<never>(() => {});

/** A clock of the system, with timers as it has them, that goes a hundred times as fast. */
function hundredfold(): Clock {
  const system = systemClock();
  return {
    monotonic: () => system.monotonic() * 100,
    wall: () => Date.now(),
    timer: (at, callback) => system.timer(at / 100, callback),
  };
}

const clock = what === "close" || what === "serve" ? systemClock() : hundredfold();
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
} else {
  const client = await runtime.connect();
  const job = await client.submit("waits");
  await client.close();
  if (what === "rotate") await runtime.credentials.rotate(job.id).catch(() => console.log("late"));
  if (what !== "leave")
    await close(() => runtime.close(what === "drain" ? { drainMs: 60_000 } : {}));
}
