import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { GrammarRule, Model } from "../../model/types.js";
import { fuzzer } from "../../../runtime-kit/fuzzing/index.js";
import { load } from "../load.js";
import { REVISIONS } from "../generated-drafts.js";
import { SINK, sampleModel } from "../testing.js";
import { emitValidate } from "../validate/emit.js";
import { constraintsOf } from "./constraints.js";
import { emitFuzz } from "./emit.js";
import { rulesOf } from "./languages.js";
import { misstepsOf } from "./missteps.js";
import { movesOf } from "./moves.js";
import { givenIn, readSteps } from "./steps.js";

const at = { position: { file: "a.md", line: 1, column: 1 }, section: "1" };

describe.each(REVISIONS)("fuzz/ of draft %s", (name, folder) => {
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, folder), "utf8")) as object;

  it("has the form that format.schema.json describes", () => {
    const format = new Ajv2020({ strict: true }).compile(read("fuzz/format.schema.json"));
    const model = read("fuzz/model.json");
    expect(format(model), JSON.stringify(format.errors)).toBe(true);
    expect(model).toMatchObject({ form: 1, revision: name });
    expect(format({ ...model, form: 2 })).toBe(false);
    expect(format({ ...model, moves: [{}] })).toBe(false);
  });

  it("names each constraint once", () => {
    const { constraints } = read("fuzz/model.json") as { constraints: { id: string }[] };
    expect(new Set(constraints.map(({ id }) => id)).size).toBe(constraints.length);
  });
});

describe("constraints of a protocol that uses every keyword", () => {
  const constraints = constraintsOf(sampleModel());
  const of = (member: string) =>
    constraints.filter(({ pointer }) => pointer === `/payload/${member}`);

  it("are listed for every member, with the reason where none can be broken alone", () => {
    for (const member of Object.keys(SINK.properties ?? {})) {
      const pointer = `/payload/${member.replace(/~/g, "~0").replace(/\//g, "~1")}`;
      expect(
        constraints.some((one) => one.pointer === pointer && one.of === "kitchen.sink"),
        member,
      ).toBe(true);
    }
    const reasons = constraints.filter(({ inseparable }) => inseparable !== undefined);
    expect(reasons.map(({ pointer, keyword }) => `${pointer} ${keyword}`)).toEqual([
      "/payload/number maximum",
      "/payload/number exclusiveMinimum",
      "/payload/map propertyNames",
      "/payload/both allOf",
      "/payload/never not",
      "/payload/choice if",
    ]);
  });

  it("are broken one by one, as its validators see it", async () => {
    const model = straight(sampleModel());
    const exports = await load(emitValidate(model), "validate/index.ts");
    const validate = exports["validateMessage"] as (typeof REVISIONS)[number][2]["validateMessage"];
    const fuzz = fuzzer(JSON.parse(emitFuzz(model)[0]!.text));
    // Others than those of the drafts, and what holds an opaque keyword is no valid message by itself.
    const free = ["both", "never", "choice", "map"].map((name) => `kitchen.sink/payload/${name}`);
    const asked = constraints.filter(
      ({ id, inseparable }) => inseparable === undefined && !free.some((one) => id.startsWith(one)),
    );
    for (const { id, pointer, keyword } of asked) {
      const violation = fuzz.violation(id, 3);
      expect(violation, id).toBeDefined();
      const result = validate(without(violation!.message, "both", "never", "choice", "map"));
      const problems = result.kind === "invalid" ? result.problems : [];
      expect(problems[0]?.code, id).toBe(keyword);
      expect(problems[0]?.path.split("/"), id).toHaveLength(pointer.split("/").length);
    }
  });

  it("know the choice that they stand in, and that a looser limit breaks nothing alone", () => {
    expect(constraints.find(({ pointer }) => pointer === "/payload/either/name")).toMatchObject({
      keyword: "required",
      choice: "/payload/either",
    });
    expect(of("number").find(({ keyword }) => keyword === "exclusiveMinimum")?.inseparable).toBe(
      "minimum refuses whatever breaks it",
    );
    expect(of("number").find(({ keyword }) => keyword === "maximum")?.inseparable).toBe(
      "exclusiveMaximum refuses whatever breaks it",
    );
    expect(of("never").find(({ keyword }) => keyword === "not")?.inseparable).toBeDefined();
  });

  it("end where a definition is within itself", () => {
    const deep = constraints.map(({ pointer }) => pointer).filter((one) => one.includes("/tree/"));
    expect(deep).toEqual(["/payload/tree/name", "/payload/tree/name", "/payload/tree/children"]);
  });
});

