// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobSubmitPayload } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { validateLeaseConstraints } from "./def-lease-constraints.js";
import { isObject, nested, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

const pattern0 = /^[a-z0-9][a-z0-9._-]*(@[a-zA-Z0-9.+_-]+)?$/u;

/**
 * Whether a value is the payload of `job.submit`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-1.1.md#job-submit §7.1
 */
export function validateJobSubmit(data: unknown, found?: Failure[]): data is JobSubmitPayload {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.agent, "agent");
    if (data.agent !== undefined) {
      let data0 = data.agent;
      if (typeof data0 === "string") {
        if (!pattern0.test(data0)) {
          errors += report(found, "/agent", "pattern", pattern0.source);
        }
      } else {
        errors += report(found, "/agent", "type", "string");
      }
    }
    if (data.lease_request !== undefined) {
      if (!validateLease(data.lease_request)) {
        errors += nested(found, validateLease, data.lease_request, "/lease_request");
      }
    }
    if (data.lease_constraints !== undefined) {
      if (!validateLeaseConstraints(data.lease_constraints)) {
        errors += nested(found, validateLeaseConstraints, data.lease_constraints, "/lease_constraints");
      }
    }
    if (data.idempotency_key !== undefined) {
      errors += text(found, "/idempotency_key", data.idempotency_key, 1, 256);
    }
    if (data.max_runtime_sec !== undefined) {
      let data4 = data.max_runtime_sec;
      if (Number.isFinite(data4)) {
        if (data4 <= 0) {
          errors += report(found, "/max_runtime_sec", "exclusiveMinimum", 0);
        }
      } else {
        errors += report(found, "/max_runtime_sec", "type", "number");
      }
    }
    if (data.parent_job_id !== undefined) {
      errors += text(found, "/parent_job_id", data.parent_job_id, 1, 128);
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
