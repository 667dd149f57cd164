// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { ResultChunkBody } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `result_chunk`. Pass a list to be told what
 * is wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#result-chunk §8.4
 */
export function validateKindResultChunk(data: unknown, found?: Failure[]): data is ResultChunkBody {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.result_id, "result_id");
    errors += required(found, "", data.chunk_seq, "chunk_seq");
    errors += required(found, "", data.data, "data");
    errors += required(found, "", data.encoding, "encoding");
    errors += required(found, "", data.more, "more");
    if (data.result_id !== undefined) {
      errors += text(found, "/result_id", data.result_id, 1, 128);
    }
    if (data.chunk_seq !== undefined) {
      let data1 = data.chunk_seq;
      if (!(Number.isInteger(data1))) {
        errors += report(found, "/chunk_seq", "type", "integer");
      }
      if (Number.isFinite(data1)) {
        if (data1 > 9007199254740991) {
          errors += report(found, "/chunk_seq", "maximum", 9007199254740991);
        }
        if (data1 < 0) {
          errors += report(found, "/chunk_seq", "minimum", 0);
        }
      }
    }
    if (data.data !== undefined) {
      errors += text(found, "/data", data.data);
    }
    if (data.encoding !== undefined) {
      errors += text(found, "/encoding", data.encoding);
    }
    if (data.more !== undefined) {
      if (typeof data.more !== "boolean") {
        errors += report(found, "/more", "type", "boolean");
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
