// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { StatusBody } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `status`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-02.md#kind-status §8.2.5
 */
export function validateKindStatus(data: unknown, found?: Failure[]): data is StatusBody {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.phase, "phase")) >= MOST ||
      (errors += optional(found, "/phase", data.phase)) >= MOST ||
      (errors += optional(found, "/message", data.message)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
