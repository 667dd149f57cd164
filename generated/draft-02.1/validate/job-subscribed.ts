// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobSubscribedPayload } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.subscribed`. Pass a list to be told what is wrong
 * with it.
 *
 * @see spec/draft-arcp-02.1.md#job-subscribe §7.6
 */
export function validateJobSubscribed(data: unknown, found?: Failure[]): data is JobSubscribedPayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.job_id, "job_id") + required(found, "", data.current_status, "current_status") + required(found, "", data.agent, "agent") + required(found, "", data.lease, "lease") + required(found, "", data.subscribed_from, "subscribed_from") + required(found, "", data.replayed, "replayed")) >= MOST ||
      (errors += optional(found, "/job_id", data.job_id, 1)) >= MOST ||
      (errors += optional(found, "/current_status", data.current_status)) >= MOST ||
      (errors += optional(found, "/agent", data.agent)) >= MOST
    ) return false;
    if (data.lease !== undefined) {
      if (!validateLease(data.lease)) {
        if ((errors += nested(found, validateLease, data.lease, "/lease")) >= MOST) return false;
      }
    }
    if (data.parent_job_id !== undefined) {
      let data4 = data.parent_job_id;
      if ((typeof data4 !== "string") && (data4 !== null)) {
        if ((errors += report(found, "/parent_job_id", "type", ["string","null"])) >= MOST) return false;
      }
      if (typeof data4 === "string") {
        if (data4.length < 1) {
          if ((errors += report(found, "/parent_job_id", "minLength", 1)) >= MOST) return false;
        }
      }
    }
    if ((errors += optional(found, "/trace_id", data.trace_id)) >= MOST) return false;
    if (data.subscribed_from !== undefined) {
      let data6 = data.subscribed_from;
      if (!(Number.isInteger(data6))) {
        if ((errors += report(found, "/subscribed_from", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data6)) {
        if (data6 < 0) {
          if ((errors += report(found, "/subscribed_from", "minimum", 0)) >= MOST) return false;
        }
      }
    }
    if (data.replayed !== undefined) {
      if (typeof data.replayed !== "boolean") {
        if ((errors += report(found, "/replayed", "type", "boolean")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
