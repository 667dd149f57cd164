// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionPingPayload } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `session.ping`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.1.md#heartbeats §6.4
 */
export function validateSessionPing(data: unknown, found?: Failure[]): data is SessionPingPayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.nonce, "nonce")) >= MOST ||
      (errors += optional(found, "/nonce", data.nonce, 1)) >= MOST ||
      (errors += optional(found, "/sent_at", data.sent_at)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
