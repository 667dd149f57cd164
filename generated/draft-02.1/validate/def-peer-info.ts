// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { PeerInfo } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `PeerInfo`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#hello §6.2
 */
export function validatePeerInfo(data: unknown, found?: Failure[]): data is PeerInfo {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.name, "name") + required(found, "", data.version, "version")) >= MOST ||
      (errors += optional(found, "/name", data.name, 1)) >= MOST ||
      (errors += optional(found, "/version", data.version)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
