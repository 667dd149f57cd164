// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { ToolCallBody } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `tool_call`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#kind-tool-call §8.2.3
 */
export function validateKindToolCall(data: unknown, found?: Failure[]): data is ToolCallBody {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.tool, "tool") + required(found, "", data.call_id, "call_id")) >= MOST ||
      (errors += optional(found, "/tool", data.tool)) >= MOST ||
      (errors += optional(found, "/call_id", data.call_id, 1)) >= MOST
    ) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
