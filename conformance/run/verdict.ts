/** What one check and the whole run can come to. */
import type { LogLine } from "../peer/log.js";
import type { Check, Rung } from "./check.js";

/** The outcome of one check. Only `pass` and `pass-nonstrict` are good; `flaky` never is. */
export type Verdict =
  | "pass"
  | "pass-nonstrict"
  | "fail"
  | "not-applicable"
  | "inconclusive"
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
  /** The rung that is missing, when that is why the check did not run. */
  readonly missing?: Rung;
  readonly check: Omit<Check, "run">;
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
  /** 0 conformant, 1 a MUST failed, 3 incomplete, 4 harness error, 5 only SHOULDs under `--strict`. */
  readonly exit: 0 | 1 | 3 | 4 | 5;
}

/** Exit codes of the suite that no result leads to: wrong usage, and an implementation that cannot be reached. */
export const exits = { usage: 2, unreachable: 4 } as const;

/** Draws the conclusion. A check that was not run for want of a rung makes the result partial, not incomplete. */
export function conclude(
  results: readonly Result[],
  options: { readonly strict?: boolean } = {},
): Conclusion {
  const has = (verdict: Verdict) => results.some((r) => r.verdict === verdict);
  const ran = results.filter((r) => r.missing === undefined && r.verdict !== "not-applicable");
  if (has("error")) return { overall: "HARNESS ERROR", words: "HARNESS ERROR", exit: 4 };
  if (ran.length === 0) {
    return { overall: "HARNESS ERROR", words: "HARNESS ERROR (no check was run)", exit: 4 };
  }
  if (has("fail")) return { overall: "NOT CONFORMANT", words: "NOT CONFORMANT", exit: 1 };
  const open = results.some(
    (r) => r.verdict === "flaky" || (r.verdict === "inconclusive" && r.missing === undefined),
  );
  if (open) return { overall: "INCOMPLETE", words: "INCOMPLETE", exit: 3 };
  const missing = new Set(results.flatMap((r) => r.missing ?? []));
  const reached: Rung = missing.has("R1") ? "R0" : missing.has("R2") ? "R1" : "R2";
  const words = missing.size === 0 ? "CONFORMANT" : `CONFORMANT (partial, up to ${reached})`;
  if (options.strict === true && has("pass-nonstrict")) {
    return { overall: "CONFORMANT", words: `${words}, but not strictly`, exit: 5 };
  }
  return { overall: "CONFORMANT", words, exit: 0 };
}
