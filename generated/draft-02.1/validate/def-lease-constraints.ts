// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { LeaseConstraints } from "../messages.js";
import { MOST, dateTime, isObject, report } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `LeaseConstraints`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#lease §9.1
 */
export function validateLeaseConstraints(data: unknown, found?: Failure[]): data is LeaseConstraints {
  let errors = 0;
  if (isObject(data)) {
    if (data.expires_at !== undefined) {
      let data0 = data.expires_at;
      if (typeof data0 === "string") {
        if (!(dateTime.test(data0))) {
          if ((errors += report(found, "/expires_at", "format", "date-time")) >= MOST) return false;
        }
      } else {
        if ((errors += report(found, "/expires_at", "type", "string")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
