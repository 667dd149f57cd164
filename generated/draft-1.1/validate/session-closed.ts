// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionClosedPayload } from "../messages.js";
import { isObject, report, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `session.closed`. Pass a list to be told what is wrong
 * with it.
 *
 * @see spec/draft-arcp-1.1.md#close §6.7
 */
export function validateSessionClosed(data: unknown, found?: Failure[]): data is SessionClosedPayload {
  let errors = 0;
  if (isObject(data)) {
    if (data.reason !== undefined) {
      errors += text(found, "/reason", data.reason);
    }
    if (data.request_id !== undefined) {
      errors += text(found, "/request_id", data.request_id, 1, 128);
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
