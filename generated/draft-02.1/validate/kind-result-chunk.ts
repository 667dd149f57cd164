// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { ResultChunkBody } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `result_chunk`. Pass a list to be told what
 * is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#result-chunk §8.4
 */
export function validateKindResultChunk(data: unknown, found?: Failure[]): data is ResultChunkBody {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.result_id, "result_id") + required(found, "", data.chunk_seq, "chunk_seq") + required(found, "", data.data, "data") + required(found, "", data.encoding, "encoding") + required(found, "", data.more, "more")) >= MOST ||
      (errors += optional(found, "/result_id", data.result_id, 1)) >= MOST
    ) return false;
    if (data.chunk_seq !== undefined) {
      let data1 = data.chunk_seq;
      if (!(Number.isInteger(data1))) {
        if ((errors += report(found, "/chunk_seq", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data1)) {
        if (data1 < 0) {
          if ((errors += report(found, "/chunk_seq", "minimum", 0)) >= MOST) return false;
        }
      }
    }
    if (
      (errors += optional(found, "/data", data.data)) >= MOST ||
      (errors += optional(found, "/encoding", data.encoding)) >= MOST
    ) return false;
    if (data.more !== undefined) {
      if (typeof data.more !== "boolean") {
        if ((errors += report(found, "/more", "type", "boolean")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
