import type { RuntimeDraft } from "../wire/draft.js";

/**
 * What a client of a draft before 1.1 is told instead: the same where its draft has the message, `undefined` where
 * it has none and something else says it. §5.5 (W-45)
 */
export function inOlderWords(draft: RuntimeDraft): RuntimeDraft | undefined {
  // OLD-01: the end of the job is the answer, which the runtime brings to each session that cancels it.
  if (draft.type === "job.cancelled") return undefined;
  if (draft.type !== "session.closed") return draft;
  const { reason, request_id: request } = draft.payload;
  // Who says `session.close` knows the answer to it.
  if (request !== undefined) return draft;
  return { type: "session.bye", payload: reason === undefined ? {} : { reason } };
}
