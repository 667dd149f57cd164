// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { JobAcceptedPayload } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.accepted`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.md#job-submit §7.1
 */
export function validateJobAccepted(data: unknown, found?: Failure[]): data is JobAcceptedPayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.job_id, "job_id") + required(found, "", data.lease, "lease")) >= MOST ||
      (errors += optional(found, "/job_id", data.job_id, 1)) >= MOST
    ) return false;
    if (data.lease !== undefined) {
      if (!validateLease(data.lease)) {
        if ((errors += nested(found, validateLease, data.lease, "/lease")) >= MOST) return false;
      }
    }
    if (
      (errors += optional(found, "/accepted_at", data.accepted_at)) >= MOST ||
      (errors += optional(found, "/trace_id", data.trace_id)) >= MOST ||
      (errors += optional(found, "/parent_job_id", data.parent_job_id, 1)) >= MOST ||
      (errors += optional(found, "/delegate_id", data.delegate_id, 1)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
