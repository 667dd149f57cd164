// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { ProgressBody } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `progress`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#kind-progress §8.2.9
 */
export function validateKindProgress(data: unknown, found?: Failure[]): data is ProgressBody {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.current, "current");
    if (data.current !== undefined) {
      let data0 = data.current;
      if (Number.isFinite(data0)) {
        if (data0 < 0) {
          errors += report(found, "/current", "minimum", 0);
        }
      } else {
        errors += report(found, "/current", "type", "number");
      }
    }
    if (data.total !== undefined) {
      let data1 = data.total;
      if (!(Number.isFinite(data1))) {
        errors += report(found, "/total", "type", "number");
      }
    }
    if (data.units !== undefined) {
      errors += text(found, "/units", data.units);
    }
    if (data.message !== undefined) {
      errors += text(found, "/message", data.message);
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
