/**
 * Submits under a key of its own and loses, one after the other, its process, its line and its runtime. Whoever submits the
 * same under the same key gets the same job and its one outcome. Starts its runtime itself, since it has to kill it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArcpError, connect } from "arcp";
import type { Client } from "arcp";
import { run } from "../harness/processes.js";
import { relayTo } from "../relay.js";

interface Receipt {
  readonly amount: number;
  readonly receipt: string;
  readonly charges: number;
}
const agent = "charge";
const input = { order: "order-17", amount: 42 };
const options = { idempotencyKey: "order-17" };

/** A client that asks once, in a process of its own, and is not there when the answer comes. */
if (process.argv[2] === "submit") {
  const client = await connect(process.argv[3]!, { token: "example-token" });
  const job = await client.submit(agent, input, options);
  console.log(`submitted ${job.id}`);
  await job.result();
  process.exit();
}

const folder = await mkdtemp(join(tmpdir(), "arcp-idempotent-retry-"));
const runtimeFile = join(import.meta.dirname, "runtime.ts");

async function startRuntime(port = "0") {
  const runtime = run(runtimeFile, [join(folder, "jobs.db")], { PORT: port });
  const listening = await runtime.match(/^listening at (\S+)$/m);
  if (listening === undefined) throw new Error(`no runtime: ${runtime.stderr}`);
  return { runtime, url: listening[1]! };
}

/** Does something in a session of its own. */
async function inNewSession<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(url, { token: "example-token" });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

let { runtime, url } = await startRuntime();

console.log("a client submits, and its process is killed before it hears the end");
const first = run(import.meta.filename, ["submit", url]);
const [, original] = (await first.match(/^submitted (\S+)$/m))!;
first.kill("SIGKILL");
await first.ended;

const receipt = await inNewSession(url, async (client) => {
  const job = await client.submit<Receipt>(agent, input, options);
  console.log(`retry while it runs:     the same job: ${job.id === original}`);
  return job.result();
});
console.log(`                         charged ${receipt.amount}, in run ${receipt.charges}`);

async function retry(what: string, at = url): Promise<void> {
  await inNewSession(at, async (client) => {
    const job = await client.submit<Receipt>(agent, input, options);
    const again = await job.result();
    console.log(`${what.padEnd(24)} the same job: ${job.id === original}`);
    console.log(`${" ".repeat(24)} the same receipt: ${again.receipt === receipt.receipt}`);
  });
}
await retry("retry after its end:");

await inNewSession(url, async (client) => {
  const other = client.submit(agent, { ...input, amount: 1_000_000 }, options);
  const error = await other.catch((thrown: unknown) => thrown);
  console.log(`another amount:          ${ArcpError.is(error) ? error.code : String(error)}`);
  for await (const job of client.jobs())
    console.log(`                         the job: ${job.status}`);
});

console.log("the line is cut while a submit is on its way");
const relay = await relayTo(url);
await inNewSession(relay.url, async (client) => {
  const submitting = client.submit<Receipt>(agent, input, options);
  relay.cut();
  const job = await submitting; // the client repeats it by itself, under the same key
  console.log(`retry on the next line:  the same job: ${job.id === original}`);
});
relay.close();

console.log("the runtime is killed, and started again on the same file");
runtime.kill("SIGKILL");
await runtime.ended;
({ runtime, url } = await startRuntime(new URL(url).port));
await retry("retry after the restart:");

const twenty = await Promise.all(
  Array.from({ length: 20 }, () =>
    inNewSession(url, async (client) => {
      const job = await client.submit<Receipt>(agent, input, { idempotencyKey: "order-18" });
      return { id: job.id, ...(await job.result()) };
    }),
  ),
);
const distinct = (values: readonly unknown[]): number => new Set(values).size;
console.log(
  `twenty at once:          ${distinct(twenty.map(({ id }) => id))} job, ` +
    `${Math.max(...twenty.map(({ charges }) => charges))} run, ` +
    `${distinct(twenty.map(({ receipt: one }) => one))} receipt`,
);

runtime.kill("SIGTERM");
await runtime.ended;
await rm(folder, { recursive: true });