describe("steps", () => {
  const model = sampleModel();

  it("are read as a trace is written, a message that goes on in another line too", () => {
    expect(
      readSteps(
        model,
        "*** connect ***\n  C > R  job.submit { agent: $A,\n    input: 1 }\nR > C  session.error {}",
      ),
    ).toEqual([
      { event: "connect" },
      { from: "client", type: "job.submit", members: { agent: { $: "A" }, input: 1 } },
      { from: "runtime", type: "session.error", members: {} },
    ]);
    expect(readSteps(model, "C > R  job.fly {}")).toBeUndefined();
    expect(() => readSteps(model, "C > R  job.submit { agent: }")).toThrow("is no value");
    expect(() => readSteps(model, "Hello")).toThrow('"Hello" is no step');
  });

  it("tell what the client knows before the runtime has shown it", () => {
    const text =
      "C > R  job.submit { agent: $A }\nR > C  session.error { code: $E }\nC > R  job.cancel { job_id: $E, x: [$J] }";
    expect(givenIn(readSteps(model, text)!)).toEqual(["A", "J"]);
  });

  it("leave no trigger out without a word", () => {
    const { moves, unwalked } = movesOf(model);
    const triggers = model.machines.flatMap(({ subject, transitions }) =>
      transitions.map(({ on }) => `${subject} ${on}`),
    );
    const told = [...moves, ...unwalked].map(({ machine, on }) => `${machine} ${on}`);
    expect(told.sort()).toEqual(triggers.sort());
    expect(unwalked[0]?.why).toBe("nobody has said what it looks like on the wire");
  });

  it("are missteps only where the revision says so", () => {
    const requirement = model.requirements[0]!;
    const having = (...ids: string[]): Model => ({
      ...model,
      requirements: ids.map((id) => ({ ...requirement, id })),
    });
    expect(misstepsOf(having()).map(({ id }) => id)).toEqual([]);
    expect(misstepsOf(having("SUB-11")).map(({ id }) => id)).toEqual([]);
    const [misstep, ...more] = misstepsOf(having("SUB-11", "SERR-05"));
    expect(more).toEqual([]);
    expect(misstep).toMatchObject({
      id: "unknown-agent",
      expect: { requirements: ["SUB-11", "SERR-05"], code: "AGENT_NOT_AVAILABLE", ends: false },
    });
    // What is broken is known, and what comes of it is not.
    expect(misstepsOf(having("ENC-01"))).toMatchObject([{ id: "not-json", breaks: ["ENC-01"] }]);
    expect(misstepsOf(having("ENC-01"))[0]).not.toHaveProperty("expect");
  });
});

describe("rules", () => {
  const rule = (name: string, expression: string): GrammarRule => ({ name, expression, ...at });

  it("that are no regular language are kept, with the reason", () => {
    const rules = [rule("Nested", '"(" [ Nested ] ")"'), rule("Word", "1*ALPHA")];
    expect(rulesOf({ ...sampleModel(), rules })).toMatchObject([
      { name: "Nested", undecided: "Nested is recursive" },
      { name: "Word", accept: [1] },
    ]);
  });

  it("and all else stand in one file that is the same every time", () => {
    const [model] = emitFuzz(sampleModel());
    expect(emitFuzz(structuredClone(sampleModel()))[0]).toEqual(model);
  });
});

/** A model without the definition that is within itself: no draft has one, and a fuzzer refuses it. */
function straight(model: Model): Model {
  const circle = '"items":{"$ref":"#/$defs/Tree"}';
  return JSON.parse(JSON.stringify(model).replace(circle, '"items":{}')) as Model;
}

/** A message without members of its payload. */
function without(message: unknown, ...names: string[]): unknown {
  const { payload, ...envelope } = message as { readonly payload?: unknown };
  if (typeof payload !== "object" || payload === null) return message;
  const kept = Object.entries(payload).filter(([name]) => !names.includes(name));
  return { ...envelope, payload: Object.fromEntries(kept) };
}
