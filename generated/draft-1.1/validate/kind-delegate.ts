// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { DelegateBody } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { validateLeaseConstraints } from "./def-lease-constraints.js";
import { isObject, nested, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `delegate`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#kind-delegate §8.2.8
 */
export function validateKindDelegate(data: unknown, found?: Failure[]): data is DelegateBody {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.delegate_id, "delegate_id");
    errors += required(found, "", data.agent, "agent");
    if (data.delegate_id !== undefined) {
      errors += text(found, "/delegate_id", data.delegate_id, 1, 128);
    }
    if (data.agent !== undefined) {
      errors += text(found, "/agent", data.agent);
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
    if (data.child_job_id !== undefined) {
      errors += text(found, "/child_job_id", data.child_job_id, 1, 128);
    }
    if (data.lease !== undefined) {
      if (!validateLease(data.lease)) {
        errors += nested(found, validateLease, data.lease, "/lease");
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
