// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionWelcomePayload } from "../messages.js";
import { validatePeerInfo } from "./def-peer-info.js";
import { validateCapabilities } from "./def-capabilities.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the payload of `session.welcome`. Pass a list to be told what is wrong
 * with it.
 *
 * @see spec/draft-arcp-02.1.md#hello §6.2
 */
export function validateSessionWelcome(data: unknown, found?: Failure[]): data is SessionWelcomePayload {
  let errors = 0;
  if (isObject(data)) {
    if ((errors += required(found, "", data.runtime, "runtime") + required(found, "", data.resume_token, "resume_token") + required(found, "", data.resume_window_sec, "resume_window_sec") + required(found, "", data.capabilities, "capabilities")) >= MOST) return false;
    if (data.runtime !== undefined) {
      if (!validatePeerInfo(data.runtime)) {
        if ((errors += nested(found, validatePeerInfo, data.runtime, "/runtime")) >= MOST) return false;
      }
    }
    if ((errors += optional(found, "/resume_token", data.resume_token, 1)) >= MOST) return false;
    if (data.resume_window_sec !== undefined) {
      let data2 = data.resume_window_sec;
      if (Number.isFinite(data2)) {
        if (data2 < 0) {
          if ((errors += report(found, "/resume_window_sec", "minimum", 0)) >= MOST) return false;
        }
      } else {
        if ((errors += report(found, "/resume_window_sec", "type", "number")) >= MOST) return false;
      }
    }
    if (data.heartbeat_interval_sec !== undefined) {
      let data3 = data.heartbeat_interval_sec;
      if (Number.isFinite(data3)) {
        if (data3 < 0) {
          if ((errors += report(found, "/heartbeat_interval_sec", "minimum", 0)) >= MOST) return false;
        }
      } else {
        if ((errors += report(found, "/heartbeat_interval_sec", "type", "number")) >= MOST) return false;
      }
    }
    if (data.capabilities !== undefined) {
      if (!validateCapabilities(data.capabilities)) {
        if ((errors += nested(found, validateCapabilities, data.capabilities, "/capabilities")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
