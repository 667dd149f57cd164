// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobCancelPayload } from "../messages.js";
import { MOST, isObject, optional, report } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.cancel`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.1.md#job-cancel §7.4
 */
export function validateJobCancel(data: unknown, found?: Failure[]): data is JobCancelPayload {
  let errors = 0;
  if (isObject(data)) {
    if ((errors += optional(found, "/reason", data.reason)) >= MOST) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
