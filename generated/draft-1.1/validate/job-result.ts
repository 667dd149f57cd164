// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobResultPayload } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.result`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-1.1.md#job-event §8.1
 */
export function validateJobResult(data: unknown, found?: Failure[]): data is JobResultPayload {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.final_status, "final_status");
    if (data.job_id !== undefined) {
      errors += text(found, "/job_id", data.job_id, 1, 128);
    }
    if (data.final_status !== undefined) {
      errors += text(found, "/final_status", data.final_status);
    }
    if (data.result_id !== undefined) {
      errors += text(found, "/result_id", data.result_id, 1, 128);
    }
    if (data.result_size !== undefined) {
      let data3 = data.result_size;
      if (!(Number.isInteger(data3))) {
        errors += report(found, "/result_size", "type", "integer");
      }
      if (Number.isFinite(data3)) {
        if (data3 < 0) {
          errors += report(found, "/result_size", "minimum", 0);
        }
      }
    }
    if (data.summary !== undefined) {
      errors += text(found, "/summary", data.summary);
    }
    if (data.completed_at !== undefined) {
      errors += text(found, "/completed_at", data.completed_at);
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
