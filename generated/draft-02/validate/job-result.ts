// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { JobResultPayload } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.result`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.md#job-event §8.1
 */
export function validateJobResult(data: unknown, found?: Failure[]): data is JobResultPayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.final_status, "final_status")) >= MOST ||
      (errors += optional(found, "/final_status", data.final_status)) >= MOST ||
      (errors += optional(found, "/summary", data.summary)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
