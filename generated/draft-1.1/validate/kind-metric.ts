// @ts-nocheck
// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { MetricBody } from "../messages.js";
import { isObject, report, required, text } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is the body of an event of kind `metric`. Pass a list to be told what is
 * wrong with it.
 *
 * @see spec/draft-arcp-1.1.md#kind-metric §8.2.6
 */
export function validateKindMetric(data: unknown, found?: Failure[]): data is MetricBody {
  let errors = 0;
  if (isObject(data)) {
    errors += required(found, "", data.name, "name");
    errors += required(found, "", data.value, "value");
    if (data.name !== undefined) {
      errors += text(found, "/name", data.name);
    }
    if (data.value !== undefined) {
      let data1 = data.value;
      if (!(Number.isFinite(data1))) {
        errors += report(found, "/value", "type", "number");
      }
    }
    if (data.unit !== undefined) {
      errors += text(found, "/unit", data.unit);
    }
    if (data.dimensions !== undefined) {
      let data3 = data.dimensions;
      if (!(isObject(data3))) {
        errors += report(found, "/dimensions", "type", "object");
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
