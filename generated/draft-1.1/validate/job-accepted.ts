// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobAcceptedPayload } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { validateLeaseConstraints } from "./def-lease-constraints.js";
import { validateBudget } from "./def-budget.js";
import { validateCredential } from "./def-credential.js";
import { MOST, isObject, lengthOf, nested, optional, report, required } from "./support.js";
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
    if (
      (errors += required(found, "", data.lease, "lease") + required(found, "", data.accepted_at, "accepted_at")) >= MOST ||
      (errors += optional(found, "/job_id", data.job_id, 1, 128)) >= MOST ||
      (errors += optional(found, "/request_id", data.request_id, 1, 128)) >= MOST ||
      (errors += optional(found, "/agent", data.agent)) >= MOST
    ) return false;
    if (data.lease !== undefined) {
      if (!validateLease(data.lease)) {
        if ((errors += nested(found, validateLease, data.lease, "/lease")) >= MOST) return false;
      }
    }
    if (data.lease_constraints !== undefined) {
      if (!validateLeaseConstraints(data.lease_constraints)) {
        if ((errors += nested(found, validateLeaseConstraints, data.lease_constraints, "/lease_constraints")) >= MOST) return false;
      }
    }
    if (data.budget !== undefined) {
      if (!validateBudget(data.budget)) {
        if ((errors += nested(found, validateBudget, data.budget, "/budget")) >= MOST) return false;
      }
    }
    if (data.credentials !== undefined) {
      let data6 = data.credentials;
      if (Array.isArray(data6)) {
        const len0 = data6.length;
        for (let i0=0; i0<len0; i0++) {
          let data7 = data6[i0];
          if (!validateCredential(data7)) {
            if ((errors += nested(found, validateCredential, data7, ["credentials", i0])) >= MOST) return false;
          }
        }
      } else {
        if ((errors += report(found, "/credentials", "type", "array")) >= MOST) return false;
      }
    }
    if (
      (errors += optional(found, "/accepted_at", data.accepted_at)) >= MOST ||
      (errors += optional(found, "/trace_id", data.trace_id)) >= MOST
    ) return false;
    if (data.parent_job_id !== undefined) {
      let data10 = data.parent_job_id;
      if ((typeof data10 !== "string") && (data10 !== null)) {
        if ((errors += report(found, "/parent_job_id", "type", ["string","null"])) >= MOST) return false;
      }
      if (typeof data10 === "string") {
        if (data10.length > 128 && lengthOf(data10) > 128) {
          if ((errors += report(found, "/parent_job_id", "maxLength", 128)) >= MOST) return false;
        }
        if (data10.length < 1) {
          if ((errors += report(found, "/parent_job_id", "minLength", 1)) >= MOST) return false;
        }
      }
    }
    if ((errors += optional(found, "/delegate_id", data.delegate_id, 1, 128)) >= MOST) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
