// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { Lease } from "../messages.js";
import { MOST, isObject, report } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `Lease`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#lease §9.1
 */
export function validateLease(data: unknown, found?: Failure[]): data is Lease {
  let errors = 0;
  if (isObject(data)) {
    for (const key0 in data) {
      let data0 = data[key0];
      if (Array.isArray(data0)) {
        const len0 = data0.length;
        for (let i0=0; i0<len0; i0++) {
          if (typeof data0[i0] !== "string") {
            if ((errors += report(found, [key0, i0], "type", "string")) >= MOST) return false;
          }
        }
      } else {
        if ((errors += report(found, [key0], "type", "array")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
