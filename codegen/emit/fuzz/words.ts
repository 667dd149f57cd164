/** Whether a revision has the words that a text of ours says: what is written by hand does not change with the draft. */
import { isVendor } from "../../model/draft.js";
import { nearestNames } from "../../model/spelling.js";
import { strangersIn } from "../../model/strangers.js";
import type { Model, Position, SchemaBlock } from "../../model/types.js";
import { readSteps } from "./steps.js";
import type { Step } from "./steps.js";

/** A text that says what the revision has not. */
export interface Unknown {
  /** "the misstep other-version" */
  readonly what: string;
  readonly why: string;
  /** Of what in the draft asks for it. */
  readonly position: Position;
}

/** So many of the names that are known are offered. */
const OFFERED = 3;

/**
 * The steps of the first text that the revision has the words for. If there is none: the first whose messages it
 * has, and `why` it has not the rest.
 */
export function readFirst(
  model: Model,
  texts: readonly string[],
): { readonly steps?: readonly Step[]; readonly why?: string } {
  let second: { readonly steps?: readonly Step[]; readonly why: string } | undefined;
  for (const text of texts) {
    const steps = readSteps(model, text);
    const why = steps === undefined ? unknownMessage(model, text) : unknownWord(model, steps);
    if (steps !== undefined && why === undefined) return { steps };
    if (second?.steps === undefined && why !== undefined) second = { ...(steps && { steps }), why };
  }
  return second ?? {};
}

/** The first message of a text that the revision does not declare, in a sentence. */
function unknownMessage({ messages }: Model, text: string): string {
  const declared = messages.map(({ type }) => type);
  const named = [...text.matchAll(/^\s*[CR] > [CR]\s+(\S+)/gm)].map(([, type = ""]) => type);
  const type = named.find((one) => !declared.includes(one)) ?? "";
  return `there is no message ${type}; nearest: ${nearestNames(type, declared, OFFERED).join(", ")}`;
}

/** The first word of some steps that the revision does not have, in a sentence; undefined if it has them all. */
function unknownWord(model: Model, steps: readonly Step[]): string | undefined {
  for (const step of steps) {
    if (!("type" in step)) continue;
    const row = model.messages.find(({ type }) => type === step.type);
    if (row === undefined) continue;
    const { kind, code } = step.members;
    const event = model.kinds.find((one) => one.kind === kind);
    if (typeof kind === "string" && event === undefined) return `there is no event kind ${kind}`;
    const missing = typeof code === "string" ? unknownCode(model, code) : undefined;
    if (missing !== undefined) return missing;
    const blocks = blocksOf(model);
    const beside = [{ anyOf: [row.schema.schema, model.envelope.schema] }];
    const members = Object.fromEntries(Object.entries(step.members).map(placed));
    const body = event === undefined ? [] : [event.schema.schema];
    const [found] = [
      ...strangersIn(members, beside, blocks),
      ...strangersIn(members["body"], body, blocks, "/body"),
    ];
    // A revision without flags is told of none: an empty list, which whoever does not know it passes over.
    if (found === undefined || (found.key === "features" && model.features.length === 0)) continue;
    const near = nearestNames(found.key, found.known, OFFERED).join(", ");
    return `no schema of ${step.type} knows ${found.parent}/${found.key}; nearest there: ${near}`;
  }
  return undefined;
}

/** That the revision does not declare a code, in a sentence; undefined if it does. */
export function unknownCode(model: Model, code: string | undefined): string | undefined {
  if (code === undefined || isVendor(code) || model.errors.some((row) => row.code === code))
    return undefined;
  return `there is no error code ${code}`;
}

/** A pointer into the payload, as what it points at. */
function placed([name, value]: [string, unknown]): [string, unknown] {
  const [first, ...inner] = name.replace(/^\/payload\//, "").split("/");
  return [first!, inner.reduceRight((of, key) => ({ [key]: of }), value)];
}

function blocksOf({ definitions }: Model): ReadonlyMap<string, SchemaBlock> {
  return new Map(definitions.map(({ name, schema }) => [name, schema]));
}
