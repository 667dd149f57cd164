// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { LogBody } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `log`. Pass a list to be told what is wrong
 * with it.
 *
 * @see spec/draft-arcp-02.md#kind-log §8.2.1
 */
export function validateKindLog(data: unknown, found?: Failure[]): data is LogBody {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.level, "level") + required(found, "", data.message, "message")) >= MOST ||
      (errors += optional(found, "/level", data.level)) >= MOST ||
      (errors += optional(found, "/message", data.message)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
