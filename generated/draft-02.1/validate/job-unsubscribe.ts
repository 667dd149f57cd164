// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobUnsubscribePayload } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.unsubscribe`. Pass a list to be told what is wrong
 * with it.
 *
 * @see spec/draft-arcp-02.1.md#job-subscribe §7.6
 */
export function validateJobUnsubscribe(data: unknown, found?: Failure[]): data is JobUnsubscribePayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.job_id, "job_id")) >= MOST ||
      (errors += optional(found, "/job_id", data.job_id, 1)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
