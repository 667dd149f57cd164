// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { UnknownEvent } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.event`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#job-event §8.1
 */
export function validateJobEvent(data: unknown, found?: Failure[]): data is UnknownEvent {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.kind, "kind");
    errors += required(found, "", data.ts, "ts");
    errors += required(found, "", data.body, "body");
    if (data.job_id !== undefined) {
      errors += text(found, "/job_id", data.job_id, 1, 128);
    }
    if (data.kind !== undefined) {
      errors += text(found, "/kind", data.kind);
    }
    if (data.ts !== undefined) {
      errors += text(found, "/ts", data.ts);
    }
    if (data.body !== undefined) {
      let data3 = data.body;
      if (!(isObject(data3))) {
        errors += report(found, "/body", "type", "object");
      }
    }
    if (data.origin_seq !== undefined) {
      let data4 = data.origin_seq;
      if (!(Number.isInteger(data4))) {
        errors += report(found, "/origin_seq", "type", "integer");
      }
      if (Number.isFinite(data4)) {
        if (data4 > 9007199254740991) {
          errors += report(found, "/origin_seq", "maximum", 9007199254740991);
        }
        if (data4 < 1) {
          errors += report(found, "/origin_seq", "minimum", 1);
        }
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
