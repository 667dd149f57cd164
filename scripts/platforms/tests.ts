/** Runs the tests of this project under a platform, and counts. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "../../examples/harness/processes.js";
import type { Platform } from "./platforms.js";
import { known } from "./suites.js";
import type { Suite } from "./suites.js";

/** How a suite went on a platform. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** Known not to pass there, and not run. */
  readonly cannot: number;
}

/** How all suites went on a platform. */
export interface Outcome {
  readonly counts: ReadonlyMap<string, Count>;
  /** What has to be looked at, in words. */
  readonly problems: readonly string[];
}

/** What is read of the report that vitest writes. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: "passed" | "failed" | "skipped" | "pending" | "todo";
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Runs these suites of the project in `root`. */
export async function runTests(
  platform: Platform,
  executable: string,
  root: string,
  suites: readonly Suite[],
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "arcp-platforms-"));
  try {
    const file = join(folder, "report.json");
    const names = known.filter(({ on }) => on === platform.kind).map(({ test }) => test);
    const run = execute(executable, [
      ...[...platform.args, join(root, "node_modules/vitest/vitest.mjs"), "run"],
      ...["--root", root, "--reporter=json", `--outputFile=${file}`],
      ...(names.length === 0 ? [] : ["--testNamePattern", noneOf(names)]),
      ...suites.flatMap(({ paths }) => paths),
    ]);
    const how = await run.ended;
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) {
      const words = `${run.stdout}${run.stderr}`.trim().slice(-2_000);
      return { counts: new Map(), problems: [`vitest ended with ${how}:\n${words}`] };
    }
    const outcome = outcomeOf(JSON.parse(text) as Report, root, suites, names);
    if (how === "exit 0" || outcome.problems.length > 0) return outcome;
    // Every test passed, and something failed outside of them.
    const words = run.stderr.trim().slice(-2_000);
    return { ...outcome, problems: [`vitest ended with ${how}:\n${words}`] };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A pattern that no name matches that begins as one of these does. */
function noneOf(names: readonly string[]): string {
  const beginnings = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  return `^(?!${beginnings.join("|")})`;
}

function outcomeOf(
  report: Report,
  root: string,
  suites: readonly Suite[],
  names: readonly string[],
): Outcome {
  const counts = new Map<string, Count>();
  const problems: string[] = [];
  const left: string[] = [];
  for (const file of report.testResults) {
    const path = file.name.slice(root.length + 1);
    const suite = suites.find(({ paths }) => paths.some((start) => path.startsWith(start)));
    const count = { passed: 0, failed: 0, cannot: 0, ...counts.get(suite?.name ?? "") };
    for (const { fullName, status, failureMessages } of file.assertionResults) {
      if (status === "passed") count.passed += 1;
      else if (status === "failed") {
        count.failed += 1;
        problems.push(`${path}: ${fullName}\n${(failureMessages[0] ?? "").slice(0, 600)}`);
      } else {
        count.cannot += 1;
        left.push(fullName);
      }
    }
    const whole = file.status === "failed" && file.assertionResults.length === 0;
    if (whole) problems.push(`${path} could not be run: ${file.message.slice(0, 600)}`);
    if (whole) count.failed += 1;
    counts.set(suite?.name ?? "", count);
  }
  // A name that names nothing any more hides nothing, and has to go.
  const stale = names.filter((name) => !left.some((test) => test.startsWith(name)));
  problems.push(...stale.map((name) => `known in suites.ts, and there is no such test: ${name}`));
  return { counts, problems };
}
