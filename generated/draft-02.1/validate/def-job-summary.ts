// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobSummary } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `JobSummary`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#list-jobs §6.6
 */
export function validateJobSummary(data: unknown, found?: Failure[]): data is JobSummary {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.job_id, "job_id") + required(found, "", data.agent, "agent") + required(found, "", data.status, "status") + required(found, "", data.lease, "lease") + required(found, "", data.created_at, "created_at")) >= MOST ||
      (errors += optional(found, "/job_id", data.job_id, 1)) >= MOST ||
      (errors += optional(found, "/agent", data.agent, 1)) >= MOST ||
      (errors += optional(found, "/status", data.status, 1)) >= MOST
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
    if (
      (errors += optional(found, "/created_at", data.created_at)) >= MOST ||
      (errors += optional(found, "/trace_id", data.trace_id)) >= MOST
    ) return false;
    if (data.last_event_seq !== undefined) {
      let data7 = data.last_event_seq;
      if (!(Number.isInteger(data7))) {
        if ((errors += report(found, "/last_event_seq", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data7)) {
        if (data7 < 0) {
          if ((errors += report(found, "/last_event_seq", "minimum", 0)) >= MOST) return false;
        }
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
