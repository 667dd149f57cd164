/** Whatever is wrong is told in a sentence of ours: what, where, and what is wanted. No error of the engine gets out. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { REVISIONS } from "../../codegen/emit/generated-drafts.js";
import { DRAFT, PROTOCOL_VERSION } from "../../generated/current/constants.js";
import { namesIn, withValue } from "./pointers.js";
import { randomOf } from "./random.js";
import type { Random } from "./random.js";
import { fuzzer } from "./index.js";
import type { Fuzzer, Sequence } from "./index.js";

type Json = Record<string, unknown>;

const read = (file: string, folder: URL) =>
  JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Json;
const models = new Map(REVISIONS.map(([name, folder]) => [name, read("fuzz/model.json", folder)]));
const model = models.get(DRAFT)!;
const fuzz = fuzzer(model);
/** The names of this test are those of this draft. */
const draft = models.get("1.1")!;

const take = <T>(many: Iterable<T>, count: number): T[] => {
  const found: T[] = [];
  for (const one of many) if (found.push(one) === count) break;
  return found;
};
const [sequence] = take(fuzz.sequences(1, { kind: "client" }), 1) as [Sequence];

const circular: Json = {};
circular["self"] = circular;
const WRONG: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  "a number": 5,
  "an object": {},
  "an array": [],
  "a name": "nobody",
  "what JSON cannot write": circular,
  "a bigint": [5n],
};

const ID = "job.submit/payload/agent#pattern";
const SEED = /^seed: a whole number from 0/;
const SEEDS = ["undefined", "a number"];

type Ask = (value: never) => unknown;

type Argument = readonly [what: string, ask: Ask, says: RegExp, takes?: readonly string[]];

/** Each argument of each method: the error for it, and what of the wrong ones is right there. */
const ARGUMENTS: readonly Argument[] = [
  ["fuzzer(model)", (it) => fuzzer(it), /^a fuzzer is made from what /],
  ["matches(rule)", (it) => fuzz.matches(it, "a"), /^(?:rule: a text, not|nobody is no rule)/],
  ["matches(, text)", (it) => fuzz.matches("AgentRef", it), /^text: a text/, ["a name"]],
  ["strings(rule)", (it) => fuzz.strings(it), /^(?:rule: a text, not|nobody is no rule)/],
  ["strings(, seed)", (it) => fuzz.strings("AgentRef", it), SEED, SEEDS],
  ["nearMisses(rule)", (it) => fuzz.nearMisses(it), /^(?:rule: a text, not|nobody is no rule)/],
  ["nearMisses(, seed)", (it) => fuzz.nearMisses("AgentRef", it), SEED, SEEDS],
  ["valid(of)", (it) => fuzz.valid(it), /^(?:of: a text, not|nobody is neither)/],
  ["valid(, seed)", (it) => fuzz.valid("log", it), SEED, SEEDS],
  [
    "violations(of)",
    (it) => fuzz.violations(it),
    /^(?:of: a text, not|nobody is neither)/,
    ["undefined"],
  ],
  ["violations(, seed)", (it) => fuzz.violations("log", it), SEED, SEEDS],
  ["violation(id)", (it) => fuzz.violation(it), /^(?:constraint: a text, not|nobody is no con)/],
  ["violation(, seed)", (it) => fuzz.violation(ID, it), SEED, SEEDS],
  ["sequences(seed)", (it) => fuzz.sequences(it), SEED, SEEDS],
  [
    "sequences(, options)",
    (it) => fuzz.sequences(1, it),
    /^options: (?:an object with kind|kind, not)/,
    ["undefined", "an object"],
  ],
  ["play(sequence)", (it) => fuzz.play(it, { side: "client" }), /^sequence: (?:an object|\/id: )/],
  [
    "play(, options)",
    (it) => fuzz.play(sequence, it),
    /^(?:options: (?:an object with )?side, seed, bindings, not|side: one of)/,
  ],
  ["script(sequence)", (it) => fuzz.script(it), /^sequence: (?:an object|\/id: )/],
  [
    "script(, options)",
    (it) => fuzz.script(sequence, it),
    /^options: (?:an object with )?seed, bindings, not/,
    ["undefined", "an object"],
  ],
];

