// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobSubscribePayload } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.subscribe`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.1.md#job-subscribe §7.6
 */
export function validateJobSubscribe(data: unknown, found?: Failure[]): data is JobSubscribePayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.job_id, "job_id")) >= MOST ||
      (errors += optional(found, "/job_id", data.job_id, 1)) >= MOST
    ) return false;
    if (data.from_event_seq !== undefined) {
      let data1 = data.from_event_seq;
      if (!(Number.isInteger(data1))) {
        if ((errors += report(found, "/from_event_seq", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data1)) {
        if (data1 < 0) {
          if ((errors += report(found, "/from_event_seq", "minimum", 0)) >= MOST) return false;
        }
      }
    }
    if (data.history !== undefined) {
      if (typeof data.history !== "boolean") {
        if ((errors += report(found, "/history", "type", "boolean")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
