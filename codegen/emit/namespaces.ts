import type { Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { render } from "./template.js";

/** `namespaces.ts`: what the patterns of each lease namespace are. */
export function emitNamespaces(model: Model): Artefact {
  const namespaces = model.namespaces.map((it) => ({ ...it, feature: it.feature ?? null }));
  return { path: "namespaces.ts", text: render(model, "namespaces", { namespaces }) };
}
