// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionAckPayload } from "../messages.js";
import { MOST, isObject, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `session.ack`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.1.md#ack §6.5
 */
export function validateSessionAck(data: unknown, found?: Failure[]): data is SessionAckPayload {
  let errors = 0;
  if (isObject(data)) {
    if ((errors += required(found, "", data.last_processed_seq, "last_processed_seq")) >= MOST) return false;
    if (data.last_processed_seq !== undefined) {
      let data0 = data.last_processed_seq;
      if (!(Number.isInteger(data0))) {
        if ((errors += report(found, "/last_processed_seq", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data0)) {
        if (data0 < 0) {
          if ((errors += report(found, "/last_processed_seq", "minimum", 0)) >= MOST) return false;
        }
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
