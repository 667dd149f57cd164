import type { Definition, Message, Model } from "../model/types.js";
import { pascal } from "./names.js";

/** The message whose payload is told apart by `kind`. */
export const EVENT = "job.event";

/** Types that `lifecycle.ts` makes from a table of states: name of the type, subject of the table. */
const STATES: ReadonlyMap<string, string> = new Map([
  ["JobStatus", "job"],
  ["SessionPhase", "session"],
]);

/** What people call the protocol of this draft: "ARCP 1.1", or "ARCP 1.0 (draft 02)" where the two are counted apart. */
export function titleOf({ revision, version }: Model): string {
  return revision === version ? `ARCP ${version}` : `ARCP ${version} (draft ${revision})`;
}

/**
 * Where a message that belongs to a job names it: in the payload if that requires a `job_id`, in either place if
 * it only has one, else in the envelope.
 */
export function jobIn({ job, schema }: Message): "envelope" | "either" | "payload" | undefined {
  if (!job) return undefined;
  const { properties = {}, required = [] } = schema.schema;
  if (required.includes("job_id")) return "payload";
  return Object.hasOwn(properties, "job_id") ? "either" : "envelope";
}

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
