// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionHelloPayload } from "../messages.js";
import { validateAuth } from "./def-auth.js";
import { validatePeerInfo } from "./def-peer-info.js";
import { validateCapabilities } from "./def-capabilities.js";
import { isObject, nested, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `session.hello`. Pass a list to be told what is wrong with
 * it.
 *
 * @see spec/draft-arcp-1.1.md#hello §6.2
 */
export function validateSessionHello(data: unknown, found?: Failure[]): data is SessionHelloPayload {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.client, "client");
    if (data.client !== undefined) {
      if (!validatePeerInfo(data.client)) {
        errors += nested(found, validatePeerInfo, data.client, "/client");
      }
    }
    if (data.auth !== undefined) {
      if (!validateAuth(data.auth)) {
        errors += nested(found, validateAuth, data.auth, "/auth");
      }
    }
    if (data.capabilities !== undefined) {
      if (!validateCapabilities(data.capabilities)) {
        errors += nested(found, validateCapabilities, data.capabilities, "/capabilities");
      }
    }
    if (data.resume !== undefined) {
      let data3 = data.resume;
      if (isObject(data3)) {
        errors += required(found, "/resume", data3.session_id, "session_id");
        errors += required(found, "/resume", data3.resume_token, "resume_token");
        errors += required(found, "/resume", data3.last_event_seq, "last_event_seq");
        if (data3.session_id !== undefined) {
          errors += text(found, "/resume/session_id", data3.session_id, 1, 128);
        }
        if (data3.resume_token !== undefined) {
          errors += text(found, "/resume/resume_token", data3.resume_token, 1, 8192);
        }
        if (data3.last_event_seq !== undefined) {
          let data6 = data3.last_event_seq;
          if (!(Number.isInteger(data6))) {
            errors += report(found, "/resume/last_event_seq", "type", "integer");
          }
          if (Number.isFinite(data6)) {
            if (data6 > 9007199254740991) {
              errors += report(found, "/resume/last_event_seq", "maximum", 9007199254740991);
            }
            if (data6 < 0) {
              errors += report(found, "/resume/last_event_seq", "minimum", 0);
            }
          }
        }
      } else {
        errors += report(found, "/resume", "type", "object");
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
