import type { Direction, Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { render } from "./template.js";

/** `dispatch.ts`: per direction the table of handlers that the compiler keeps complete. */
export function emitDispatch(model: Model): Artefact {
  const directions = [
    { peer: "Runtime", side: "ClientToRuntime", types: inbound(model, "client-to-runtime") },
    { peer: "Client", side: "RuntimeToClient", types: inbound(model, "runtime-to-client") },
  ];
  const kinds = model.kinds.map((kind) => kind.kind);
  return { path: "dispatch.ts", text: render(model, "dispatch", { directions, kinds }) };
}

/** Types that travel in a direction, those of both included. */
export function inbound(model: Model, direction: Exclude<Direction, "both">): string[] {
  return model.messages
    .filter((message) => message.direction === direction || message.direction === "both")
    .map((message) => message.type);
}
