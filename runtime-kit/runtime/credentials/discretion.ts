/** Where what a peer sent is said again, to the operator or to itself, its values are left out. §9.8.4 */
import type { RuntimeDraft } from "../../wire/draft.js";
import type { Logger } from "../../wire/logger.js";
import type { Keyring } from "./keyring.js";
import { redactedIn } from "./redact.js";

/** A log of everybody, which holds no value that is good now, whoever sent it, and for whatever. */
export function discreetLogger(logger: Logger, { redactedOfAll }: Keyring): Logger {
  const telling = (level: keyof Logger) => (fields: object, message: string) =>
    logger[level](redactedIn(redactedOfAll, fields) as object, redactedOfAll(message));
  return {
    debug: telling("debug"),
    info: telling("info"),
    warn: telling("warn"),
    error: telling("error"),
  };
}

/**
 * An error as it may be answered: it tells what was wrong in the words of whoever asked, and those may be values of that one's
 * own, which whoever is answered is likely to log.
 */
export function discreetError(draft: RuntimeDraft, redact: (text: string) => string): RuntimeDraft {
  if (draft.type !== "session.error") return draft;
  const { job_id: jobId, message, details, ...rest } = draft.payload;
  // One that is a value is no job's, and the answer is found by the request that it names.
  const named = jobId != null && redact(jobId) === jobId;
  const payload = {
    ...rest,
    message: redact(message),
    ...(details === undefined ? {} : { details: redactedIn(redact, details) as typeof details }),
    ...(named ? { job_id: jobId } : {}),
  };
  return { ...draft, payload };
}
