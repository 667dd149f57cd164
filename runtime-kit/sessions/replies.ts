import type { JobId } from "../../generated/current/index.js";
import type { RuntimeDraft } from "../wire/draft.js";
import type { ArcpError } from "../wire/errors.js";

/**
 * The `session.error` that refuses a request; it names the request in the payload and in `details`,
 * because deployed clients look in either. §6.8 (W-05)
 */
export function errorDraft(error: ArcpError, requestId?: string, jobId?: JobId): RuntimeDraft {
  const payload = error.toPayload();
  return {
    type: "session.error",
    payload: {
      ...payload,
      ...(requestId === undefined
        ? {}
        : { request_id: requestId, details: { ...payload.details, request_id: requestId } }),
      ...(jobId === undefined ? {} : { job_id: jobId }),
    },
  };
}
