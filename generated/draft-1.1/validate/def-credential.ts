// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { Credential } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `Credential`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#credential §9.8.1
 */
export function validateCredential(data: unknown, found?: Failure[]): data is Credential {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.id, "id") + required(found, "", data.scheme, "scheme") + required(found, "", data.value, "value") + required(found, "", data.endpoint, "endpoint")) >= MOST ||
      (errors += optional(found, "/id", data.id, 1, 128)) >= MOST ||
      (errors += optional(found, "/scheme", data.scheme)) >= MOST ||
      (errors += optional(found, "/value", data.value)) >= MOST ||
      (errors += optional(found, "/endpoint", data.endpoint)) >= MOST ||
      (errors += optional(found, "/profile", data.profile)) >= MOST
    ) return false;
    if (data.constraints !== undefined) {
      let data5 = data.constraints;
      if (!(isObject(data5))) {
        if ((errors += report(found, "/constraints", "type", "object")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
