/** What a program is told where another session took the place of its own. §6.3 (RES-08) */
import { ArcpError } from "../wire/errors.js";
import type { SessionFacts } from "./client-state.js";

type Replaced = "expired" | "discarded" | "forgotten";

/** Why a session could not be resumed, and what that means for its jobs. */
export function whyReplaced(former: SessionFacts, cause: Error | undefined) {
  const reason = reasonOf(cause);
  return { reason, text: WORDS[reason](former) };
}

function reasonOf(cause: Error | undefined): Replaced {
  if (!ArcpError.is(cause, "RESUME_WINDOW_EXPIRED")) return "forgotten";
  // Others do not say which of the two it is.
  return cause.details?.["reason"] === "discarded" ? "discarded" : "expired";
}

const WORDS: Readonly<Record<Replaced, (session: SessionFacts) => string>> = {
  expired: expiredWords,
  discarded: discardedWords,
  forgotten: forgottenWords,
};

/** It was not away for too long: what it had not acknowledged went with the jobs that it was of. (W-38) */
function discardedWords({ id }: SessionFacts): string {
  return (
    `the runtime has let events of session ${id} go that were not acknowledged: their jobs had ended, and were ` +
    "forgotten to make room or when their retention was over; what it still has, client.jobs() lists"
  );
}

/** The runtime remembers the session, so it was not restarted without its jobs. §6.3 */
function expiredWords({ id }: SessionFacts): string {
  return (
    `session ${id} was away for longer than its resume window: its jobs run on or have ended, unheard; ` +
    "look for them with client.jobs()"
  );
}

/** Nothing is promised of the jobs: a runtime that kept them in memory and was restarted has lost them. */
function forgottenWords({ id }: SessionFacts): string {
  return (
    `the runtime no longer knows session ${id}: its resume window closed, or the runtime was restarted; ` +
    "what became of its jobs is unknown, and they may be lost; what is still known, client.jobs() lists"
  );
}
