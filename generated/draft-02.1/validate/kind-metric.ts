// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { MetricBody } from "../messages.js";
import { MOST, isObject, optional, report, required } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `metric`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#kind-metric §8.2.6
 */
export function validateKindMetric(data: unknown, found?: Failure[]): data is MetricBody {
  let errors = 0;
  if (isObject(data)) {
    if (
      (errors += required(found, "", data.name, "name") + required(found, "", data.value, "value")) >= MOST ||
      (errors += optional(found, "/name", data.name)) >= MOST
    ) return false;
    if (data.value !== undefined) {
      let data1 = data.value;
      if (!(Number.isFinite(data1))) {
        if ((errors += report(found, "/value", "type", "number")) >= MOST) return false;
      }
    }
    if ((errors += optional(found, "/unit", data.unit)) >= MOST) return false;
    if (data.dimensions !== undefined) {
      let data3 = data.dimensions;
      if (!(isObject(data3))) {
        if ((errors += report(found, "/dimensions", "type", "object")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
