// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { ProgressBody } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `progress`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#kind-progress §8.2.9
 */
export function validateKindProgress(data: unknown, found?: Failure[]): data is ProgressBody {
  let errors = 0;
  if (isObject(data)) {
    if ((errors += required(found, "", data.current, "current")) >= MOST) return false;
    if (data.current !== undefined) {
      let data0 = data.current;
      if (Number.isFinite(data0)) {
        if (data0 < 0) {
          if ((errors += report(found, "/current", "minimum", 0)) >= MOST) return false;
        }
      } else {
        if ((errors += report(found, "/current", "type", "number")) >= MOST) return false;
      }
    }
    if (data.total !== undefined) {
      let data1 = data.total;
      if (!(Number.isFinite(data1))) {
        if ((errors += report(found, "/total", "type", "number")) >= MOST) return false;
      }
    }
    if (
      (errors += optional(found, "/units", data.units)) >= MOST ||
      (errors += optional(found, "/message", data.message)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
