// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobErrorPayload } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.error`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#job-event §8.1
 */
export function validateJobError(data: unknown, found?: Failure[]): data is JobErrorPayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.code, "code") + required(found, "", data.message, "message") + required(found, "", data.final_status, "final_status")) >= MOST ||
      (errors += optional(found, "/code", data.code)) >= MOST ||
      (errors += optional(found, "/message", data.message)) >= MOST
    ) return false;
    if (data.retryable !== undefined) {
      if (typeof data.retryable !== "boolean") {
        if ((errors += report(found, "/retryable", "type", "boolean")) >= MOST) return false;
      }
    }
    if (data.details !== undefined) {
      let data3 = data.details;
      if (!(isObject(data3))) {
        if ((errors += report(found, "/details", "type", "object")) >= MOST) return false;
      }
    }
    if ((errors += optional(found, "/final_status", data.final_status)) >= MOST) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
