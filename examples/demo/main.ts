/**
 * The whole in one go: `npm run demo`, or `npm run demo -- FOLDER` for a report on a folder of yours.
 * From the spec to code, a runtime, a job under a lease, a cut connection, a killed runtime, and every event once.
 */
import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { calledWith } from "../../conformance/usage/called.js";
import { UsageError } from "../../conformance/usage/options.js";
import { leaveNothingBehind } from "../harness/processes.js";
import { crashOn, problemsOfCrash, tellCrash } from "./crash.js";
import { reportOn } from "./job.js";
import type { Story } from "./job.js";
import { problemsOf, repeated } from "./proof.js";
import { createScreen, whole } from "./screen.js";
import type { Screen } from "./screen.js";
import { serveAgents } from "./server.js";
import { generate } from "./spec.js";

const ROOT = resolve(import.meta.dirname, "../..");

/** Something hangs if it takes this long; an idle machine needs a tenth. */
const LIMIT_MS = 120_000;

const { words } = calledWith({
  name: "npm run demo",
  about:
    "From the spec to code, a runtime, a job under a lease, a cut connection, a killed runtime, and every event once.",
  options: {},
  words: {
    form: "[FOLDER]",
    about: "what the job reports on; this project without it",
    most: 1,
    check: (word) => void folderOf(word),
  },
  exits: { 0: "all of it went as it has to", 1: "something did not" },
});

async function demo(folder: string, screen: Screen): Promise<void> {
  screen.title("1. From the spec to code: npm run generate");
  const begun = performance.now();
  for (const { folder: made, files, change, symbols } of await generate(ROOT)) {
    const { message = 0, kind = 0, error = 0, requirement = 0 } = symbols;
    const ms = whole(performance.now() - begun);
    screen.good(`${made}: ${files} files in ${ms} ms; ${change}`);
    screen.fact("the draft", `${message} messages, ${kind} kinds of events, ${error} error codes`);
    screen.fact(
      "it requires",
      `${requirement} things, each with an id that tests and results cite`,
    );
  }

  screen.title("2. A runtime: arcp serve");
  const served = await serveAgents(ROOT);
  screen.good(`listening at ${served.url}, with a token made for this run`);

  screen.title("3. A job: repo-report, under a lease, through a cable that will be pulled");
  const story = await Promise.race([reportOn(folder, served, screen), served.died]);
  const problems = problemsOf(story);
  if (story.resumed === 0)
    throw new Error(`${folder} holds too little: give a folder of some files`);
  if (problems.length > 0) throw new Error(problems.join("\n"));

  screen.title("4. Its result");
  screen.text(`\n${story.report.trimEnd().replace(/^(?=.)/gm, "  ")}`);

  screen.title("5. What it took");
  tell(story, screen);

  screen.title("6. The same once more, and in the middle of it the runtime is killed");
  const crash = await Promise.race([crashOn(folder, served, screen), served.died]);
  const wrong = problemsOfCrash(crash, story.report);
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  tellCrash(crash, screen);
  await served.stop();
  screen.good("the runtime has ended, and nothing is left behind");

  screen.title("Try next");
  screen.text(
    [
      "  npm run demo -- FOLDER       a report on a folder of yours",
      "  npm run examples             small examples, two processes each; read them in examples/",
      "  npm run conformance          what the draft requires, checked against this runtime",
      "  npx arcp serve               a runtime of your own; it prints a line to submit with",
    ].join("\n"),
  );
}

function tell(story: Story, screen: Screen): void {
  const { seen, wire, calls, refused, chunks, chunkBytes } = story;
  const [before = [], after = []] = wire;
  screen.good(
    `every event_seq from 1 to ${whole(seen.length + 1)} came once, in order; the last is the end`,
  );
  screen.fact("on the wire", `${rangeOf(before)} before the cut, ${rangeOf(after)} after it`);
  screen.fact("", `${repeated(wire)} numbers twice; ${whole(story.wireSize / 1024)} KiB in all`);
  screen.fact("events", `${whole(seen.length)}; reconnects: ${story.resumed}; gaps: ${story.gaps}`);
  screen.fact("tool calls", `${whole(calls)}; refused by the lease: ${refused.length}`);
  screen.fact("result", `${chunks} chunks, ${whole(chunkBytes)} bytes, size verified`);
  screen.fact("time", `${whole(story.ms)} ms, the outage included`);
}

function rangeOf(numbers: readonly number[]): string {
  return `${whole(numbers[0] ?? 0)} to ${whole(numbers.at(-1) ?? 0)}`;
}

/** The lease is judged by where links lead, so the folder is named by its real path. */
function folderOf(argument: string): string {
  const path = resolve(process.env.INIT_CWD ?? ".", argument);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return realpathSync(path);
  throw new UsageError(`there is no folder "${argument}"`);
}

leaveNothingBehind();
const watchdog = setTimeout(() => fail(new Error(`not done in ${LIMIT_MS / 1000} s`)), LIMIT_MS);
try {
  await demo(words[0] === undefined ? ROOT : folderOf(words[0]), createScreen());
} catch (error) {
  fail(error);
} finally {
  clearTimeout(watchdog);
}

/** Ends everything: what was started ends with this process. */
function fail(error: unknown): never {
  console.error(`\ndemo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
