// @ts-nocheck
// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { ArtifactRefBody } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `artifact_ref`. Pass a list to be told what
 * is wrong with it.
 *
 * @see spec/draft-arcp-02.md#kind-artifact-ref §8.2.7
 */
export function validateKindArtifactRef(data: unknown, found?: Failure[]): data is ArtifactRefBody {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.uri, "uri") + required(found, "", data.content_type, "content_type")) >= MOST ||
      (errors += optional(found, "/uri", data.uri)) >= MOST ||
      (errors += optional(found, "/content_type", data.content_type)) >= MOST
    ) return false;
    if (data.byte_size !== undefined) {
      let data2 = data.byte_size;
      if (!(Number.isInteger(data2))) {
        if ((errors += report(found, "/byte_size", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data2)) {
        if (data2 < 0) {
          if ((errors += report(found, "/byte_size", "minimum", 0)) >= MOST) return false;
        }
      }
    }
    if ((errors += optional(found, "/sha256", data.sha256)) >= MOST) return false;
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
