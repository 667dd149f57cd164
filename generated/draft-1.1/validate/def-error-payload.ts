// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { ErrorPayload } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `ErrorPayload`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#session-error §6.8
 */
export function validateErrorPayload(data: unknown, found?: Failure[]): data is ErrorPayload {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.code, "code");
    errors += required(found, "", data.message, "message");
    if (data.code !== undefined) {
      errors += text(found, "/code", data.code, 1);
    }
    if (data.message !== undefined) {
      errors += text(found, "/message", data.message);
    }
    if (data.retryable !== undefined) {
      if (typeof data.retryable !== "boolean") {
        errors += report(found, "/retryable", "type", "boolean");
      }
    }
    if (data.details !== undefined) {
      let data3 = data.details;
      if (!(isObject(data3))) {
        errors += report(found, "/details", "type", "object");
      }
    }
    if (data.request_id !== undefined) {
      errors += text(found, "/request_id", data.request_id, 1, 128);
    }
    if (data.job_id !== undefined) {
      errors += text(found, "/job_id", data.job_id, 1, 128);
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
