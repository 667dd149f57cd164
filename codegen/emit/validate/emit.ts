import type { Model } from "../../model/types.js";
import type { Artefact } from "../artefact.js";
import { EVENT, jobIn } from "../declared.js";
import { render } from "../template.js";
import { DATE_TIME } from "./compile.js";
import { emitValidator, sharedValidators, validators } from "./validators.js";

/** `validate/`: one file for each validator, what they share, and `validateMessage` over them all. */
export function emitValidate(model: Model): Artefact[] {
  const all = [...validators(model), ...sharedValidators(model)];
  const emitted = all.map((validator) => emitValidator(model, validator));
  const used = new Set(emitted.flatMap(({ helpers }) => helpers));
  if (used.has("optional")) used.add("text");
  const uses = Object.fromEntries(OPTIONAL.map((helper) => [helper, used.has(helper)]));
  const support = render(model, "support", { dateTime: String(DATE_TIME), uses });
  return [
    ...emitted.map(({ artefact }) => artefact),
    { path: "validate/support.ts", text: support },
    { path: "validate/problems.ts", text: render(model, "problems", {}) },
    { path: "validate/index.ts", text: render(model, "validate", view(model)) },
  ];
}

/** Helpers that are left out where no validator uses them. */
const OPTIONAL = ["dateTime", "equal", "nested", "optional", "required", "rewind", "text"];

function view(model: Model): Record<string, unknown> {
  const all = validators(model);
  const [envelope, ...rest] = all;
  const payloads = rest.slice(0, model.messages.length);
  const bodies = rest.slice(model.messages.length);
  const messages = model.messages.map((message, index) => ({
    ...message,
    plain: message.type !== EVENT,
    inPayload: message.job && jobIn(message) !== "envelope",
    brace: "{",
    validator: payloads[index]?.name,
  }));
  const kinds = model.kinds.map(({ kind }, index) => ({
    kind,
    validator: bodies[index]?.name,
    section: bodies[index]?.section,
  }));
  const files = [...all].sort((a, b) => (a.file < b.file ? -1 : 1));
  return { files, envelope, messages, kinds };
}
