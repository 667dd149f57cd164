// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionResumePayload } from "../messages.js";
import { validateAuth } from "./def-auth.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `session.resume`. Pass a list to be told what is wrong
 * with it.
 *
 * @see spec/draft-arcp-1.1.md#resume §6.3
 */
export function validateSessionResume(data: unknown, found?: Failure[]): data is SessionResumePayload {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.resume_token, "resume_token") + required(found, "", data.last_event_seq, "last_event_seq")) >= MOST ||
      (errors += optional(found, "/session_id", data.session_id, 1, 128)) >= MOST ||
      (errors += optional(found, "/resume_token", data.resume_token, 1, 8192)) >= MOST
    ) return false;
    if (data.last_event_seq !== undefined) {
      let data2 = data.last_event_seq;
      if (!(Number.isInteger(data2))) {
        if ((errors += report(found, "/last_event_seq", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data2)) {
        if (data2 > 9007199254740991) {
          if ((errors += report(found, "/last_event_seq", "maximum", 9007199254740991)) >= MOST) return false;
        }
        if (data2 < 0) {
          if ((errors += report(found, "/last_event_seq", "minimum", 0)) >= MOST) return false;
        }
      }
    }
    if (data.auth !== undefined) {
      if (!validateAuth(data.auth)) {
        if ((errors += nested(found, validateAuth, data.auth, "/auth")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
