import type { Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { render } from "./template.js";

/** `requirements.ts`: every normative sentence by its id, in the order of the spec. */
export function emitRequirements(model: Model): Artefact {
  const requirements = model.requirements.map((it) => ({ ...it, feature: it.feature ?? null }));
  return { path: "requirements.ts", text: render(model, "requirements", { requirements }) };
}
