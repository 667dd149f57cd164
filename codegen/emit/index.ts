import type { Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { render } from "./template.js";

/** Modules of a revision's folder, without `index`. */
export const FILES = [
  "constants",
  "dispatch",
  "errors",
  "features",
  "ids",
  "lifecycle",
  "messages",
  "namespaces",
  "requirements",
  "validate/index",
];

/** `index.ts`: all of it under one name. */
export function emitIndex(model: Model): Artefact {
  return { path: "index.ts", text: render(model, "index", { files: FILES }) };
}
