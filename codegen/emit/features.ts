import type { Gate, Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { render } from "./template.js";

/** `features.ts`: flag → what it gates, and how two peers agree on flags. */
export function emitFeatures(model: Model): Artefact {
  const features = model.features.map((feature) => ({
    flag: feature.flag,
    since: feature.since,
    meaning: feature.meaning,
    section: feature.section,
    messages: named(feature.gates, "message"),
    kinds: named(feature.gates, "kind"),
    namespaces: named(feature.gates, "namespace"),
    fields: feature.gates.flatMap((gate) =>
      gate.kind === "field" ? [[gate.name, ...gate.path].join("/")] : [],
    ),
  }));
  const gated = features.filter((feature) => feature.messages.length > 0);
  return { path: "features.ts", text: render(model, "features", { features, gated }) };
}

function named(gates: readonly Gate[], kind: Gate["kind"]): string[] {
  return gates.filter((gate) => gate.kind === kind).map((gate) => gate.name);
}
