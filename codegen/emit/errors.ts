import type { Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { render } from "./template.js";

/** `errors.ts`: what each code means for whoever gets it. */
export function emitErrors(model: Model): Artefact {
  return { path: "errors.ts", text: render(model, "errors", { errors: model.errors }) };
}
