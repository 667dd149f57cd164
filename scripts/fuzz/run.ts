import { randomOf } from "../torture/random.js";
import type { Check, Input, Target } from "./target.js";

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
export async function fuzz(
  target: Target,
  options: {
    readonly seed: number;
    readonly ms: number;
    readonly runs?: number;
    readonly check?: Check;
  },
): Promise<Report> {
  const { seed, ms, runs = Infinity, check = target.check } = options;
  const begun = performance.now();
  let run = 0;
  let finding: Finding | undefined;
  while (finding === undefined && run < runs && performance.now() - begun < ms) {
    const input = inputOf(target, seed, run);
    const looked = look(check, input);
    // Most are done at once, and a turn of the loop for each would be most of the time.
    const problem = looked instanceof Promise ? await looked : looked;
    if (problem !== undefined) finding = { ...(await smallest(check, input, problem)), run };
    run += 1;
  }
  const perSecond = Math.round((run * 1000) / (performance.now() - begun));
  return { runs: run, perSecond, ...(finding === undefined ? {} : { finding }) };
}

/** One run again. */
export async function again(
  target: Target,
  seed: number,
  run: number,
): Promise<Finding | undefined> {
  const input = inputOf(target, seed, run);
  const problem = await look(target.check, input);
  if (problem === undefined) return undefined;
  return { ...(await smallest(target.check, input, problem)), run };
}

function look(check: Check, input: Input): ReturnType<Check> {
  const begun = performance.now();
  const judged = (problem: string | undefined): string | undefined => {
    const took = performance.now() - begun;
    return problem ?? (took > HANG_MS ? `it took ${Math.round(took)} ms` : undefined);
  };
  const threw = (error: unknown): string => `it threw ${String(error)}`;
  try {
    const problem = check(input);
    return problem instanceof Promise ? problem.then(judged, threw) : judged(problem);
  } catch (error) {
    return threw(error);
  }
}

/** Leaves out parts, and parts of parts, as long as anything is wrong. */
async function smallest(
  check: Check,
  input: Input,
  problem: string,
): Promise<Omit<Finding, "run">> {
  let best: Omit<Finding, "run"> = { input, problem };
  const better = async (smaller: Input): Promise<boolean> => {
    const found = await look(check, smaller);
    if (found !== undefined) best = { input: smaller, problem: found };
    return found !== undefined;
  };
  for (let at = 0; at < best.input.length;) {
    if (!(await better(best.input.filter((_, other) => other !== at)))) at += 1;
  }
  for (let at = 0; at < best.input.length; at += 1) {
    await shorten(at, () => best.input, better);
  }
  return best;
}

/** Cuts pieces out of one text, ever smaller ones. */
async function shorten(
  at: number,
  now: () => Input,
  better: (input: Input) => Promise<boolean>,
): Promise<void> {
  const text = (): string => now()[at] ?? "";
  for (let size = Math.ceil(text().length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < text().length;) {
      const cut = text().slice(0, from) + text().slice(from + size);
      if (!(await better(now().map((one, other) => (other === at ? cut : one))))) from += size;
    }
  }
}
