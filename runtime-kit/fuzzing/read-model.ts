import { shown } from "./asked.js";
import { looseEnd } from "./model-links.js";
import { modelShape } from "./model-shape.js";
import { isObject } from "./pointers.js";
import { sayMisfit } from "./shape.js";
import type { FuzzModel } from "./model.js";

/** Takes what was read from a file for a model, once all of it was looked at. Throws a `TypeError` that says what it is instead, and where. */
export function modelOf(value: unknown): FuzzModel {
  if (!isObject(value) || typeof value["revision"] !== "string" || value["form"] === undefined) {
    throw new TypeError(
      "a fuzzer is made from what arcp/fuzz/model.json holds: parse the file and pass its value",
    );
  }
  const { form } = value;
  if (form !== 1) throw new TypeError(`the model has form ${shown(form)}; this reads form 1`);
  const misfit = modelShape(value) ?? looseEnd(value as unknown as FuzzModel);
  if (misfit === undefined) return value as unknown as FuzzModel;
  throw new TypeError(
    `the model, ${sayMisfit(misfit)}; take fuzz/model.json as it was generated, or mend it there`,
  );
}
