/** What one check and the whole run can come to. */
import type { LogLine } from "../peer/log.js";
import { rungs, type CheckDefinition, type Rung } from "./check.js";

/** The outcome of one check. Only `pass` and `pass-nonstrict` are good; `flaky` never is. */
export type Verdict =
  | "pass"
  | "pass-nonstrict"
  | "fail"
  | "not-applicable"
  | "inconclusive"
  /** Not tried, because the implementation does not provide the rung that it needs. */
  | "not-run"
  | "info"
  | "error"
  | "flaky";

/** One check's outcome with its evidence. */
export interface Result {
  readonly id: string;
  readonly verdict: Verdict;
  /** Why, unless it passed. */
  readonly reason?: string;
  /** Observations made on the way, also by a pass. */
  readonly notes: readonly string[];
  /** The rung that is missing, or the verbs of a client's driver, when that is why the check did not run. */
  readonly missing?: Rung | (string & {});
  readonly check: CheckDefinition;
  /** Whether a deadline alone made it fail. */
  readonly byTime: boolean;
  readonly attempts: number;
  /** Milliseconds, all attempts. */
  readonly ms: number;
  /** The wire, for everything that did not pass. */
  readonly log: readonly LogLine[];
}

/** The result of the whole run. */
type Overall = "CONFORMANT" | "NOT CONFORMANT" | "INCOMPLETE" | "HARNESS ERROR";

/** The result in words and the exit code of the process. */
export interface Conclusion {
  readonly overall: Overall;
  /** As printed: `CONFORMANT (partial, up to R1)`. */
  readonly words: string;
  /** 0 conformant, perhaps in part; 1 a MUST failed, 3 incomplete, 4 harness error, 5 only SHOULDs under `--strict`. */
  readonly exit: 0 | 1 | 3 | 4 | 5;
}

/** Exit codes that no result leads to: wrong usage, no answer, and a token that was refused. */
export const exits = { usage: 2, unreachable: 4, refused: 7 } as const;

/**
 * Draws the conclusion. A check that was not run for want of a rung makes the result partial: what was tried is
 * decided, and the words say how far it reaches. It makes it incomplete where that rung was asked for (`need`),
 * since the prerequisite of a run that was wanted is then missing.
 */
export function conclude(
  results: readonly Result[],
  options: { readonly strict?: boolean; readonly need?: Rung } = {},
): Conclusion {
  const has = (verdict: Verdict) => results.some((r) => r.verdict === verdict);
  const ran = results.filter((r) => r.verdict !== "not-run" && r.verdict !== "not-applicable");
  if (has("error")) return { overall: "HARNESS ERROR", words: "HARNESS ERROR", exit: 4 };
  if (ran.length === 0) {
    return { overall: "HARNESS ERROR", words: "HARNESS ERROR (no check was run)", exit: 4 };
  }
  if (has("fail")) return { overall: "NOT CONFORMANT", words: "NOT CONFORMANT", exit: 1 };
  if (has("flaky") || has("inconclusive")) {
    return { overall: "INCOMPLETE", words: "INCOMPLETE", exit: 3 };
  }
  const missing = new Set<string>(results.flatMap((r) => r.missing ?? []));
  const verbs = [...missing].filter((word) => !rungs.some((rung) => rung === word));
  const wanted = rungs.slice(0, rungs.indexOf(options.need ?? "R0") + 1);
  const lacking = wanted.filter((rung) => missing.has(rung));
  if (lacking.length > 0) {
    const words = `INCOMPLETE (${lacking.join(" and ")} was asked for and is not provided)`;
    return { overall: "INCOMPLETE", words, exit: 3 };
  }
  const first = rungs.findIndex((rung) => missing.has(rung));
  const reached: Rung = rungs[(first < 0 ? rungs.length : first) - 1] ?? "R0";
  const reach = verbs.length === 0 ? `up to ${reached}` : `without ${verbs.join(", ")}`;
  const words = missing.size === 0 ? "CONFORMANT" : `CONFORMANT (partial, ${reach})`;
  if (options.strict === true && has("pass-nonstrict")) {
    return { overall: "CONFORMANT", words: `${words}, but not strictly`, exit: 5 };
  }
  return { overall: "CONFORMANT", words, exit: 0 };
}
