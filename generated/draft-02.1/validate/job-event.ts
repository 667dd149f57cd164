// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { UnknownEvent } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `job.event`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#job-event §8.1
 */
export function validateJobEvent(data: unknown, found?: Failure[]): data is UnknownEvent {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.kind, "kind") + required(found, "", data.ts, "ts") + required(found, "", data.body, "body")) >= MOST ||
      (errors += optional(found, "/kind", data.kind)) >= MOST ||
      (errors += optional(found, "/ts", data.ts)) >= MOST
    ) return false;
    if (data.body !== undefined) {
      let data2 = data.body;
      if (!(isObject(data2))) {
        if ((errors += report(found, "/body", "type", "object")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
