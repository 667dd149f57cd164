// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { UnknownEvent } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.event`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#job-event §8.1
 */
export function validateJobEvent(data: unknown, found?: Failure[]): data is UnknownEvent {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.kind, "kind") + required(found, "", data.ts, "ts") + required(found, "", data.body, "body")) >= MOST ||
      (errors += optional(found, "/job_id", data.job_id, 1, 128)) >= MOST ||
      (errors += optional(found, "/kind", data.kind)) >= MOST ||
      (errors += optional(found, "/ts", data.ts)) >= MOST
    ) return false;
    if (data.body !== undefined) {
      let data3 = data.body;
      if (!(isObject(data3))) {
        if ((errors += report(found, "/body", "type", "object")) >= MOST) return false;
      }
    }
    if (data.origin_seq !== undefined) {
      let data4 = data.origin_seq;
      if (!(Number.isInteger(data4))) {
        if ((errors += report(found, "/origin_seq", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data4)) {
        if (data4 > 9007199254740991) {
          if ((errors += report(found, "/origin_seq", "maximum", 9007199254740991)) >= MOST) return false;
        }
        if (data4 < 1) {
          if ((errors += report(found, "/origin_seq", "minimum", 1)) >= MOST) return false;
        }
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
