// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { StatusBody } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `status`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#kind-status §8.2.5
 */
export function validateKindStatus(data: unknown, found?: Failure[]): data is StatusBody {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.phase, "phase");
    if (data.phase !== undefined) {
      errors += text(found, "/phase", data.phase);
    }
    if (data.message !== undefined) {
      errors += text(found, "/message", data.message);
    }
    if (data.id !== undefined) {
      errors += text(found, "/id", data.id, 1, 128);
    }
    if (data.value !== undefined) {
      errors += text(found, "/value", data.value);
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
