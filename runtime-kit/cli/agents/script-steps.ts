/** Reads the program of `conformance.script`; what is wrong with a step ends the job when its turn comes. */
import type { ScriptStep } from "../../../conformance/script.js";

/** A step whose members have the types that they should have. */
export type Step = ScriptStep;

type MemberType = "string" | "number" | "boolean" | "object" | "any";

/** The members of each step; a `?` may be absent. The compiler sees that no step is forgotten. */
const MEMBERS: Readonly<
  Record<ScriptStep["op"], Readonly<Record<string, `${MemberType}${"" | "?"}`>>>
> = {
  emit: { kind: "string", body: "object", pad: "number?" },
  print: { text: "string" },
  burst: { count: "number" },
  whoami: {},
  sleep: { ms: "number" },
  gate: { name: "string" },
  open: { name: "string" },
  op: { namespace: "string", target: "string", call_id: "string" },
  cost: { value: "any", unit: "string?", name: "string?", call_id: "string" },
  delegate: {
    ...{ delegate_id: "string", steps: "any", agent: "string?", lease: "object?" },
    ...{ expires_at: "string?", wait: "boolean?" },
  },
  chunk: { data: "string", encoding: "string?", repeat: "number?" },
  rotate: {},
  present: { value: "string", call_id: "string" },
  "await-cancel": {},
  return: { value: "any?" },
  throw: { message: "string", code: "string?", retryable: "boolean?" },
};

/** The steps, one after the other. Throws a `TypeError` where one is none. */
export function* readProgram(input: unknown): Generator<Step> {
  const steps: unknown = isObject(input) ? input["steps"] : undefined;
  if (!Array.isArray(steps)) throw new TypeError("the input must be { steps: [...] }");
  for (const [at, step] of steps.entries()) yield readStep(step, at);
}

function readStep(step: unknown, at: number): Step {
  const op: unknown = isObject(step) ? step["op"] : undefined;
  if (!isObject(step) || typeof op !== "string" || !Object.hasOwn(MEMBERS, op)) {
    throw new TypeError(`step ${at}: no such op`);
  }
  for (const [name, type] of Object.entries(MEMBERS[op as ScriptStep["op"]])) {
    if (!fits(step[name], type)) throw new TypeError(`step ${at}: ${name} must be ${type}`);
  }
  if (op === "chunk" && ![undefined, "utf8", "base64"].includes(step["encoding"] as string)) {
    throw new TypeError(`step ${at}: encoding must be utf8 or base64`);
  }
  if (op === "cost" && !isValue(step["value"])) {
    throw new TypeError(`step ${at}: value must be a number, NaN, Infinity or -Infinity`);
  }
  return step as unknown as Step;
}

function isValue(value: unknown): boolean {
  return typeof value === "number" || ["NaN", "Infinity", "-Infinity"].includes(value as string);
}

function fits(value: unknown, type: `${MemberType}${"" | "?"}`): boolean {
  if (value === undefined && type.endsWith("?")) return true;
  const wanted = type.replace("?", "");
  if (wanted === "any") return true;
  if (wanted === "object") return isObject(value);
  if (wanted === "number") return typeof value === "number" && value >= 0;
  return typeof value === wanted;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
