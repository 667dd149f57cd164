// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobSubmitPayload } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { validateLeaseConstraints } from "./def-lease-constraints.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

const pattern0 = /^[a-z0-9][a-z0-9._-]*(@[a-zA-Z0-9.+_-]+)?$/u;

/**
 * Whether a value is the payload of `job.submit`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.1.md#job-submit §7.1
 */
export function validateJobSubmit(data: unknown, found?: Failure[]): data is JobSubmitPayload {
  let errors = 0;
  if (isObject(data)) {
    if ((errors += required(found, "", data.agent, "agent")) >= MOST) return false;
    if (data.agent !== undefined) {
      let data0 = data.agent;
      if (typeof data0 === "string") {
        if (!pattern0.test(data0)) {
          if ((errors += report(found, "/agent", "pattern", pattern0.source)) >= MOST) return false;
        }
      } else {
        if ((errors += report(found, "/agent", "type", "string")) >= MOST) return false;
      }
    }
    if (data.lease_request !== undefined) {
      if (!validateLease(data.lease_request)) {
        if ((errors += nested(found, validateLease, data.lease_request, "/lease_request")) >= MOST) return false;
      }
    }
    if (data.lease_constraints !== undefined) {
      if (!validateLeaseConstraints(data.lease_constraints)) {
        if ((errors += nested(found, validateLeaseConstraints, data.lease_constraints, "/lease_constraints")) >= MOST) return false;
      }
    }
    if ((errors += optional(found, "/idempotency_key", data.idempotency_key, 1)) >= MOST) return false;
    if (data.max_runtime_sec !== undefined) {
      let data4 = data.max_runtime_sec;
      if (Number.isFinite(data4)) {
        if (data4 <= 0) {
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
