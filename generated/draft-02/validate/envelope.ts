// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { Envelope } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

const pattern0 = /^1$/u;
const pattern1 = /^[0-9a-f]{32}$/u;

/**
 * Whether a value is the envelope of a message, whatever its payload. Pass a list to be told
 * what is wrong with it.
 *
 * @see spec/draft-arcp-02.md#envelope §5.1
 */
export function validateEnvelope(data: unknown, found?: Failure[]): data is Envelope {
  let errors = 0;
  if (isObject(data)) {
    if ((errors += required(found, "", data.arcp, "arcp") + required(found, "", data.id, "id") + required(found, "", data.type, "type") + required(found, "", data.payload, "payload")) >= MOST) return false;
    if (data.arcp !== undefined) {
      let data0 = data.arcp;
      if (typeof data0 === "string") {
        if (!pattern0.test(data0)) {
          if ((errors += report(found, "/arcp", "pattern", pattern0.source)) >= MOST) return false;
        }
      } else {
        if ((errors += report(found, "/arcp", "type", "string")) >= MOST) return false;
      }
    }
    if (
      (errors += optional(found, "/id", data.id, 1)) >= MOST ||
      (errors += optional(found, "/type", data.type, 1)) >= MOST ||
      (errors += optional(found, "/session_id", data.session_id, 1)) >= MOST
    ) return false;
    if (data.trace_id !== undefined) {
      let data4 = data.trace_id;
      if (typeof data4 === "string") {
        if (!pattern1.test(data4)) {
          if ((errors += report(found, "/trace_id", "pattern", pattern1.source)) >= MOST) return false;
        }
      } else {
        if ((errors += report(found, "/trace_id", "type", "string")) >= MOST) return false;
      }
    }
    if ((errors += optional(found, "/job_id", data.job_id, 1)) >= MOST) return false;
    if (data.event_seq !== undefined) {
      let data6 = data.event_seq;
      if (!(Number.isInteger(data6))) {
        if ((errors += report(found, "/event_seq", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data6)) {
        if (data6 < 0) {
          if ((errors += report(found, "/event_seq", "minimum", 0)) >= MOST) return false;
        }
      }
    }
    if (data.payload !== undefined) {
      let data7 = data.payload;
      if (!(isObject(data7))) {
        if ((errors += report(found, "/payload", "type", "object")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
