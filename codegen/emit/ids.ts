import type { Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { render } from "./template.js";

/** `ids.ts`: a branded string for each definition with `x-arcp-id`. */
export function emitIds(model: Model): Artefact {
  const ids = model.definitions
    .filter((definition) => definition.id)
    .map(({ name, schema, section }) => ({
      name,
      section,
      description: schema.schema.description ?? "",
    }));
  return { path: "ids.ts", text: render(model, "ids", { ids }) };
}
