// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionJobsPayload } from "../messages.js";
import { validateJobSummary } from "./def-job-summary.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `session.jobs`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.1.md#list-jobs §6.6
 */
export function validateSessionJobs(data: unknown, found?: Failure[]): data is SessionJobsPayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.jobs, "jobs")) >= MOST ||
      (errors += optional(found, "/request_id", data.request_id, 1)) >= MOST
    ) return false;
    if (data.jobs !== undefined) {
      let data1 = data.jobs;
      if (Array.isArray(data1)) {
        const len0 = data1.length;
        for (let i0=0; i0<len0; i0++) {
          let data2 = data1[i0];
          if (!validateJobSummary(data2)) {
            if ((errors += nested(found, validateJobSummary, data2, ["jobs", i0])) >= MOST) return false;
          }
        }
      } else {
        if ((errors += report(found, "/jobs", "type", "array")) >= MOST) return false;
      }
    }
    if (data.next_cursor !== undefined) {
      let data3 = data.next_cursor;
      if ((typeof data3 !== "string") && (data3 !== null)) {
        if ((errors += report(found, "/next_cursor", "type", ["string","null"])) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
