// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { ToolResultBody } from "../messages.js";
import { validateErrorPayload } from "./def-error-payload.js";
import { MOST, isObject, nested, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `tool_result`. Pass a list to be told what
 * is wrong with it.
 *
 * @see spec/draft-arcp-02.md#kind-tool-result §8.2.4
 */
export function validateKindToolResult(data: unknown, found?: Failure[]): data is ToolResultBody {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.call_id, "call_id")) >= MOST ||
      (errors += optional(found, "/call_id", data.call_id, 1)) >= MOST
    ) return false;
    if (data.error !== undefined) {
      if (!validateErrorPayload(data.error)) {
        if ((errors += nested(found, validateErrorPayload, data.error, "/error")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
