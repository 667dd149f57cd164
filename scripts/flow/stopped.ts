/** Readers that stop reading while a job reports a million events: what the process holds, and what others notice. */
import { readFile } from "node:fs/promises";
import { connect } from "arcp";
import type { Memory } from "./agents.js";
import { openBystander } from "./bystander.js";
import type { Latency } from "./bystander.js";
import { openReader } from "./reader.js";
import type { Server } from "./server.js";

export interface StoppedOptions {
  readonly events: number;
  readonly readers: number;
  /** How long the readers stay stopped at the least. */
  readonly seconds: number;
}

/** What was measured. Sizes in bytes, times in milliseconds. */
export interface Stopped {
  readonly latency: {
    readonly idle: Latency;
    readonly reading: Latency;
    readonly stopped: Latency;
  };
  /** What lives on the heaps after a collection. */
  readonly live: { readonly before: number; readonly stopped: number; readonly after: number };
  /** What the system counts, garbage included: the highest while the readers read, and while they had stopped. */
  readonly rss: { readonly reading: number; readonly before: number; readonly stopped: number };
  /** Until the log had all events; until the readers that had stopped, or were cut, had them. */
  readonly ms: {
    readonly reported: number;
    readonly readOn: number;
    readonly resumed: number | undefined;
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function stopped({ url }: Server, options: StoppedOptions): Promise<Stopped> {
  const { events, readers: count, seconds } = options;
  const bystander = await openBystander(url);
  const control = await connect(url, { token: "reader" });
  const memory = async () => (await (await control.submit("memory")).result()) as Memory;

  const gather = (key: string, input: { readonly count: number; readonly delayMs: number }) =>
    Promise.all(Array.from({ length: count }, () => openReader(url, input, key)));
  const running = async () => {
    for await (const _job of control.jobs({ agent: "flood", status: ["pending", "running"] }))
      return true;
    return false;
  };

  await sleep(Math.min(5_000, seconds * 500));
  const idle = await bystander.take();
  // The same job, whose readers all read: what is compared with, and what warms the process up.
  const { pid } = await memory();
  const whileReading = sampleRss(pid);
  const warm = await gather("warm", { count: Math.ceil(events / 10), delayMs: 500 });
  await Promise.all(warm.map((reader) => reader.readOn()));
  const reading = await bystander.take();
  for (const reader of warm) reader.end();
  const rssReading = whileReading.stop();

  const before = await memory();
  const readers = await gather("stopped", { count: events, delayMs: 1_000 });
  for (const reader of readers) reader.stop();
  const whileStopped = sampleRss(pid);
  await bystander.take();
  const begun = performance.now();
  while (await running()) await sleep(100);
  const reported = performance.now() - begun;
  await sleep(Math.max(0, seconds * 1_000 - reported));
  const stoppedLatency = await bystander.take();
  const rssStopped = whileStopped.stop();
  const held = await memory();

  const [first, second, ...others] = readers;
  for (const reader of others) reader.end();
  const readOn = await timed(async () => check(await first!.readOn(), events));
  const resumed =
    second &&
    (await timed(async () => {
      await second.resume();
      check(await second.readOn(), events);
    }));
  first?.end();
  second?.end();
  const after = await memory();
  bystander.end();
  await control.close();
  return {
    latency: { idle, reading, stopped: stoppedLatency },
    live: { before: before.live, stopped: held.live, after: after.live },
    rss: { reading: rssReading, before: before.rss, stopped: rssStopped },
    ms: { reported, readOn, resumed },
  };
}

/** All events and the terminal. */
function check(received: number, events: number): void {
  if (received !== events + 1) throw new Error(`${received} messages of ${events + 1} came`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Looks at what the system counts for a process, until it is stopped; where the system tells. */
function sampleRss(pid: number): { stop(): number } {
  let highest = Number.NaN;
  const timer = setInterval(() => {
    void readFile(`/proc/${pid}/status`, "utf8").then(
      (text) => {
        const kibibytes = Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]);
        highest = Math.max(Number.isNaN(highest) ? 0 : highest, kibibytes * 1024);
      },
      () => undefined,
    );
  }, 100);
  return {
    stop() {
      clearInterval(timer);
      return highest;
    },
  };
}
