import { strangerAmong } from "./model-links.js";
import type { Expected } from "./model.js";
import { isObject } from "./pointers.js";
import { flag, json, list, map, object, optional, sayMisfit, text, whole, word } from "./shape.js";
import type { Shape } from "./shape.js";
import type { Fault, Sequence, SequenceStep } from "./walks.js";

type With<Member extends string> = Extract<SequenceStep, { readonly [name in Member]: unknown }>;

export const side = word("client", "runtime");

const remembered = { binds: optional(list(text)), becomes: optional(map(text)) };
const message = object<With<"type">>({ from: side, type: text, members: map(json), ...remembered });
const frame = object<With<"from" | "text">>({ from: side, text, ...remembered });
const event = object<With<"event">>({ event: text, text: optional(text), ...remembered });

/** A step, by the members that it has: an event, a frame as it is, or else a message. */
export const step: Shape = (value) => {
  const has = (name: string): boolean => isObject(value) && name in value;
  if (has("event")) return event(value);
  return has("text") ? frame(value) : message(value);
};

export const expected = object<Expected>({
  requirements: list(text),
  type: text,
  code: optional(text),
  details: optional(map(json)),
  ends: flag,
});

const fault = object<Fault>({
  id: text,
  at: whole(0, Number.MAX_SAFE_INTEGER),
  side,
  breaks: list(text),
  expect: optional(expected),
  pointer: optional(text),
});

const sequence = object<Sequence>({
  id: text,
  revision: optional(text),
  steps: list(step),
  given: list(text),
  fault: optional(fault),
});

/**
 * A sequence as it is asked for, with messages that a revision has.
 *
 * @throws TypeError for what is none, RangeError for one of another revision
 */
export function sequenceFrom(
  given: unknown,
  revision: string,
  types: Pick<ReadonlySet<string>, "has">,
): Sequence {
  const misfit = sequence(given);
  if (misfit !== undefined) throw new TypeError(`sequence: ${sayMisfit(misfit)}`);
  const found = given as Sequence;
  if (found.revision !== undefined && found.revision !== revision) {
    throw new RangeError(
      `sequence: ${found.id} is one of draft ${found.revision}, and this plays ${revision}: make it with the same model`,
    );
  }
  const stranger = strangerAmong(found.steps, types);
  if (stranger === undefined) return found;
  throw new RangeError(
    `sequence: ${sayMisfit(stranger)} of draft ${revision}; to send a message of it all the same, write it out as the \`text\` of a step`,
  );
}
