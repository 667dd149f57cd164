// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { JobSummary } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { validateLeaseConstraints } from "./def-lease-constraints.js";
import { validateBudget } from "./def-budget.js";
import { validateCredential } from "./def-credential.js";
import { isObject, lengthOf, nested, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `JobSummary`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#list-jobs §6.6
 */
export function validateJobSummary(data: unknown, found?: Failure[]): data is JobSummary {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.job_id, "job_id");
    errors += required(found, "", data.agent, "agent");
    errors += required(found, "", data.status, "status");
    errors += required(found, "", data.lease, "lease");
    errors += required(found, "", data.created_at, "created_at");
    if (data.job_id !== undefined) {
      errors += text(found, "/job_id", data.job_id, 1, 128);
    }
    if (data.agent !== undefined) {
      errors += text(found, "/agent", data.agent, 1);
    }
    if (data.status !== undefined) {
      errors += text(found, "/status", data.status, 1);
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
    if (data.parent_job_id !== undefined) {
      let data8 = data.parent_job_id;
      if ((typeof data8 !== "string") && (data8 !== null)) {
        errors += report(found, "/parent_job_id", "type", ["string","null"]);
      }
      if (typeof data8 === "string") {
        if (data8.length > 128 && lengthOf(data8) > 128) {
          errors += report(found, "/parent_job_id", "maxLength", 128);
        }
        if (data8.length < 1) {
          errors += report(found, "/parent_job_id", "minLength", 1);
        }
      }
    }
    if (data.created_at !== undefined) {
      errors += text(found, "/created_at", data.created_at);
    }
    if (data.submitted_at !== undefined) {
      errors += text(found, "/submitted_at", data.submitted_at);
    }
    if (data.trace_id !== undefined) {
      errors += text(found, "/trace_id", data.trace_id);
    }
    if (data.last_event_seq !== undefined) {
      let data12 = data.last_event_seq;
      if (!(Number.isInteger(data12))) {
        errors += report(found, "/last_event_seq", "type", "integer");
      }
      if (Number.isFinite(data12)) {
        if (data12 > 9007199254740991) {
          errors += report(found, "/last_event_seq", "maximum", 9007199254740991);
        }
        if (data12 < 0) {
          errors += report(found, "/last_event_seq", "minimum", 0);
        }
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
