import type { Model, Trace } from "../../model/types.js";
import { readMembers } from "../../parse/members.js";
import type { Member } from "../../parse/members.js";

type Side = "client" | "runtime";

/** A message that one side sends: what matters of it; members of envelope and payload side by side. */
interface MessageStep {
  readonly from: Side;
  readonly type: string;
  /** `{ "$": "J" }` is whatever stands there the first time. A name that begins with `/` is a pointer. */
  readonly members: Readonly<Record<string, Member>>;
}

/** A frame that one side sends as it is. */
interface TextStep {
  readonly from: Side;
  readonly text: string;
}

/** Something that is no message: `connect`, `drop`, `end`, what an agent does, or `other` in words. */
interface EventStep {
  readonly event: string;
  readonly text?: string;
}

export type Step = MessageStep | TextStep | EventStep;

const SIDES = { C: "client", R: "runtime" } as const;

const LINE =
  /^\s*(?:\*\*\*\s*(?<event>.*?)\s*\*\*\*|(?<from>[CR]) > [CR]\s+(?<type>\S+)\s*(?<rest>.*))$/;

/**
 * Reads steps that are written as in a trace block. A message of a type that the revision does not have: then
 * none of it is there.
 */
export function readSteps(model: Model, text: string): Step[] | undefined {
  const lines = text.replace(/\n\s*(?=[^\s*CR])/g, " ").split("\n");
  const steps: Step[] = [];
  for (const line of lines) {
    const { event, from, type = "", rest = "" } = LINE.exec(line)?.groups ?? {};
    if (event !== undefined) steps.push({ event });
    else if (from === "C" || from === "R") {
      if (!model.messages.some((row) => row.type === type)) return undefined;
      const members = readMembers(rest);
      if (typeof members === "string") throw new Error(`${line}: ${members}`);
      steps.push({ from: SIDES[from], type, members });
    } else throw new Error(`"${line}" is no step`);
  }
  return steps;
}

/** The steps of a trace, with what happens between them. */
export function stepsOf({ steps, events }: Trace): Step[] {
  const found: Step[] = [];
  for (let at = 0; at <= steps.length; at += 1) {
    for (const { before, text } of events) if (before === at) found.push(happening(text));
    const step = steps[at];
    if (step === undefined) continue;
    found.push({ from: SIDES[step.from], type: step.type, members: step.members });
  }
  return found;
}

function happening(text: string): EventStep {
  if (/\btransport (?:drops|dropped)\b/.test(text) && !text.startsWith("the session"))
    return { event: "drop", text };
  if (/\bcloses (?:the transport|connection)\b|\bthe transport ends\b/.test(text)) {
    return { event: "end", text };
  }
  return { event: "other", text };
}

/**
 * Captures that a side sends before the other has shown them: what stood before the trace began. They have to
 * be given to whoever plays it against a peer that is alive.
 */
export function givenIn(steps: readonly Step[]): string[] {
  const shown = new Set<string>();
  const given = new Set<string>();
  for (const step of steps) {
    if (!("members" in step)) continue;
    for (const name of capturesIn(step.members)) {
      if (step.from === "client" && !shown.has(name)) given.add(name);
      shown.add(name);
    }
  }
  return [...given];
}

function capturesIn(value: Member | Readonly<Record<string, Member>>): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(capturesIn);
  const { $: name } = value as { readonly $?: Member };
  if (typeof name === "string") return [name];
  return Object.values(value).flatMap(capturesIn);
}
