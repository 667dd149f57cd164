// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { Envelope } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

const pattern0 = /^1(\.[0-9]+)?$/u;
const pattern1 = /^[0-9a-f]{32}$/u;

/**
 * Whether a value is the envelope of a message, whatever its payload. Pass a list to be told
 * what is wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#envelope §5.1
 */
export function validateEnvelope(data: unknown, found?: Failure[]): data is Envelope {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.arcp, "arcp");
    errors += required(found, "", data.id, "id");
    errors += required(found, "", data.type, "type");
    errors += required(found, "", data.payload, "payload");
    if (data.arcp !== undefined) {
      let data0 = data.arcp;
      if (typeof data0 === "string") {
        if (!pattern0.test(data0)) {
          errors += report(found, "/arcp", "pattern", pattern0.source);
        }
      } else {
        errors += report(found, "/arcp", "type", "string");
      }
    }
    if (data.id !== undefined) {
      errors += text(found, "/id", data.id, 1, 128);
    }
    if (data.type !== undefined) {
      errors += text(found, "/type", data.type, 1, 128);
    }
    if (data.session_id !== undefined) {
      errors += text(found, "/session_id", data.session_id, 1, 128);
    }
    if (data.trace_id !== undefined) {
      let data4 = data.trace_id;
      if (typeof data4 === "string") {
        if (!pattern1.test(data4)) {
          errors += report(found, "/trace_id", "pattern", pattern1.source);
        }
      } else {
        errors += report(found, "/trace_id", "type", "string");
      }
    }
    if (data.job_id !== undefined) {
      errors += text(found, "/job_id", data.job_id, 1, 128);
    }
    if (data.event_seq !== undefined) {
      let data6 = data.event_seq;
      if (!(Number.isInteger(data6))) {
        errors += report(found, "/event_seq", "type", "integer");
      }
      if (Number.isFinite(data6)) {
        if (data6 > 9007199254740991) {
          errors += report(found, "/event_seq", "maximum", 9007199254740991);
        }
        if (data6 < 1) {
          errors += report(found, "/event_seq", "minimum", 1);
        }
      }
    }
    if (data.payload !== undefined) {
      let data7 = data.payload;
      if (!(isObject(data7))) {
        errors += report(found, "/payload", "type", "object");
      }
    }
    if (data.extensions !== undefined) {
      let data8 = data.extensions;
      if (!(isObject(data8))) {
        errors += report(found, "/extensions", "type", "object");
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
