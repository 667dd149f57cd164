/** What a person sees while the checks run. */
import { formatLine } from "../peer/log.js";
import type { Result, Verdict } from "./verdict.js";

/** Writes text, line ends included. */
export type Write = (text: string) => void;

const marks: Readonly<Record<Verdict, string>> = {
  pass: "✓",
  "pass-nonstrict": "~",
  fail: "✗",
  "not-applicable": "-",
  inconclusive: "?",
  "not-run": "-",
  info: "i",
  error: "!",
  flaky: "≈",
};

/** Prints each result as it comes; on a terminal, passes share one line that is written over. */
export function progress(write: Write, terminal: boolean) {
  return (result: Result, done: number, all: number): void => {
    // What was not tried is counted at the end; a line for each would bury what was.
    const quiet = ["pass", "not-applicable", "not-run"].includes(result.verdict);
    const clear = terminal ? "\r\u001b[K" : "";
    if (!quiet) write(`${clear}${describeResult(result)}\n`);
    if (terminal) write(`${clear}${done}/${all} ${result.id}${done === all ? `\r\u001b[K` : ""}`);
  };
}

/** One result with its reason and the wire, as text. */
export function describeResult(result: Result): string {
  const head = `${marks[result.verdict]} ${result.verdict} ${result.id} [${result.check.requirements.join(", ")}]`;
  const reason = result.reason === undefined ? [] : [`    ${result.reason}`];
  const wire =
    result.verdict === "fail" || result.verdict === "flaky" || result.verdict === "pass-nonstrict";
  const log = wire
    ? result.log.slice(-40).map((line) => `    ${formatLine(line).slice(0, 400)}`)
    : [];
  return [head, ...reason, ...log].join("\n");
}
