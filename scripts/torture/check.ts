/** The history checker: what a history shows that must not be. It reads data, and touches nothing. */
import { factsOf } from "./check/facts.js";
import { cancelled } from "./check/cancels.js";
import { jobEnds, jobLogs } from "./check/jobs.js";
import { expiry } from "./check/expiry.js";
import { families } from "./check/families.js";
import { keys } from "./check/keys.js";
import { delivered, kept } from "./check/order.js";
import { results } from "./check/results.js";
import { foreign, refusals, resumes } from "./check/sessions.js";
import { spending } from "./check/spending.js";
import { starts } from "./check/starts.js";
import { told } from "./check/told.js";
import { watching } from "./check/watching.js";
import type { History } from "./history.js";
import type { Violation } from "./check/violation.js";

const CHECKS = [
  delivered,
  kept,
  jobLogs,
  jobEnds,
  results,
  cancelled,
  starts,
  spending,
  expiry,
  families,
  keys,
  resumes,
  refusals,
  foreign,
  watching,
  told,
];

/** All that is wrong with a history, in the order of the history. */
export function check(history: History): readonly Violation[] {
  const facts = factsOf(history);
  const troubles = facts.troubles.map(({ place, text }) => ({
    ...({ kind: "trouble", place } as const),
    text: `the process: ${text}`,
  }));
  return [...troubles, ...CHECKS.flatMap((one) => one(facts))].sort((a, b) => a.place - b.place);
}
