// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobErrorPayload } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.error`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#job-event §8.1
 */
export function validateJobError(data: unknown, found?: Failure[]): data is JobErrorPayload {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.code, "code");
    errors += required(found, "", data.message, "message");
    errors += required(found, "", data.final_status, "final_status");
    if (data.job_id !== undefined) {
      errors += text(found, "/job_id", data.job_id, 1, 128);
    }
    if (data.code !== undefined) {
      errors += text(found, "/code", data.code);
    }
    if (data.message !== undefined) {
      errors += text(found, "/message", data.message);
    }
    if (data.retryable !== undefined) {
      if (typeof data.retryable !== "boolean") {
        errors += report(found, "/retryable", "type", "boolean");
      }
    }
    if (data.details !== undefined) {
      let data4 = data.details;
      if (!(isObject(data4))) {
        errors += report(found, "/details", "type", "object");
      }
    }
    if (data.final_status !== undefined) {
      errors += text(found, "/final_status", data.final_status);
    }
    if (data.completed_at !== undefined) {
      errors += text(found, "/completed_at", data.completed_at);
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
