// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobAcceptedPayload } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { validateLeaseConstraints } from "./def-lease-constraints.js";
import { validateBudget } from "./def-budget.js";
import { validateCredential } from "./def-credential.js";
import { isObject, lengthOf, nested, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.accepted`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-1.1.md#job-submit §7.1
 */
export function validateJobAccepted(data: unknown, found?: Failure[]): data is JobAcceptedPayload {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.lease, "lease");
    errors += required(found, "", data.accepted_at, "accepted_at");
    if (data.job_id !== undefined) {
      errors += text(found, "/job_id", data.job_id, 1, 128);
    }
    if (data.request_id !== undefined) {
      errors += text(found, "/request_id", data.request_id, 1, 128);
    }
    if (data.agent !== undefined) {
      errors += text(found, "/agent", data.agent);
    }
    if (data.lease !== undefined) {
      if (!validateLease(data.lease)) {
        errors += nested(found, validateLease, data.lease, "/lease");
      }
    }
    if (data.lease_constraints !== undefined) {
      if (!validateLeaseConstraints(data.lease_constraints)) {
        errors += nested(found, validateLeaseConstraints, data.lease_constraints, "/lease_constraints");
      }
    }
    if (data.budget !== undefined) {
      if (!validateBudget(data.budget)) {
        errors += nested(found, validateBudget, data.budget, "/budget");
      }
    }
    if (data.credentials !== undefined) {
      let data6 = data.credentials;
      if (Array.isArray(data6)) {
        const len0 = data6.length;
        for (let i0=0; i0<len0; i0++) {
          let data7 = data6[i0];
          if (!validateCredential(data7)) {
            errors += nested(found, validateCredential, data7, "/credentials/" + i0);
          }
        }
      } else {
        errors += report(found, "/credentials", "type", "array");
      }
    }
    if (data.accepted_at !== undefined) {
      errors += text(found, "/accepted_at", data.accepted_at);
    }
    if (data.trace_id !== undefined) {
      errors += text(found, "/trace_id", data.trace_id);
    }
    if (data.parent_job_id !== undefined) {
      let data10 = data.parent_job_id;
      if ((typeof data10 !== "string") && (data10 !== null)) {
        errors += report(found, "/parent_job_id", "type", ["string","null"]);
      }
      if (typeof data10 === "string") {
        if (data10.length > 128 && lengthOf(data10) > 128) {
          errors += report(found, "/parent_job_id", "maxLength", 128);
        }
        if (data10.length < 1) {
          errors += report(found, "/parent_job_id", "minLength", 1);
        }
      }
    }
    if (data.delegate_id !== undefined) {
      errors += text(found, "/delegate_id", data.delegate_id, 1, 128);
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
