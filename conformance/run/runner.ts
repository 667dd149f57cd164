/** Runs checks: few at a time, each with a deadline, once more when only time failed it. */
import {
  CheckFailed,
  HarnessError,
  Inconclusive,
  NotApplicable,
  Unreachable,
} from "../peer/faults.js";
import { WireLog } from "../peer/log.js";
import type { Attempt } from "./attempt.js";
import type { Check, CheckDefinition } from "./check.js";
import { secretsOf, type Carrier, type Presented, type Target } from "./target.js";
import { Trial } from "./trial.js";
import type { Result, Verdict } from "./verdict.js";

/** How a run goes. */
export interface RunOptions {
  /** Checks at the same time. Default 4. */
  readonly parallel?: number;
  /** Whether a failure by time alone is tried once more. Default true. */
  readonly retry?: boolean;
  /** Called when a check has ended. */
  readonly onResult?: (result: Result, done: number, all: number) => void;
}

/** What is under test, as the runner sees it. */
export interface Bench<T extends Attempt> {
  /** What no log may show. */
  readonly secrets: readonly string[];
  /** Why a check is not tried, if it is not. */
  unmet(check: CheckDefinition): Pick<Result, "verdict" | "reason" | "missing"> | undefined;
  /** Sets up one attempt at a check. */
  begin(log: WireLog, key: string): T;
}

/** A runtime under test. */
export function runtimeBench(target: Target, presented: Presented): Bench<Trial> {
  return {
    secrets: secretsOf(target),
    unmet: (check) => prerequisite(check, target, presented),
    begin: (log, key) => new Trial(target, presented, log, key),
  };
}

interface Outcome {
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly byTime: boolean;
}

/** Runs one check against one implementation. */
export async function runCheck<T extends Attempt>(
  check: Check<T>,
  bench: Bench<T>,
  options: { readonly retry?: boolean } = {},
): Promise<Result> {
  const { run: _, ...definition } = check;
  const began = performance.now();
  const base = { id: check.id, check: definition, notes: [], log: [], byTime: false, ms: 0 };
  const unmet = bench.unmet(check);
  if (unmet !== undefined) return { ...base, ...unmet, attempts: 0 };
  const attempt = async (number: number) => {
    const log = new WireLog(new Set(bench.secrets));
    const trial = bench.begin(log, `${check.id}/${number}`);
    const outcome = await judge(check, trial);
    return { outcome, trial, log };
  };
  let { outcome, trial, log } = await attempt(1);
  let attempts = 1;
  if (outcome.byTime && outcome.verdict === "fail" && options.retry !== false) {
    attempts = 2;
    const second = await attempt(2);
    if (second.outcome.verdict === "pass" || second.outcome.verdict === "pass-nonstrict") {
      const reason = `failed by time, then passed: ${outcome.reason}`;
      outcome = { verdict: "flaky", reason, byTime: true };
    } else {
      ({ outcome, trial, log } = second);
    }
  }
  const graded = grade(check, outcome);
  return {
    ...base,
    ...graded,
    notes: trial.notes,
    attempts,
    ms: Math.round(performance.now() - began),
    log: graded.verdict === "pass" ? [] : log.lines(),
  };
}

/** Runs all checks, `parallel` at a time, and returns their results in the order of the checks. */
export async function runAll<T extends Attempt>(
  checks: readonly Check<T>[],
  bench: Bench<T>,
  options: RunOptions = {},
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let done = 0;
  const worker = async () => {
    for (let index = next++; index < checks.length; index = next++) {
      const result = await runCheck(checks[index]!, bench, options);
      results[index] = result;
      options.onResult?.(result, ++done, checks.length);
    }
  };
  await Promise.all(Array.from({ length: options.parallel ?? 4 }, worker));
  return results;
}

/** Why a check has no meaning over this carrier, if it has none. */
export function outOfPlace(
  { needs }: Pick<CheckDefinition, "needs">,
  carrier: Carrier,
): string | undefined {
  const about = { websocket: "WebSocket", stdio: "stdio" } as const;
  if (needs.carrier !== undefined && needs.carrier !== carrier)
    return `is about ${about[needs.carrier]}`;
  if (carrier !== "stdio") return undefined;
  const several = needs.connections === "together";
  return several ? "needs a second connection to the same runtime" : undefined;
}

function prerequisite(check: CheckDefinition, target: Target, presented: Presented) {
  const { rung, features, second, token } = check.needs;
  if (token === true && target.token === undefined) {
    const reason = "is about tokens, and this runtime believes whoever started it";
    return { verdict: "not-applicable", reason } as const;
  }
  const misplaced = outOfPlace(check, target.carrier);
  if (misplaced !== undefined) return { verdict: "not-applicable", reason: misplaced } as const;
  if ((rung === "R1" || second === true) && target.tokenB === undefined) {
    const reason = "needs R1: the token of a second principal (--token-b)";
    return { verdict: "not-run", reason, missing: "R1" } as const;
  }
  if (rung === "R3" && target.control === undefined) {
    const reason = "needs R3: a control file that says how to start it (--control)";
    return { verdict: "not-run", reason, missing: "R3" } as const;
  }
  if ((rung === "R2" || rung === "R3") && !presented.script) {
    const reason = "needs R2: the agent conformance.script";
    return { verdict: "not-run", reason, missing: "R2" } as const;
  }
  const absent = (features ?? []).filter((f) => !presented.features.has(f));
  if (absent.length > 0) {
    return { verdict: "not-applicable", reason: `not advertised: ${absent.join(", ")}` } as const;
  }
  return undefined;
}

async function judge<T extends Attempt>(check: Check<T>, trial: T): Promise<Outcome> {
  const wait = trial.scale(check.deadlineMs ?? 30_000) + trial.startMs;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new CheckFailed(`not done within ${Math.round(wait)} ms`, true)),
      wait,
    );
  });
  try {
    await Promise.race([check.run(trial), late]);
    const { lapses } = trial;
    const dishonest = trial.undeclared(check);
    if (dishonest !== undefined) return { verdict: "error", reason: dishonest, byTime: false };
    if (lapses.length === 0) return { verdict: "pass", byTime: false };
    return { verdict: "pass-nonstrict", reason: lapses.join("; "), byTime: false };
  } catch (error) {
    return classify(error);
  } finally {
    clearTimeout(timer);
    await trial.end();
  }
}

function classify(error: unknown): Outcome {
  if (error instanceof CheckFailed) {
    return { verdict: "fail", reason: error.message, byTime: error.byTime };
  }
  if (error instanceof NotApplicable) {
    return { verdict: "not-applicable", reason: error.message, byTime: false };
  }
  if (error instanceof Inconclusive) {
    return { verdict: "inconclusive", reason: error.message, byTime: false };
  }
  if (error instanceof Unreachable) {
    return { verdict: "fail", reason: error.message, byTime: true };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const reason = error instanceof HarnessError ? error.message : text;
  return { verdict: "error", reason, byTime: false };
}

/** A failed SHOULD, and whatever rests on a ruling of ours, is a pass without strictness. */
function grade(
  check: CheckDefinition,
  outcome: Outcome,
): Omit<Outcome, "byTime"> & { byTime: boolean } {
  if (outcome.verdict !== "fail") return outcome;
  if (check.level === "SHOULD") {
    return { ...outcome, verdict: "pass-nonstrict", reason: `SHOULD: ${outcome.reason}` };
  }
  if (check.basis.startsWith("W-")) {
    return { ...outcome, verdict: "pass-nonstrict", reason: `${check.basis}: ${outcome.reason}` };
  }
  return outcome;
}
