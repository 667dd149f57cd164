// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionWelcomePayload } from "../messages.js";
import { validatePeerInfo } from "./def-peer-info.js";
import { validateCapabilities } from "./def-capabilities.js";
import { isObject, nested, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `session.welcome`. Pass a list to be told what is wrong
 * with it.
 *
 * @see spec/draft-arcp-1.1.md#hello §6.2
 */
export function validateSessionWelcome(data: unknown, found?: Failure[]): data is SessionWelcomePayload {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.runtime, "runtime");
    errors += required(found, "", data.resume_token, "resume_token");
    errors += required(found, "", data.resume_window_sec, "resume_window_sec");
    errors += required(found, "", data.capabilities, "capabilities");
    if (data.session_id !== undefined) {
      errors += text(found, "/session_id", data.session_id, 1, 128);
    }
    if (data.runtime !== undefined) {
      if (!validatePeerInfo(data.runtime)) {
        errors += nested(found, validatePeerInfo, data.runtime, "/runtime");
      }
    }
    if (data.resume_token !== undefined) {
      errors += text(found, "/resume_token", data.resume_token, 1, 8192);
    }
    if (data.resume_window_sec !== undefined) {
      let data3 = data.resume_window_sec;
      if (Number.isFinite(data3)) {
        if (data3 < 0) {
          errors += report(found, "/resume_window_sec", "minimum", 0);
        }
      } else {
        errors += report(found, "/resume_window_sec", "type", "number");
      }
    }
    if (data.heartbeat_interval_sec !== undefined) {
      let data4 = data.heartbeat_interval_sec;
      if (Number.isFinite(data4)) {
        if (data4 < 0) {
          errors += report(found, "/heartbeat_interval_sec", "minimum", 0);
        }
      } else {
        errors += report(found, "/heartbeat_interval_sec", "type", "number");
      }
    }
    if (data.accepted_at !== undefined) {
      errors += text(found, "/accepted_at", data.accepted_at);
    }
    if (data.limits !== undefined) {
      let data6 = data.limits;
      if (isObject(data6)) {
        if (data6.max_frame_bytes !== undefined) {
          let data7 = data6.max_frame_bytes;
          if (!(Number.isInteger(data7))) {
            errors += report(found, "/limits/max_frame_bytes", "type", "integer");
          }
          if (Number.isFinite(data7)) {
            if (data7 < 1) {
              errors += report(found, "/limits/max_frame_bytes", "minimum", 1);
            }
          }
        }
        if (data6.max_input_bytes !== undefined) {
          let data8 = data6.max_input_bytes;
          if (!(Number.isInteger(data8))) {
            errors += report(found, "/limits/max_input_bytes", "type", "integer");
          }
          if (Number.isFinite(data8)) {
            if (data8 < 1) {
              errors += report(found, "/limits/max_input_bytes", "minimum", 1);
            }
          }
        }
      } else {
        errors += report(found, "/limits", "type", "object");
      }
    }
    if (data.capabilities !== undefined) {
      if (!validateCapabilities(data.capabilities)) {
        errors += nested(found, validateCapabilities, data.capabilities, "/capabilities");
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
