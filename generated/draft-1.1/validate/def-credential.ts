// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { Credential } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `Credential`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#credential §9.8.1
 */
export function validateCredential(data: unknown, found?: Failure[]): data is Credential {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.id, "id");
    errors += required(found, "", data.scheme, "scheme");
    errors += required(found, "", data.value, "value");
    errors += required(found, "", data.endpoint, "endpoint");
    if (data.id !== undefined) {
      errors += text(found, "/id", data.id, 1, 128);
    }
    if (data.scheme !== undefined) {
      errors += text(found, "/scheme", data.scheme);
    }
    if (data.value !== undefined) {
      errors += text(found, "/value", data.value);
    }
    if (data.endpoint !== undefined) {
      errors += text(found, "/endpoint", data.endpoint);
    }
    if (data.profile !== undefined) {
      errors += text(found, "/profile", data.profile);
    }
    if (data.constraints !== undefined) {
      let data5 = data.constraints;
      if (!(isObject(data5))) {
        errors += report(found, "/constraints", "type", "object");
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
