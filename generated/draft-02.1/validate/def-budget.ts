// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { Budget } from "../messages.js";
import { MOST, isObject, report } from "./support.js";
import type { Failure } from "./support.js";

/**
 * Whether a value is a `Budget`. Pass a list to be told what is wrong with it.
 *
 * @see spec/draft-arcp-02.1.md#lease-budget §9.6
 */
export function validateBudget(data: unknown, found?: Failure[]): data is Budget {
  let errors = 0;
  if (isObject(data)) {
    for (const key0 in data) {
      let data0 = data[key0];
      if (!(Number.isFinite(data0))) {
        if ((errors += report(found, [key0], "type", "number")) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
