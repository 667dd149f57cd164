import type { Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { emitAsyncapi } from "./asyncapi.js";
import { emitConstants } from "./constants.js";
import { emitDispatch } from "./dispatch.js";
import { emitErrors } from "./errors.js";
import { emitFeatures } from "./features.js";
import { emitFixtures } from "./fixtures/emit.js";
import { emitFuzz } from "./fuzz/emit.js";
import { emitIds } from "./ids.js";
import { emitIndex } from "./index.js";
import { emitLifecycle } from "./lifecycle.js";
import { emitMessages } from "./messages.js";
import { emitNamespaces } from "./namespaces.js";
import { whenPartsChange, whenShapesChange } from "./parts.js";
import { emitProvenance } from "./provenance.js";
import { emitReference } from "./reference.js";
import { emitRequirements } from "./requirements.js";
import { emitSchema } from "./schema.js";
import { emitValidate } from "./validate/emit.js";

/** Renders every file of a revision's folder, in memory, sorted by path. `generator` is this package's name and version. */
export type Emitter = (model: Model, generator: string) => Promise<Artefact[]>;

/** In a spec that is watched, each file is rendered again only when something changed that it is rendered from. */
export function createEmitter(): Emitter {
  const emitters = [
    emitMessages,
    emitAsyncapi,
    emitConstants,
    emitDispatch,
    emitErrors,
    emitFeatures,
    emitIds,
    emitIndex,
    emitLifecycle,
    emitNamespaces,
    emitReference,
    emitRequirements,
    emitSchema,
  ].map((emit) => whenPartsChange<ReturnType<typeof emit>>(emit));
  const ofShapes = [emitFixtures, emitFuzz, emitValidate].map(whenShapesChange);
  return async (model, generator) => {
    const files = [emitProvenance(model, generator)];
    for (const emit of [...emitters, ...ofShapes]) files.push(...[await emit(model)].flat());
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  };
}

/** The same model gives the same bytes on every machine, whatever was rendered before. */
export const emitAll: Emitter = createEmitter();
