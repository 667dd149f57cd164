import type { Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { FILES } from "./index.js";
import { render } from "./template.js";

/** `generated/current/`: each module of the newest revision's folder, from where it stands. */
export function emitCurrent(model: Model): Artefact[] {
  return [...FILES, "index"].map((file) => {
    const up = "../".repeat(file.split("/").length);
    const from = `${up}draft-${model.revision}/${file}.js`;
    return { path: `${file}.ts`, text: render(model, "current", { from }) };
  });
}
