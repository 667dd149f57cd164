// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { SessionHelloPayload } from "../messages.js";
import { validateAuth } from "./def-auth.js";
import { validatePeerInfo } from "./def-peer-info.js";
import { validateCapabilities } from "./def-capabilities.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `session.hello`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-02.md#hello §6.2
 */
export function validateSessionHello(data: unknown, found?: Failure[]): data is SessionHelloPayload {
  let errors = 0;
  if (isObject(data)) {
    if ((errors += required(found, "", data.client, "client")) >= MOST) return false;
    if (data.client !== undefined) {
      if (!validatePeerInfo(data.client)) {
        if ((errors += nested(found, validatePeerInfo, data.client, "/client")) >= MOST) return false;
      }
    }
    if (data.auth !== undefined) {
      if (!validateAuth(data.auth)) {
        if ((errors += nested(found, validateAuth, data.auth, "/auth")) >= MOST) return false;
      }
    }
    if (data.capabilities !== undefined) {
      if (!validateCapabilities(data.capabilities)) {
        if ((errors += nested(found, validateCapabilities, data.capabilities, "/capabilities")) >= MOST) return false;
      }
    }
    if (data.resume !== undefined) {
      let data3 = data.resume;
      if (isObject(data3)) {
        if (
          (errors += required(found, "/resume", data3.session_id, "session_id") + required(found, "/resume", data3.resume_token, "resume_token") + required(found, "/resume", data3.last_event_seq, "last_event_seq")) >= MOST ||
          (errors += optional(found, "/resume/session_id", data3.session_id, 1)) >= MOST ||
          (errors += optional(found, "/resume/resume_token", data3.resume_token, 1)) >= MOST
        ) return false;
        if (data3.last_event_seq !== undefined) {
          let data6 = data3.last_event_seq;
          if (!(Number.isInteger(data6))) {
            if ((errors += report(found, "/resume/last_event_seq", "type", "integer")) >= MOST) return false;
          }
          if (Number.isFinite(data6)) {
            if (data6 < 0) {
              if ((errors += report(found, "/resume/last_event_seq", "minimum", 0)) >= MOST) return false;
            }
          }
        }
      } else {
        if ((errors += report(found, "/resume", "type", "object")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
