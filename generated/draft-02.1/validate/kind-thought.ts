// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { ThoughtBody } from "../messages.js";
import { MOST, isObject, optional, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `thought`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#kind-thought §8.2.2
 */
export function validateKindThought(data: unknown, found?: Failure[]): data is ThoughtBody {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.text, "text")) >= MOST ||
      (errors += optional(found, "/text", data.text)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
