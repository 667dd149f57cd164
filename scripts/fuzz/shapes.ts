/** The validators and the decoder of the wire, against messages that are made from the model. */
import { isDeepStrictEqual } from "node:util";
import { decode } from "../../runtime-kit/wire/decode.js";
import type { Decoded } from "../../runtime-kit/wire/decode.js";
import { encode } from "../../runtime-kit/wire/encode.js";
import type { JsonObject, Violation } from "../../runtime-kit/fuzzing/index.js";
import { CURRENT, REVISIONS, revision } from "./models.js";
import type { Revision, Verdict } from "./models.js";
import { target } from "./target.js";
import type { Input, Target } from "./target.js";

/** The message that an input stands for: revision, constraint, seed. */
function violationOf([name, id = "", seed]: Input): Violation | undefined {
  const fuzz = revision(name)?.fuzz;
  const known = fuzz?.constraints.some((one) => one.id === id) === true;
  return known ? fuzz.violation(id, Number(seed)) : undefined;
}

/** What validates, and what decodes. */
interface Gate {
  validate(of: Revision, value: unknown): Verdict;
  decode(text: string): Decoded;
}

const gate: Gate = { validate: (of, value) => of.validate(value), decode: (text) => decode(text) };

/** A gate that says something else of what breaks one keyword. */
function blind(keyword: string, instead: (value: unknown, said: Verdict) => Verdict): Gate {
  return {
    ...gate,
    validate(of, value) {
      const said = of.validate(value);
      return said.kind === "invalid" && said.problems[0]?.code === keyword
        ? instead(value, said)
        : said;
    },
  };
}

const violations = target<Gate>({
  name: "violations",
  make(random) {
    const { name, fuzz } = random.pick(REVISIONS);
    const constraint = random.pick(fuzz.constraints.filter((one) => one.inseparable === undefined));
    return [name, constraint.id, String(random.between(0, 2 ** 30))];
  },
  subject: gate,
  check(subject, input) {
    const of = revision(input[0]);
    const violation = violationOf(input);
    if (of === undefined || violation === undefined) return undefined;
    const { pointer, keyword, section, choice, message } = violation;
    const text = JSON.stringify(message);
    const wrong = (what: string): string => `${what}, for ${text}`;
    const said = subject.validate(of, JSON.parse(text));
    if (said.kind !== "invalid") return wrong(`${pointer} ${keyword} is let pass`);
    const [first, ...more] = said.problems;
    if (first?.path !== pointer || first.code !== keyword) {
      return wrong(`${pointer} ${keyword} is ${first?.path} ${first?.code}`);
    }
    if (first.section !== section) return wrong(`§${section} is §${first.section}`);
    const other = more.find(({ path, code }) => path !== choice || !code.endsWith("Of"));
    if (other !== undefined) return wrong(`${other.path} ${other.code} is found as well`);
    return of === CURRENT ? decoded(subject, violation, text, wrong) : undefined;
  },
  bugs: {
    "lengths that nobody counts": blind("maxLength", () => ({ kind: "known" })),
    "an expression that lets a line end pass": blind("pattern", (value, said) =>
      / *\\n"/.test(JSON.stringify(value)) ? { kind: "known" } : said,
    ),
    "a missing member that is told of where it is not": blind("required", (_, said) => {
      const problems = said.kind === "invalid" ? said.problems : [];
      const up = problems.map((one) => ({ ...one, path: one.path.replace(/\/[^/]*$/, "") }));
      return { kind: "invalid", problems: up };
    }),
    "numbers that may be one too small": blind("minimum", () => ({ kind: "known" })),
    "a fault that does not name its request": {
      ...gate,
      decode(text) {
        const said = decode(text);
        return said.ok ? said : { ok: false, fault: { ...said.fault, requestId: undefined } };
      },
    },
  },
});

/** What the decoder makes of it: the same place, and the request by its id. */
function decoded(
  subject: Gate,
  { pointer, keyword, tolerated, message }: Violation,
  text: string,
  wrong: (what: string) => string,
): string | undefined {
  const said = subject.decode(text);
  if (said.ok) return tolerated === undefined ? wrong("it is decoded") : undefined;
  if (tolerated !== undefined) return wrong(`it is refused in spite of ${tolerated}`);
  const { path, keyword: found } = said.fault.details;
  // A job that is named twice, and once wrongly, is told of as named twice.
  if (found !== undefined && (path !== pointer || found !== keyword)) {
    return wrong(`decoded, ${pointer} ${keyword} is ${String(path)} ${String(found)}`);
  }
  const id = (message as { readonly id?: unknown } | null)?.id;
  if (pointer === "" || pointer === "/id") return undefined;
  return said.fault.requestId === id ? undefined : wrong("the fault does not name its request");
}

const messages = target<Gate>({
  name: "messages",
  make(random) {
    const { name, fuzz } = random.pick(REVISIONS);
    return [name, random.pick(fuzz.names), String(random.between(0, 2 ** 30))];
  },
  subject: gate,
  check(subject, [name, of = "", seed]) {
    const draft = revision(name);
    if (draft === undefined || !draft.fuzz.names.includes(of)) return undefined;
    const message = draft.fuzz.valid(of, Number(seed)).next().value;
    const text = JSON.stringify(message);
    const verdict = subject.validate(draft, JSON.parse(text));
    if (verdict.kind !== "known") return `it is ${verdict.kind}: ${text}`;
    if (draft !== CURRENT) return undefined;
    const said = subject.decode(text);
    if (!said.ok) return `it is not decoded: ${said.fault.message}: ${text}`;
    if (!said.known) return `its type is not known: ${text}`;
    const again = subject.decode(encode(said.message));
    if (!again.ok || !isDeepStrictEqual(again.message, said.message)) {
      return `it is another one once it is encoded: ${text}`;
    }
    return isDeepStrictEqual(plain(said.message, message), plain(message, message))
      ? undefined
      : `it is another one once it is decoded: ${text}`;
  },
  bugs: {
    "members that are unknown and refused": {
      ...gate,
      decode(text) {
        const said = decode(text);
        return said.ok && JSON.stringify(said.message).includes('"tomorrow":')
          ? decode(text.slice(1))
          : said;
      },
    },
    "texts that are counted in units of UTF-16": {
      ...gate,
      validate: (of, value) =>
        Object.values(value as JsonObject).some(
          (one) => typeof one === "string" && one.length > 128,
        )
          ? { kind: "invalid", problems: [] }
          : of.validate(value),
    },
    "a name that is taken for a prototype": {
      ...gate,
      decode(text) {
        const said = decode(text);
        if (!said.ok || !said.known) return said;
        const copy: Record<string, unknown> = {};
        for (const [key, member] of Object.entries(said.message)) copy[key] = member;
        return { ...said, message: copy as never };
      },
    },
    "an optional member that has to be there": {
      ...gate,
      validate: (of, value) =>
        (value as JsonObject)["session_id"] === undefined
          ? { kind: "invalid", problems: [] }
          : of.validate(value),
    },
  },
});

/** A message as it was sent: without the job that the decoder wrote into the other place. */
function plain(message: object, sent: JsonObject): object {
  const { job_id: job, payload, ...envelope } = message as JsonObject;
  const { job_id: inner, ...rest } = payload as JsonObject;
  const inside = (sent["payload"] as JsonObject)["job_id"] === undefined ? {} : { inner };
  const outside = sent["job_id"] === undefined ? {} : { job };
  return { ...envelope, ...outside, payload: { ...rest, ...inside } };
}

export const SHAPES: readonly Target[] = [violations, messages];
