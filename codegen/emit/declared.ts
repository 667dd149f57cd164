import type { Definition, Model } from "../model/types.js";
import { pascal } from "./names.js";

/** The message whose payload is told apart by `kind`. */
export const EVENT = "job.event";

/** Types that `lifecycle.ts` makes from a table of states: name of the type, subject of the table. */
const STATES: ReadonlyMap<string, string> = new Map([
  ["JobStatus", "job"],
  ["SessionPhase", "session"],
]);

/** `job.submit` → `JobSubmitPayload`. */
export function payloadType(type: string): string {
  return `${pascal(type)}Payload`;
}

/** `tool_call` → `ToolCallBody`. */
export function bodyType(kind: string): string {
  return `${pascal(kind)}Body`;
}

/**
 * Definitions that become types of `messages.ts`: not the ids, and not those that name the states of a
 * machine, which must then agree with its table.
 */
export function declared(model: Model): Definition[] {
  return model.definitions.filter((definition) => {
    const subject = STATES.get(definition.name);
    if (subject === undefined) return !definition.id;
    const machine = model.machines.find((candidate) => candidate.subject === subject);
    const words = [...(definition.schema.schema.enum ?? [])].map(String).sort().join(" ");
    if (machine !== undefined && words === [...machine.states].sort().join(" ")) return false;
    throw new Error(`${definition.name} names other states than the table of "${subject}"`);
  });
}
