/**
 * `npm run flow`: readers that stop for a minute while a job reports a million events, one and then a hundred of them,
 * and a thousand sessions that are dropped at once by a `kill -9`. Prints the figures; fails if one is missed that
 * does not depend on the machine. `-- --small` is quick; `-- --events N --readers N --seconds N --sessions N` as you like.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calledWith } from "../../conformance/usage/called.js";
import { among, flag, whole } from "../../conformance/usage/options.js";
import { leaveNothingBehind } from "../../examples/harness/processes.js";
import { dropped } from "./dropped.js";
import { compileAgents, startServer } from "./server.js";
import type { Place } from "./server.js";
import { stopped } from "./stopped.js";
import type { Stopped, StoppedOptions } from "./stopped.js";

/** How much the process may grow by readers that have stopped. */
const MOST_BYTES = 64 * 1024 * 1024;
/** How long it may take until all dropped sessions are live again. */
const MOST_MS = 10_000;

const FULL = { events: 1_000_000, readers: 100, seconds: 60, sessions: 1_000 };
const SMALL = { events: 20_000, readers: 10, seconds: 3, sessions: 100 };

const PARTS = ["one", "many", "dropped"];

const { values, words } = calledWith({
  name: "npm run flow",
  about:
    "Readers that stop for a minute while a job reports a million events, one and then a hundred of them, and a thousand " +
    "sessions that are dropped at once by a kill -9: docs/flow.md.",
  options: {
    small: flag(`quick: ${inWords(SMALL)}`),
    events: whole("N", `events of the job; ${FULL.events} without it`),
    readers: whole("N", `readers of the part many; ${FULL.readers} without it`),
    seconds: whole("N", `for which they stop; ${FULL.seconds} without it`),
    sessions: whole("N", `sessions of the part dropped; ${FULL.sessions} without it`),
  },
  words: {
    form: "[PART ...]",
    about: `only these: ${PARTS.join(", ")}`,
    check: among("part", PARTS),
  },
  exits: { 0: "every figure that does not depend on the machine is kept", 1: "one is missed" },
});

function inWords(sizes: typeof FULL): string {
  return Object.entries(sizes)
    .map(([name, size]) => `${size} ${name}`)
    .join(", ");
}

async function main(): Promise<number> {
  const usual = values.small ? SMALL : FULL;
  const {
    events = usual.events,
    readers: many = usual.readers,
    seconds: pause = usual.seconds,
    sessions = usual.sessions,
  } = values;
  const sizes = { events, readers: many, seconds: pause, sessions };
  const parts = words.length === 0 ? PARTS : words;
  const folder = await mkdtemp(join(tmpdir(), "arcp-flow-"));
  const agents = join(folder, "agents.mjs");
  await compileAgents(agents);
  const place = (name: string): Place => ({ agents, db: join(folder, `${name}.db`) });
  const failures: string[] = [];
  if (parts.includes("one"))
    failures.push(...(await readers(place("one"), { ...sizes, readers: 1 })));
  if (parts.includes("many")) failures.push(...(await readers(place("many"), sizes)));
  if (parts.includes("dropped"))
    failures.push(...(await restart(place("dropped"), sizes.sessions)));
  await rm(folder, { recursive: true });
  for (const failure of failures) console.log(`FAILED  ${failure}`);
  return failures.length === 0 ? 0 : 1;
}

async function readers(place: Place, options: StoppedOptions): Promise<string[]> {
  console.log(`${options.readers} stopped, ${options.events} events, ${options.seconds} s`);
  const server = await startServer(place);
  const found = await stopped(server, options).finally(() => server.kill());
  tell(found, options);
  const grown = found.live.stopped - found.live.before;
  return grown > MOST_BYTES ? [`stopped readers hold ${mib(grown)}`] : [];
}

function tell({ latency, live, rss, ms }: Stopped, { events }: StoppedOptions): void {
  console.log(
    `  live memory     before ${mib(live.before)}, stopped ${mib(live.stopped)}, after ${mib(live.after)}`,
  );
  console.log(
    `  resident        highest while reading ${mib(rss.reading)}, before ${mib(rss.before)}, highest while stopped ${mib(rss.stopped)}`,
  );
  for (const [name, { ping, job, rounds }] of Object.entries(latency)) {
    console.log(
      `  others, ${name.padEnd(8)}p99 of a ping ${ping.toFixed(1)} ms, of a job ${job.toFixed(1)} ms (${rounds})`,
    );
  }
  const resumed =
    ms.resumed === undefined
      ? ""
      : `, resumed in ${seconds(ms.resumed)} (${rate(events, ms.resumed)})`;
  console.log(
    `  reported in ${seconds(ms.reported)}, read on in ${seconds(ms.readOn)} (${rate(events, ms.readOn)})${resumed}: each once, in order`,
  );
}

async function restart(place: Place, sessions: number): Promise<string[]> {
  console.log(`${sessions} sessions dropped by kill -9`);
  const { listening, live, events } = await dropped(place, sessions);
  console.log(
    `  listening after ${seconds(listening)}, all live after ${seconds(live)}, ${events} events without a gap`,
  );
  return live > MOST_MS ? [`all sessions were live after ${seconds(live)}`] : [];
}

const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const rate = (events: number, ms: number): string => `${Math.round(events / ms)} k/s`;

leaveNothingBehind();
process.exitCode = await main();
