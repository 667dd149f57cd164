import type { Model, Position } from "../model/types.js";

/** Something that the spec defines and that generated files name. */
export interface SpecSymbol {
  /** "message:job.submit", unique in the model. */
  readonly key: string;
  /** The word that stands for it in the files: "job.submit". */
  readonly word: string;
  readonly section: string;
  readonly position: Position;
}

/** Every symbol of the model, by kind and in the order of the spec. */
export function symbols(model: Model): SpecSymbol[] {
  const found: SpecSymbol[] = [];
  const add = (kind: string, word: string, of: { section: string; position: Position }): void => {
    found.push({ key: `${kind}:${word}`, word, section: of.section, position: of.position });
  };
  add("schema", "Envelope", model.envelope);
  for (const it of model.messages) {
    add("message", it.type, it);
    add("schema", it.type, it.schema);
  }
  for (const it of model.kinds) {
    add("kind", it.kind, it);
    add("schema", it.kind, it.schema);
  }
  for (const it of model.definitions) add("definition", it.name, it);
  for (const it of model.errors) add("error", it.code, it);
  for (const it of model.features) add("feature", it.flag, it);
  for (const it of model.namespaces) add("namespace", it.namespace, it);
  for (const it of model.limits) add("limit", it.name, it);
  for (const machine of model.machines) {
    for (const it of machine.transitions) {
      add("transition", `${machine.subject}/${it.from ?? ""}/${it.on}/${it.to}`, it);
    }
  }
  for (const it of model.requirements) add("requirement", it.id, it);
  return found;
}
