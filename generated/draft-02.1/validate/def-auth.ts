// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { Auth } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `Auth`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#authentication §6.1
 */
export function validateAuth(data: unknown, found?: Failure[]): data is Auth {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.scheme, "scheme")) >= MOST ||
      (errors += optional(found, "/scheme", data.scheme, 1)) >= MOST ||
      (errors += optional(found, "/token", data.token)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
