// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionErrorPayload } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `session.error`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.1.md#session-error §6.8
 */
export function validateSessionError(data: unknown, found?: Failure[]): data is SessionErrorPayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.code, "code") + required(found, "", data.message, "message")) >= MOST ||
      (errors += optional(found, "/code", data.code, 1)) >= MOST ||
      (errors += optional(found, "/message", data.message)) >= MOST
    ) return false;
    if (data.retryable !== undefined) {
      if (typeof data.retryable !== "boolean") {
        if ((errors += report(found, "/retryable", "type", "boolean")) >= MOST) return false;
      }
    }
    if (data.details !== undefined) {
      let data3 = data.details;
      if (!(isObject(data3))) {
        if ((errors += report(found, "/details", "type", "object")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
