// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { Capabilities } from "../messages.js";
import { validateAgentInfo } from "./def-agent-info.js";
import { MOST, isObject, nested, report, rewind } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `Capabilities`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#hello §6.2
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
    if (data.features !== undefined) {
      let data2 = data.features;
      if (Array.isArray(data2)) {
        const len1 = data2.length;
        for (let i1=0; i1<len1; i1++) {
          if (typeof data2[i1] !== "string") {
            if ((errors += report(found, ["features", i1], "type", "string")) >= MOST) return false;
          }
        }
      } else {
        if ((errors += report(found, "/features", "type", "array")) >= MOST) return false;
      }
    }
    if (data.agents !== undefined) {
      let data4 = data.agents;
      if (Array.isArray(data4)) {
        const len2 = data4.length;
        for (let i2=0; i2<len2; i2++) {
          let data5 = data4[i2];
          const _errs12 = errors;
          let valid7 = false;
          const _errs13 = errors;
          if (typeof data5 !== "string") {
            errors += report(found, ["agents", i2], "type", "string");
          }
          var _valid0 = _errs13 === errors;
          valid7 = valid7 || _valid0;
          if (!valid7) {
            const _errs15 = errors;
            if (!validateAgentInfo(data5)) {
              errors += nested(found, validateAgentInfo, data5, ["agents", i2]);
            }
            var _valid0 = _errs15 === errors;
            valid7 = valid7 || _valid0;
          }
          if (!valid7) {
            if ((errors += report(found, ["agents", i2], "anyOf")) >= MOST) return false;
          } else {
            errors = _errs12;
            rewind(found, _errs12);
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
