import type { Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { symbols } from "./symbols.js";

/**
 * `provenance.json`: what the folder was made from, and where each symbol stands in the spec. The only
 * file with versions and line numbers, so that a line more in the spec changes no other.
 */
export function emitProvenance(model: Model, generator: string): Artefact {
  const places: Record<string, { section: string; line: number }> = {};
  for (const { key, section, position } of symbols(model)) {
    places[key] = { section, line: position.line };
  }
  const value = {
    revision: model.revision,
    spec: { file: model.file, hash: model.hash },
    generator,
    symbols: places,
  };
  return { path: "provenance.json", text: `${JSON.stringify(value, null, 2)}\n` };
}
