// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { ToolCallBody } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `tool_call`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#kind-tool-call §8.2.3
 */
export function validateKindToolCall(data: unknown, found?: Failure[]): data is ToolCallBody {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.tool, "tool");
    errors += required(found, "", data.call_id, "call_id");
    if (data.tool !== undefined) {
      errors += text(found, "/tool", data.tool);
    }
    if (data.call_id !== undefined) {
      errors += text(found, "/call_id", data.call_id, 1, 128);
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
