// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { AgentInfo } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `AgentInfo`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#hello §6.2
 */
export function validateAgentInfo(data: unknown, found?: Failure[]): data is AgentInfo {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.name, "name")) >= MOST ||
      (errors += optional(found, "/name", data.name, 1)) >= MOST
    ) return false;
    if (data.versions !== undefined) {
      let data1 = data.versions;
      if (Array.isArray(data1)) {
        const len0 = data1.length;
        for (let i0=0; i0<len0; i0++) {
          if (typeof data1[i0] !== "string") {
            if ((errors += report(found, ["versions", i0], "type", "string")) >= MOST) return false;
          }
        }
      } else {
        if ((errors += report(found, "/versions", "type", "array")) >= MOST) return false;
      }
    }
    if (data.default !== undefined) {
      let data3 = data.default;
      if ((typeof data3 !== "string") && (data3 !== null)) {
        if ((errors += report(found, "/default", "type", ["string","null"])) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