describe("a wrong argument is named, in the call", () => {
  it("of every method", () => {
    const methods = Object.entries(fuzz).filter(([, one]) => typeof one === "function");
    const tried = ARGUMENTS.map(([what]) => what.replace(/\(.*/, ""));
    expect(new Set(tried)).toEqual(new Set(["fuzzer", ...methods.map(([name]) => name)]));
  });

  it.each(ARGUMENTS.map((one) => [one[0], one] as const))("%s", (_, [, ask, says, takes = []]) => {
    for (const [name, value] of Object.entries(WRONG)) {
      if (takes.includes(name)) expect(() => ask(value as never), name).not.toThrow();
      else expect(() => ask(value as never), name).toThrow(says);
    }
  });

  it("a message that a player is handed is told as wrong, whatever it is", () => {
    const own: Sequence = {
      id: "own",
      given: [],
      steps: [{ from: "runtime", type: "session.pong", members: { ping_nonce: { $: "N" } } }],
    };
    const says = (value: unknown): string | undefined => {
      const player = fuzz.play(own, { side: "client" });
      expect(() => player.receive(value)).toThrow("nothing is waited for: ask next() first");
      player.next();
      return player.receive(value);
    };
    for (const [name, value] of Object.entries(WRONG)) {
      expect(says(value), name).toMatch(/^step 0: .* came in the place of session\.pong$/);
    }
    const pong = { arcp: PROTOCOL_VERSION, id: "r", type: "session.pong" };
    expect(says(pong)).toBe("step 0: /payload required");
    expect(says({ ...pong, type: { toString: 1 } })).toBe(
      'step 0: a message of type {"toString":1} came in the place of session.pong',
    );
    expect(says({ ...pong, payload: null })).toBe("step 0: /payload type");
    expect(says({ ...pong, payload: { ping_nonce: 5n } })).toBe(
      "step 0: /payload/ping_nonce: a value of JSON, not a bigint",
    );
    expect(says({ ...pong, payload: { ping_nonce: "n", x: undefined } })).toBe(
      "step 0: /payload/x: a value of JSON, not undefined",
    );
    expect(says({ ...pong, payload: { ping_nonce: "n", x: circular } })).toMatch(
      /^step 0: \/payload\/x(?:\/self)+: at most \d+ levels, not more$/,
    );
    expect(says({ ...pong, payload: { ping_nonce: "n", kind: "log" } })).toBeUndefined();
  });
});

describe("a sequence", () => {
  const play = (given: unknown) => fuzz.play(given as Sequence, { side: "both" });

  it("of another revision is refused, by its name or by its messages", () => {
    for (const [name, older] of models) {
      const [other] = take(fuzzer(older).sequences(3), 1) as [Sequence];
      expect(other.revision).toBe(name);
      if (name === DRAFT) expect(() => play(other)).not.toThrow();
      else {
        const refused = `is one of draft ${name}, and this plays ${DRAFT}: make it with the same model`;
        expect(() => play(other)).toThrow(RangeError);
        expect(() => play(other)).toThrow(refused);
      }
    }
    const steps = [{ from: "client", type: "job.fly", members: {} }];
    expect(() => play({ id: "x", given: [], steps })).toThrow(
      new RangeError(
        `sequence: /steps/0/type: "job.fly" is no type of draft ${fuzz.revision}; to send a message of it all the same, write it out as the \`text\` of a step`,
      ),
    );
  });

  it("sends a message of a type that nobody has as a frame", () => {
    const text = JSON.stringify({ arcp: PROTOCOL_VERSION, id: "m", type: "job.fly", payload: {} });
    const [turn] = fuzz.script({ id: "x", given: [], steps: [{ from: "client", text }] });
    expect(turn).toEqual({ do: "send", from: "client", frame: text, step: 0 });
  });

  it("has no step that says two things, or nothing", () => {
    const steps = [{ event: undefined, from: "client", type: "session.ping", members: {} }];
    expect(() => play({ id: "x", given: [], steps })).toThrow(
      new TypeError("sequence: /steps/0/event: a text, not undefined"),
    );
    expect(() => play({ id: "x", given: [], steps: [{}] })).toThrow(
      new TypeError('sequence: /steps/0/from: one of "client", "runtime", not undefined'),
    );
  });

  it("with anything of another shape in it is refused, or is played", () => {
    const random = randomOf(5);
    const outcomes = new Set<string>();
    for (const original of take(fuzz.sequences(21), 40)) {
      const changed = structuredClone(original) as unknown as Json;
      for (const [holder, name] of placesIn(changed)) {
        if (random.chance(50)) continue;
        const undo = change(holder, name, random);
        const error = errorOf(() => void fuzz.script(changed as unknown as Sequence));
        outcomes.add(error === undefined ? "played" : "refused");
        if (error !== undefined)
          expect(error.message, name).toMatch(/^sequence: (?:\/|an object|.* is one of)/);
        undo();
      }
    }
    expect(outcomes).toEqual(new Set(["played", "refused"]));
  });
});

describe("a model", () => {
  const says = (error: string) =>
    new TypeError(
      `the model, ${error}; take fuzz/model.json as it was generated, or mend it there`,
    );

  it.each<readonly [change: Json, error: string]>([
    [{ messages: {} }, "/messages: a list, not {}"],
    [{ messages: [] }, "/messages: a list of at least 1, not []"],
    [{ rules: undefined }, "/rules: a list, not undefined"],
    [{ kinds: [{ kind: "a", section: "1" }] }, "/kinds/0/schema: an object, not undefined"],
    [
      { formats: { "date-time": "(" } },
      "/formats/date-time: Invalid regular expression: /(/u: Unterminated group",
    ],
    [
      { patterns: [{ name: "a", text: "a", accept: [1], edges: [[0, 97]] }] },
      "/patterns/0/edges/0: a list of at least 4, not [0,97]",
    ],
    [
      { rules: [{ name: "a", text: "a", accept: [2], edges: [[0, 97, 97, 1]] }] },
      "/rules/0/edges: no way leads from state 0 to one of /accept",
    ],
    [
      { constraints: [{ id: "a", of: "Lease", pointer: "/a", keyword: "type", section: "1" }] },
      "/constraints/0/of: Lease is no type and no kind",
    ],
    [
      { constraints: [{ id: "a", of: "log", pointer: "/a", keyword: "type", section: "1" }] },
      "/constraints/0: no schema of log asks for type at /a",
    ],
    [
      {
        traces: [
          {
            id: "a",
            section: "1",
            requirements: [],
            given: [],
            steps: [{ from: "client", type: "job.fly", members: {} }],
          },
        ],
      },
      '/traces/0/steps/0/type: "job.fly" is no type',
    ],
  ])("that is not whole is refused, with the place: %o", (change, error) => {
    expect(() => fuzzer({ ...model, ...change })).toThrow(says(error));
  });

  it("needs each of its members, and each of theirs", () => {
    const needed = Object.keys(model).filter((name) => name !== "spec");
    for (const name of needed) {
      const { [name]: _, ...others } = model;
      expect(() => fuzzer(others), name).toThrow(TypeError);
    }
    expect(() => fuzzer({ ...model, definitions: {} })).toThrow(/is none of \/definitions; take/);
    expect(() => fuzzer({ ...model, formats: {} })).toThrow(/date-time is none of \/formats; take/);
    expect(() => fuzzer({ ...model, patterns: [] })).toThrow(/is none of \/patterns; take/);
  });

  it.each<readonly [pointer: string, name: string, error: string]>([
    ["/messages/0/feature", "flight", '"flight" is no flag of /features'],
    ["/messages/0/replies/0", "session.wave", '"session.wave" is no type'],
    ["/kinds/0/feature", "flight", '"flight" is no flag of /features'],
    ["/constraints/0/tolerated", "ENV-14000", '"ENV-14000" is none of /requirements'],
    ["/machines/0/initial", "flying", '"flying" is no state of session'],
    ["/machines/0/terminal/0", "flying", '"flying" is no state of session'],
    ["/machines/0/transitions/1/from", "flying", '"flying" is no state of session'],
    ["/machines/1/transitions/0/to", "flying", '"flying" is no state of job'],
    ["/moves/0/machine", "foo", '"foo" is no subject of /machines'],
    ["/moves/1/on", "helo", '"helo" is no trigger of session'],
    ["/moves/1/binds/0", "X", '"X" is no capture of its steps'],
    ["/moves/1/becomes/T", "T3", '"T3" is no capture of its steps'],
    ["/unwalked/0/on", "discrad", '"discrad" is no trigger of session'],
    ["/missteps/0/in/session", "flying", '"flying" is no state of session'],
    ["/missteps/0/breaks/0", "HELLO-1000", '"HELLO-1000" is none of /requirements'],
    ["/missteps/0/expect/type", "session.eror", '"session.eror" is no type'],
    ["/missteps/0/expect/requirements/0", "X-1", '"X-1" is none of /requirements'],
    ["/traces/0/requirements/0", "X-1", '"X-1" is none of /requirements'],
  ])("names at %s what it has: not %s", (pointer, name, error) => {
    const changed = withValue(draft as never, namesIn(pointer), name);
    expect(() => fuzzer(changed)).toThrow(says(`${pointer}: ${error}`));
  });

  it("names each thing once in its list", () => {
    const lists = ["messages", "kinds", "constraints", "rules", "patterns", "machines", "moves"];
    for (const list of [...lists, "unwalked", "missteps", "traces"]) {
      const rows = draft[list] as readonly Json[];
      const refused = new RegExp(`, /${list}/${rows.length}: ".*" stands in /${list} before; take`);
      expect(() => fuzzer({ ...draft, [list]: [...rows, rows[0]] }), list).toThrow(refused);
    }
  });

  it.each<readonly [edges: readonly (readonly number[])[], error: string]>([
    [[[0, 100, 97, 1]], "/0: its first character, 100, is behind its last"],
    [[[0, 0xd000, 0xd800, 1]], "/0: no text has a character from 55296 to 57343, half of one"],
    [[[0, 0xdfff, 0x10ffff, 1]], "/0: no text has a character from 55296 to 57343, half of one"],
    [
      [
        [0, 98, 100, 1],
        [1, 98, 98, 1],
        [0, 97, 98, 0],
      ],
      "/0: state 0 has another edge for 98",
    ],
  ])("has no automaton that says what it does not take: %o", (edges, error) => {
    const rules = [{ name: "a", text: "a", accept: [1], edges }];
    expect(() => fuzzer({ ...model, rules })).toThrow(says(`/rules/0/edges${error}`));
  });

  /** With schemas of our own: definitions, and the payload of a ping. */
  const having = (more: Json, payload: Json = {}): Json => ({
    ...model,
    definitions: { ...(model["definitions"] as Json), ...more },
    messages: (model["messages"] as Json[]).map((row) =>
      row["type"] === "session.ping" ? { ...row, schema: { ...object, ...payload } } : row,
    ),
    constraints: [],
  });
  const object = { type: "object" };
  const holding = (of: unknown) => ({ required: ["a"], properties: { a: of } });
  const held = (given: Json): unknown => {
    const [ping] = take(fuzzer(given).valid("session.ping"), 1);
    return (ping!["payload"] as Json)["a"];
  };

  it("has no reference but to a definition by its whole name", () => {
    const at = (model["messages"] as Json[]).findIndex(({ type }) => type === "session.ping");
    for (const $ref of ["#/$defs/Lease/properties/x", "Lease", "#/$defs/", "#/$defs/constructor"]) {
      expect(() => fuzzer(having({}, holding({ $ref }))), $ref).toThrow(
        says(`/messages/${at}/schema/properties/a/$ref: ${$ref} is none of /definitions`),
      );
    }
    expect(held(having({ "a/b": { const: 5 } }, holding({ $ref: "#/$defs/a/b" })))).toBe(5);
  });

  it("may have a definition that is a reference, which leads on", () => {
    const definitions = { A: { $ref: "#/$defs/B" }, B: { const: 5 } };
    expect(held(having(definitions, holding({ $ref: "#/$defs/A" })))).toBe(5);
  });

  it("has no schema that is within itself, or that no person could read", () => {
    let deep: Json = object;
    for (let levels = 0; levels < 2000; levels += 1) deep = { type: "array", items: deep };
    const round: Json = { type: "object" };
    round["properties"] = { a: round };
    for (const schema of [deep, round]) {
      const error = errorOf(() => fuzzer({ ...model, definitions: { A: schema } }));
      expect(error).toBeInstanceOf(TypeError);
      expect(error?.message).toMatch(
        /^the model, \/definitions\/A(?:\/\w+)+: at most \d+ levels, not more; take/,
      );
    }
  });

  it.each<readonly [circle: Json]>([
    [{ A: { ...object, ...holding({ $ref: "#/$defs/A" }) } }],
    [{ A: { $ref: "#/$defs/A" } }],
    [{ A: { type: "array", items: { $ref: "#/$defs/B" } }, B: { $ref: "#/$defs/A" } }],
    [{ A: { ...object, minProperties: 1, additionalProperties: { $ref: "#/$defs/A" } } }],
    [{ A: { anyOf: [{ type: "null" }, { type: "array", items: { $ref: "#/$defs/A" } }] } }],
  ])("has no definition with a reference that leads back to it: %o", (circle) => {
    expect(() => fuzzer(having(circle))).toThrow(
      says(
        "/definitions/A: a reference in it leads back to it, and the schemas of a draft have no circle",
      ),
    );
  });

  it.each([
    ["minItems", 2 ** 16],
    ["maxItems", 2 ** 16],
    ["minProperties", 2 ** 16],
    ["maxProperties", 2 ** 16],
    ["minLength", 2 ** 20],
    ["maxLength", 2 ** 20],
  ])("has no %s above %i, for which no message is made in time", (keyword, most) => {
    const limited = (limit: number) => () => fuzzer(having({ A: { [keyword]: limit } }));
    expect(limited(most)).not.toThrow();
    expect(limited(most + 1)).toThrow(
      says(`/definitions/A/${keyword}: a whole number from 0 to ${most}, not ${most + 1}`),
    );
  });

  it("says which keywords of its schemas are passed over", () => {
    const at = (model["messages"] as Json[]).findIndex(({ type }) => type === "session.ping");
    const more = having(
      { A: { type: "number", multipleOf: 7 } },
      { allOf: [], ...holding({ $ref: "#/$defs/A", minimum: 70 }) },
    );
    const why =
      "not known here, or beside a reference: a message that is called valid may break it";
    expect(fuzzer(more).uncovered).toEqual(
      expect.arrayContaining(
        [
          "/definitions/A/multipleOf",
          `/messages/${at}/schema/allOf`,
          `/messages/${at}/schema/properties/a/minimum`,
        ].map((what) => ({ what, why })),
      ),
    );
    expect(fuzz.uncovered.filter(({ what }) => what.startsWith("/"))).toEqual([]);
  });

  it("may have members that nobody here knows", () => {
    expect(() => fuzzer({ ...model, tomorrow: [] })).not.toThrow();
  });

  it.each(REVISIONS)(
    "%s, with anything of another shape in it, is refused, or does all",
    (_, folder) => {
      const changed = read("fuzz/model.json", folder);
      const format = new Ajv2020({ strict: true }).compile(read("fuzz/format.schema.json", folder));
      const random = randomOf(3);
      const places = placesIn(changed);
      // Most places are in automata and lists of requirements: each depth gets its share.
      const deepest = Math.max(...places.map(([, , depth]) => depth));
      let used = 0;
      for (let tries = 0; tries < 80; tries += 1) {
        const depth = random.between(1, deepest);
        const [holder, name] = random.pick(places.filter((place) => place[2] === depth));
        const undo = change(holder, name, random);
        const error = errorOf(() => fuzzer(changed));
        if (!format(changed)) expect(error, name).toBeInstanceOf(TypeError);
        if (error === undefined) {
          used += 1;
          useAll(fuzzer(changed));
        } else expect(error.message).toMatch(/^(?:the model|a fuzzer is made from)/);
        undo();
      }
      expect(used).toBeGreaterThan(5);
    },
  );
});

type Place = readonly [holder: Json, name: string, depth: number];

/** Every member of every object, and every item of every list. */
function placesIn(value: unknown, depth = 1): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]): Place[] => [
    [value as Json, name, depth],
    ...placesIn(member, depth + 1),
  ]);
}

const OTHERS = [
  ...[undefined, null, 0, -1, 1e9, "", "x", "job.event", true],
  ...[[], [null], [5], {}, { a: 1 }, [[0, 1, 2, 3]]],
];

/** Puts something else there. Gives back what undoes it. */
function change(holder: Json, name: string, random: Random): () => void {
  const before = Object.entries(holder);
  holder[name] = random.pick(OTHERS);
  return () => Object.assign(holder, Object.fromEntries(before));
}

function errorOf(ask: () => unknown): Error | undefined {
  try {
    ask();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Some of all that a fuzzer makes. */
function useAll(fuzz: Fuzzer): void {
  for (const rule of fuzz.rules) take(fuzz.strings(rule), 2).concat(take(fuzz.nearMisses(rule), 2));
  for (const name of fuzz.names) take(fuzz.valid(name), 2);
  for (const { id } of fuzz.constraints.filter((_, at) => at % 20 === 0)) fuzz.violation(id);
  for (const one of take(fuzz.sequences(), 5)) fuzz.script(one);
}
