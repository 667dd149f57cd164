// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { Capabilities } from "../messages.js";
import { MOST, isObject, report } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `Capabilities`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.md#hello §6.2
 */
export function validateCapabilities(data: unknown, found?: Failure[]): data is Capabilities {
  let errors = 0;
  if (isObject(data)) {
    if (data.encodings !== undefined) {
      let data0 = data.encodings;
      if (Array.isArray(data0)) {
        const len0 = data0.length;
        for (let i0=0; i0<len0; i0++) {
          if (typeof data0[i0] !== "string") {
            if ((errors += report(found, ["encodings", i0], "type", "string")) >= MOST) return false;
          }
        }
      } else {
        if ((errors += report(found, "/encodings", "type", "array")) >= MOST) return false;
      }
    }
    if (data.agents !== undefined) {
      let data2 = data.agents;
      if (Array.isArray(data2)) {
        const len1 = data2.length;
        for (let i1=0; i1<len1; i1++) {
          let data3 = data2[i1];
          if (typeof data3 === "string") {
            if (data3.length < 1) {
              if ((errors += report(found, ["agents", i1], "minLength", 1)) >= MOST) return false;
            }
          } else {
            if ((errors += report(found, ["agents", i1], "type", "string")) >= MOST) return false;
          }
        }
      } else {
        if ((errors += report(found, "/agents", "type", "array")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
