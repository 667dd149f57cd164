/** The examples of a draft, run through the validators that are made from our schemas. */
import type { Failure } from "../model/validator.js";
import { createChecker } from "../model/validator.js";
import { isObject } from "../model/subset.js";
import type { DraftExample } from "./facts.js";
import { envelopeKeys } from "./ours.js";
import type { Ours } from "./ours.js";

export interface ExampleRun {
  readonly of: string | undefined;
  readonly step: boolean;
  readonly line: number;
  readonly hash: string;
  /** `unknown`: there is no schema of ours to run it against. */
  readonly outcome: "valid" | "invalid" | "unknown";
  readonly failures: readonly Failure[];
  /** Members of the envelope that the draft leaves out and one of our examples lent. */
  readonly filled: readonly string[];
}

type Members = Readonly<Record<string, unknown>>;

/** Runs each. Nothing is said about places that the draft leaves open, and in a sequence about members left out. */
export function runExamples(examples: readonly DraftExample[], ours: Ours): ExampleRun[] {
  const checker = createChecker(ours.draft);
  return examples.map((example) => {
    const { of, step, line, hash } = example;
    const { value, elided } = step ? asMessage(example, ours) : example;
    const { value: whole, filled } =
      of === undefined ? { value, filled: [] } : fill(of, value, ours);
    const failures = of === undefined ? undefined : checker.check(of, whole);
    if (failures === undefined)
      return { of, step, line, hash, outcome: "unknown", failures: [], filled };
    const counted = failures.filter(
      ({ pointer, keyword }) =>
        !(step && keyword === "required") &&
        !elided.some((open) => pointer === open || pointer.startsWith(`${open}/`)),
    );
    const outcome = counted.length === 0 ? "valid" : "invalid";
    return { of, step, line, hash, outcome, failures: counted, filled };
  });
}

/** The members of a step, sorted into the envelope and the payload, with the pointers that move along. */
function asMessage(
  { of = "", value, elided }: DraftExample,
  ours: Ours,
): Pick<DraftExample, "value" | "elided"> {
  if (!isObject(value)) return { value, elided };
  const outer = envelopeKeys(of, ours);
  const inside = ([key]: [string, unknown]): boolean => !outer.has(key);
  const envelope = Object.fromEntries(Object.entries(value).filter((entry) => !inside(entry)));
  const payload = Object.fromEntries(Object.entries(value).filter(inside));
  return {
    value: { ...envelope, type: of, payload },
    elided: elided.map((pointer) =>
      outer.has(pointer.split("/")[1] ?? "") ? pointer : `/payload${pointer}`,
    ),
  };
}

/** Puts what the envelope lacks, from a valid example of our own: drafts shorten theirs to what matters. */
function fill(
  of: string,
  value: unknown,
  ours: Ours,
): { value: unknown; filled: readonly string[] } {
  const model = ours.draft.examples.find(
    (example) => example.of === of && example.invalid === undefined,
  );
  if (!isObject(value) || !isObject(model?.value)) return { value, filled: [] };
  const lent: Members = model.value;
  const message = ours.messages.has(of) || of === "Envelope";
  if (!message && !ours.kinds.has(of)) return { value, filled: [] };
  const payload: unknown = value["payload"];
  const named = isObject(payload) && Object.hasOwn(payload, "job_id");
  const filled = Object.keys(lent).filter(
    (key) =>
      !Object.hasOwn(value, key) &&
      key !== "body" &&
      (message || key !== "payload") &&
      !(key === "job_id" && named),
  );
  return {
    value: { ...Object.fromEntries(filled.map((key) => [key, lent[key]])), ...value },
    filled,
  };
}
