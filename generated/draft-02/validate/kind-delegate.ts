// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { DelegateBody } from "../messages.js";
import { validateLease } from "./def-lease.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `delegate`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-02.md#kind-delegate §8.2.8
 */
export function validateKindDelegate(data: unknown, found?: Failure[]): data is DelegateBody {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.delegate_id, "delegate_id") + required(found, "", data.agent, "agent")) >= MOST ||
      (errors += optional(found, "/delegate_id", data.delegate_id, 1)) >= MOST ||
      (errors += optional(found, "/agent", data.agent)) >= MOST
    ) return false;
    if (data.lease_request !== undefined) {
      if (!validateLease(data.lease_request)) {
        if ((errors += nested(found, validateLease, data.lease_request, "/lease_request")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
