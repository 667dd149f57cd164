import { randomOf } from "../torture/random.js";
import type { Bug, Input, Target } from "./target.js";

/** Longer than this nothing may take that is looked at once, in milliseconds. */
const HANG_MS = 2000;

/** An input that shows a fault, as small as it could be made. */
export interface Finding {
  readonly problem: string;
  readonly input: Input;
  /** `--seed` and `--run` of the fuzzer make it again. */
  readonly run: number;
}

/** What a target did in its time. */
export interface Report {
  readonly runs: number;
  readonly perSecond: number;
  readonly finding?: Finding;
}

/** Each run has a chance of its own, so that it can be made again without those before it. */
function inputOf({ make }: Target, seed: number, run: number): Input {
  return make(randomOf(seed * 1_000_003 + run));
}

/** Fuzzes until the time is over, or something is found. `check` may be that of a bug. */
export function fuzz(
  target: Target,
  options: {
    readonly seed: number;
    readonly ms: number;
    readonly runs?: number;
    readonly check?: Bug["check"];
  },
): Report {
  const { seed, ms, runs = Infinity, check = target.check } = options;
  const begun = performance.now();
  let run = 0;
  let finding: Finding | undefined;
  while (finding === undefined && run < runs && performance.now() - begun < ms) {
    const input = inputOf(target, seed, run);
    const problem = look(check, input);
    if (problem !== undefined) finding = { ...smallest(check, input, problem), run };
    run += 1;
  }
  const perSecond = Math.round((run * 1000) / (performance.now() - begun));
  return { runs: run, perSecond, ...(finding === undefined ? {} : { finding }) };
}

/** One run again. */
export function again(target: Target, seed: number, run: number): Finding | undefined {
  const input = inputOf(target, seed, run);
  const problem = look(target.check, input);
  return problem === undefined ? undefined : { ...smallest(target.check, input, problem), run };
}

function look(check: Bug["check"], input: Input): string | undefined {
  const begun = performance.now();
  try {
    const problem = check(input);
    if (problem !== undefined) return problem;
  } catch (error) {
    return `it threw ${String(error)}`;
  }
  const took = performance.now() - begun;
  return took > HANG_MS ? `it took ${Math.round(took)} ms` : undefined;
}

/** Leaves out parts, and parts of parts, as long as anything is wrong. */
function smallest(check: Bug["check"], input: Input, problem: string): Omit<Finding, "run"> {
  let best: Omit<Finding, "run"> = { input, problem };
  const better = (smaller: Input): boolean => {
    const found = look(check, smaller);
    if (found !== undefined) best = { input: smaller, problem: found };
    return found !== undefined;
  };
  for (let at = 0; at < best.input.length;) {
    if (!better(best.input.filter((_, other) => other !== at))) at += 1;
  }
  for (let at = 0; at < best.input.length; at += 1) shorten(at, () => best.input, better);
  return best;
}

/** Cuts pieces out of one text, ever smaller ones. */
function shorten(at: number, now: () => Input, better: (input: Input) => boolean): void {
  const text = (): string => now()[at] ?? "";
  for (let size = Math.ceil(text().length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < text().length;) {
      const cut = text().slice(0, from) + text().slice(from + size);
      if (!better(now().map((one, other) => (other === at ? cut : one)))) from += size;
    }
  }
}
