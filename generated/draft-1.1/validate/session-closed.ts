// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionClosedPayload } from "../messages.js";
import { MOST, isObject, optional, report } from "./support.js";
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
    if (
      (errors += optional(found, "/reason", data.reason)) >= MOST ||
      (errors += optional(found, "/request_id", data.request_id, 1, 128)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
