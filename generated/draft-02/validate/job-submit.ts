// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { JobSubmitPayload } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.submit`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.md#job-submit §7.1
 */
export function validateJobSubmit(data: unknown, found?: Failure[]): data is JobSubmitPayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.agent, "agent")) >= MOST ||
      (errors += optional(found, "/agent", data.agent, 1)) >= MOST
    ) return false;
    if (data.lease_request !== undefined) {
      if (!validateLease(data.lease_request)) {
        if ((errors += nested(found, validateLease, data.lease_request, "/lease_request")) >= MOST) return false;
      }
    }
    if ((errors += optional(found, "/idempotency_key", data.idempotency_key, 1)) >= MOST) return false;
    if (data.max_runtime_sec !== undefined) {
      let data3 = data.max_runtime_sec;
      if (Number.isFinite(data3)) {
        if (data3 <= 0) {
          if ((errors += report(found, "/max_runtime_sec", "exclusiveMinimum", 0)) >= MOST) return false;
        }
      } else {
        if ((errors += report(found, "/max_runtime_sec", "type", "number")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
