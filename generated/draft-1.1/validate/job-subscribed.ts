// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobSubscribedPayload } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { validateLeaseConstraints } from "./def-lease-constraints.js";
import { validateBudget } from "./def-budget.js";
import { validateCredential } from "./def-credential.js";
import { MOST, isObject, lengthOf, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.subscribed`. Pass a list to be told what is wrong
 * with it.
 *
 * @see spec/draft-arcp-1.1.md#job-subscribe §7.6
 */
export function validateJobSubscribed(data: unknown, found?: Failure[]): data is JobSubscribedPayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.current_status, "current_status") + required(found, "", data.agent, "agent") + required(found, "", data.lease, "lease") + required(found, "", data.subscribed_from, "subscribed_from") + required(found, "", data.replayed, "replayed")) >= MOST ||
      (errors += optional(found, "/job_id", data.job_id, 1, 128)) >= MOST ||
      (errors += optional(found, "/request_id", data.request_id, 1, 128)) >= MOST ||
      (errors += optional(found, "/current_status", data.current_status)) >= MOST ||
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
      let data7 = data.credentials;
      if (Array.isArray(data7)) {
        const len0 = data7.length;
        for (let i0=0; i0<len0; i0++) {
          let data8 = data7[i0];
          if (!validateCredential(data8)) {
            if ((errors += nested(found, validateCredential, data8, ["credentials", i0])) >= MOST) return false;
          }
        }
      } else {
        if ((errors += report(found, "/credentials", "type", "array")) >= MOST) return false;
      }
    }
    if (data.parent_job_id !== undefined) {
      let data9 = data.parent_job_id;
      if ((typeof data9 !== "string") && (data9 !== null)) {
        if ((errors += report(found, "/parent_job_id", "type", ["string","null"])) >= MOST) return false;
      }
      if (typeof data9 === "string") {
        if (data9.length > 128 && lengthOf(data9) > 128) {
          if ((errors += report(found, "/parent_job_id", "maxLength", 128)) >= MOST) return false;
        }
        if (data9.length < 1) {
          if ((errors += report(found, "/parent_job_id", "minLength", 1)) >= MOST) return false;
        }
      }
    }
    if ((errors += optional(found, "/trace_id", data.trace_id)) >= MOST) return false;
    if (data.subscribed_from !== undefined) {
      let data11 = data.subscribed_from;
      if (!(Number.isInteger(data11))) {
        if ((errors += report(found, "/subscribed_from", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data11)) {
        if (data11 > 9007199254740991) {
          if ((errors += report(found, "/subscribed_from", "maximum", 9007199254740991)) >= MOST) return false;
        }
        if (data11 < 0) {
          if ((errors += report(found, "/subscribed_from", "minimum", 0)) >= MOST) return false;
        }
      }
    }
    if (data.replayed !== undefined) {
      if (typeof data.replayed !== "boolean") {
        if ((errors += report(found, "/replayed", "type", "boolean")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
