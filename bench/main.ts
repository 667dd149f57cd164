/**
 * `npm run bench`: every row side by side with the ceiling, in runs that alternate. Nothing here is a test: it fails only
 * if it cannot run. A full run of all rows writes docs/performance.md and its picture.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { format } from "prettier";
import { calledWith } from "../conformance/usage/called.js";
import { among, flag, text } from "../conformance/usage/options.js";
import { replaced } from "../scripts/platforms/table.js";
import { results } from "./figures.js";
import type { Round } from "./figures.js";
import { picture } from "./picture.js";
import { asMarkdown, asText } from "./report.js";
import type { Measured } from "./report.js";
import type { Figure, Row, Size } from "./row.js";
import { decode } from "./rows/decode.js";
import { events } from "./rows/events.js";
import { fanOut } from "./rows/fan-out.js";
import { idle } from "./rows/idle.js";
import { jobs } from "./rows/jobs.js";
import { latency } from "./rows/latency.js";
import { loop } from "./rows/loop.js";
import { replay } from "./rows/replay.js";
import { stream } from "./rows/stream.js";
import { start } from "./server.js";
import type { Server, Subject, Surroundings } from "./server.js";

const ROWS: readonly ((size: Size) => Row)[] = [
  events,
  jobs,
  latency,
  replay,
  stream,
  idle,
  decode,
  loop,
  fanOut,
];

const docs = join(import.meta.dirname, "../docs");

/** Beside every row: where a machine is busy with other things, it says more than the clock. */
function cpuOf(row: Row): Figure {
  return {
    id: `${row.name}-cpu`,
    title: `CPU time of the server for a round of ${row.name}`,
    unit: "s",
    better: "less",
    against: "ceiling",
    aside: true,
    aims: {},
  };
}

/** Runs a row; gives its figures with what each round measured. */
async function run(row: Row, rounds: number, surroundings: Surroundings): Promise<Measured[]> {
  const servers = new Map<Subject, Server>();
  const serverOf = async (subject: Subject): Promise<Server> => {
    const known = servers.get(subject);
    if (known !== undefined) return known;
    const server = await start(subject, surroundings);
    servers.set(subject, server);
    await row.prepare?.(server);
    return server;
  };
  const end = async (): Promise<void> => {
    await Promise.all([...servers.values()].map((server) => server.close()));
    servers.clear();
  };
  const figures = [...row.figures, cpuOf(row)];
  const measured: Round[][] = figures.map(() => []);
  const measure = async (server: Server): Promise<readonly number[]> => {
    const [before = 0] = await server.ask("cpu");
    const numbers = await row.measure(server);
    const [after = 0] = await server.ask("cpu");
    return [...numbers, after - before];
  };
  try {
    for (let round = 0; round < rounds; round += 1) {
      const values: [Subject, readonly number[]][] = [];
      const allowances: [Subject, number][] = [];
      for (const subject of row.subjects) {
        values.push([subject, await measure(await serverOf(subject))]);
        allowances.push([subject, (await row.allowance?.(subject, surroundings)) ?? 0]);
        if (row.fresh === true) await end();
      }
      measured.forEach((rounds, at) =>
        rounds.push({
          values: Object.fromEntries(values.map(([subject, numbers]) => [subject, numbers[at]])),
          allowances: figures[at]?.aside === true ? {} : Object.fromEntries(allowances),
        } as Round),
      );
    }
  } finally {
    await end();
  }
  return figures.map((figure, at) => ({
    figure,
    results: results(figure, measured[at] ?? []),
  }));
}

const NAMES = ROWS.map((row) => row("small").name);

const { values, words } = calledWith({
  name: "npm run bench",
  about:
    "Measures every row side by side with the ceiling, in runs that alternate. Nothing here is a test. A full run of all " +
    "rows writes docs/performance.md and its picture.",
  options: {
    small: flag("two quick rounds instead of five"),
    json: flag("prints one JSON document at the end"),
    profiles: text("FOLDER", "leaves a CPU profile of each server there"),
  },
  words: {
    form: "[ROW ...]",
    about: `only these: ${NAMES.join(", ")}`,
    check: among("row", NAMES),
  },
  exits: { 0: "measured" },
});

async function main(): Promise<number> {
  const all = ROWS.map((row) => row(values.small ? "small" : "full"));
  const rows = all.filter((row) => words.length === 0 || words.includes(row.name));
  const rounds = values.small ? 2 : 5;
  const folder = await mkdtemp(join(tmpdir(), "arcp-bench-"));
  const measured: Measured[] = [];
  try {
    for (const row of rows) {
      const figures = await run(row, rounds, { folder, profiles: values.profiles });
      measured.push(...figures);
      if (!values.json) console.log(`${asText(figures)}\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: cpus().length,
    load: loadavg()[0],
  };
  if (values.json) console.log(JSON.stringify({ machine, rounds, measured }, undefined, 2));
  else console.log(`${machine.cores} cores, load ${machine.load?.toFixed(1)}, ${rounds} rounds`);
  if (!values.small && rows.length === all.length) {
    const machineClass = `${machine.platform}, ${machine.cores} cores, Node ${process.versions.node.split(".")[0]}`;
    const load = `load ${machine.load?.toFixed(1)} at the end of the run`;
    const how = `Median (least–most) of ${rounds} alternating runs; ${machineClass}, ${load}.`;
    await write(measured, how);
  }
  return 0;
}

async function write(measured: readonly Measured[], how: string): Promise<void> {
  const path = join(docs, "performance.md");
  const text = replaced(
    await readFile(path, "utf8"),
    "figures",
    `${asMarkdown(measured)}\n\n${how}`,
  );
  await writeFile(path, await format(text, { parser: "markdown" }));
  await writeFile(join(docs, "performance.svg"), picture(measured));
}

process.exitCode = await main();
