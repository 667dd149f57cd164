// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobSubscribedPayload } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { validateLeaseConstraints } from "./def-lease-constraints.js";
import { validateBudget } from "./def-budget.js";
import { validateCredential } from "./def-credential.js";
import { isObject, lengthOf, nested, report, required, text } from "./support.js";
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
    errors += required(found, "", data.current_status, "current_status");
    errors += required(found, "", data.agent, "agent");
    errors += required(found, "", data.lease, "lease");
    errors += required(found, "", data.subscribed_from, "subscribed_from");
    errors += required(found, "", data.replayed, "replayed");
    if (data.job_id !== undefined) {
      errors += text(found, "/job_id", data.job_id, 1, 128);
    }
    if (data.request_id !== undefined) {
      errors += text(found, "/request_id", data.request_id, 1, 128);
    }
    if (data.current_status !== undefined) {
      errors += text(found, "/current_status", data.current_status);
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
      let data7 = data.credentials;
      if (Array.isArray(data7)) {
        const len0 = data7.length;
        for (let i0=0; i0<len0; i0++) {
          let data8 = data7[i0];
          if (!validateCredential(data8)) {
            errors += nested(found, validateCredential, data8, "/credentials/" + i0);
          }
        }
      } else {
        errors += report(found, "/credentials", "type", "array");
      }
    }
    if (data.parent_job_id !== undefined) {
      let data9 = data.parent_job_id;
      if ((typeof data9 !== "string") && (data9 !== null)) {
        errors += report(found, "/parent_job_id", "type", ["string","null"]);
      }
      if (typeof data9 === "string") {
        if (data9.length > 128 && lengthOf(data9) > 128) {
          errors += report(found, "/parent_job_id", "maxLength", 128);
        }
        if (data9.length < 1) {
          errors += report(found, "/parent_job_id", "minLength", 1);
        }
      }
    }
    if (data.trace_id !== undefined) {
      errors += text(found, "/trace_id", data.trace_id);
    }
    if (data.subscribed_from !== undefined) {
      let data11 = data.subscribed_from;
      if (!(Number.isInteger(data11))) {
        errors += report(found, "/subscribed_from", "type", "integer");
      }
      if (Number.isFinite(data11)) {
        if (data11 > 9007199254740991) {
          errors += report(found, "/subscribed_from", "maximum", 9007199254740991);
        }
        if (data11 < 0) {
          errors += report(found, "/subscribed_from", "minimum", 0);
        }
      }
    }
    if (data.replayed !== undefined) {
      if (typeof data.replayed !== "boolean") {
        errors += report(found, "/replayed", "type", "boolean");
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
