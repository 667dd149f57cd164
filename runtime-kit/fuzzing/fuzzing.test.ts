import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { DRAFT, PROTOCOL_VERSION } from "../../generated/current/constants.js";
import { REVISIONS } from "../../codegen/emit/generated-drafts.js";
import { fuzzer } from "./index.js";
import type {
  Constraint,
  Fuzzer,
  PlayOptions,
  Sequence,
  SequenceOptions,
  Violation,
} from "./index.js";

const SEEDS = [1, 2, 3];

const take = <T>(many: Iterable<T>, count: number): T[] => {
  const found: T[] = [];
  for (const one of many) if (found.push(one) === count) break;
  return found;
};

type Schema = Readonly<Record<string, unknown>>;

/** Keywords that are asked of a value, as they stand in schema.json. */
const ASKED = [
  ...["type", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum"],
  ...["exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems"],
  ...["minProperties", "maxProperties", "anyOf", "oneOf", "propertyNames"],
];

/** Every `pointer keyword` that a schema of the bundle asks below a place, read without the generator's help. */
function asked(defs: Readonly<Record<string, Schema>>, given: Schema, at: string): string[] {
  const name = (given["$ref"] as string | undefined)?.replace("#/$defs/", "");
  const schema = name === undefined ? given : defs[name]!;
  const {
    properties = {},
    required = [],
    items,
    additionalProperties: rest,
  } = schema as {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly required?: readonly string[];
    readonly items?: Schema;
    readonly additionalProperties?: Schema;
  };
  const branches = ((schema["anyOf"] ?? []) as readonly Schema[]).filter(
    (one) => one["type"] !== "null",
  );
  const nullable = branches.length === 1;
  return [
    // A choice of something and null is asked as one type with two names.
    ...ASKED.filter((keyword) => schema[keyword] !== undefined).map((keyword) => {
      if (nullable && keyword === "anyOf") return `${at} type`;
      return `${at} ${keyword === "pattern" && schema["format"] !== undefined ? "format" : keyword}`;
    }),
    ...required.map((one) => `${at}/${one} required`),
    ...Object.entries(properties).flatMap(([one, own]) => asked(defs, own, `${at}/${one}`)),
    ...(items === undefined ? [] : asked(defs, items, `${at}/*`)),
    ...(typeof rest === "object" ? asked(defs, rest, `${at}/*`) : []),
    ...branches.flatMap((one) =>
      asked(defs, one, at).filter((found) => nullable || found.startsWith(`${at}/`)),
    ),
  ];
}

const camel = (name: string): string =>
  name.replaceAll(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe.each(REVISIONS)("a fuzzer of draft %s", (name, folder, { validateMessage }) => {
  const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const fuzz = fuzzer(read("fuzz/model.json"));
  const bundle = read("schema.json") as {
    readonly $id: string;
    readonly $defs: Readonly<Record<string, Schema>>;
  };
  const check = new Ajv2020({
    allErrors: true,
    validateFormats: false,
    strictTypes: false,
  }).compile(bundle);
  const violations = SEEDS.map((seed) => [...fuzz.violations(undefined, seed)]);

  it("knows every constraint of schema.json, at every place", () => {
    const known = (of: string) =>
      fuzz.constraints.filter((one) => one.of === of).map((one) => `${one.pointer} ${one.keyword}`);
    const wanted = (of: string, definition: string, at: string) =>
      asked(bundle.$defs, bundle.$defs[definition]!, at).filter((one) => one !== `${at} type`);
    expect(known("Envelope")).toEqual(expect.arrayContaining(wanted("Envelope", "Envelope", "")));
    for (const of of fuzz.names) {
      const kind = !of.includes(".");
      const body = kind ? "/payload/body" : "/payload";
      const definition = `${camel(of)}${kind ? "Body" : "Payload"}`;
      expect(known(of), of).toEqual(expect.arrayContaining(wanted(of, definition, body)));
    }
    expect(fuzz.constraints.length).toBeGreaterThan(150);
  });

  it("breaks every constraint, or says why it cannot", () => {
    const ids = (list: readonly (Constraint | Violation)[]) =>
      list.map((one) => ("id" in one ? one.id : one.constraint)).sort();
    const alone = fuzz.constraints.filter(({ inseparable }) => inseparable === undefined);
    for (const made of violations) expect(ids(made)).toEqual(ids(alone));
  });

  it("breaks it, and nothing else: so say the generated validators", () => {
    for (const { constraint, pointer, keyword, section, choice, message } of violations.flat()) {
      const result = validateMessage(JSON.parse(JSON.stringify(message)));
      const problems = result.kind === "invalid" ? result.problems : [];
      const others = problems.filter(({ path, code }) => path !== choice || code !== "anyOf");
      const said = others.map((one) => ({ path: one.path, code: one.code, section: one.section }));
      expect(said, constraint).toEqual([{ path: pointer, code: keyword, section }]);
    }
  });

  it("breaks it: so says schema.json under another validator", () => {
    for (const { constraint, pointer, keyword, message } of violations.flat()) {
      expect(check(JSON.parse(JSON.stringify(message))), constraint).toBe(false);
      const said = check.errors!.map(({ instancePath, keyword: found, params }) => {
        const { missingProperty: missing } = params as { readonly missingProperty?: string };
        return `${instancePath}${missing === undefined ? "" : `/${missing}`} ${found}`;
      });
      expect(said, constraint).toContain(
        `${pointer} ${keyword === "format" ? "pattern" : keyword}`,
      );
    }
  });

  it("makes valid messages of every type and kind", () => {
    for (const of of fuzz.names) {
      for (const message of take(fuzz.valid(of, 7), 60)) {
        const value: unknown = JSON.parse(JSON.stringify(message));
        expect(validateMessage(value).kind, JSON.stringify(message)).toBe("known");
        expect(check(value), JSON.stringify(message)).toBe(true);
      }
    }
  });

  it("turns members on and off, and goes to the limits", () => {
    const submits = take(fuzz.valid("job.submit", 1), 300).map(({ payload }) => payload as Schema);
    const { properties = {} } = bundle.$defs["JobSubmitPayload"] as { properties?: object };
    for (const member of Object.keys(properties)) {
      const with_ = submits.filter((payload) => payload[member] !== undefined).length;
      expect(with_, member).toBeGreaterThan(20);
      if (member !== "agent") expect(with_, member).toBeLessThan(280);
    }
    const acks = take(fuzz.valid("job.result", 1), 300).map((message) => message["event_seq"]);
    expect(acks).toContain(1);
  });

  it("agrees with the patterns of the schemas", () => {
    const model = read("fuzz/model.json") as { patterns: { name: string }[] };
    for (const { name: pattern } of model.patterns) {
      const expression = new RegExp(pattern, "u");
      for (const text of take(fuzz.strings(pattern, 3), 300)) expect(text).toMatch(expression);
      const near = take(fuzz.nearMisses(pattern, 3), 300);
      expect(near).toHaveLength(300);
      for (const text of near) expect(expression.test(text), JSON.stringify(text)).toBe(false);
    }
  });

  it("tells the strings of a rule from its near-misses", () => {
    for (const rule of fuzz.rules) {
      const strings = take(fuzz.strings(rule, 5), 200);
      expect(new Set(strings).size, rule).toBeGreaterThan(15 / (rule.startsWith("Lower") ? 3 : 1));
      for (const text of strings) expect(fuzz.matches(rule, text), rule).toBe(true);
      for (const text of take(fuzz.nearMisses(rule, 5), 200)) {
        expect(fuzz.matches(rule, text), `${rule} ${JSON.stringify(text)}`).toBe(false);
      }
    }
  });

  it("makes sequences whose messages are valid, but for the one that is at fault", () => {
    for (const sequence of take(fuzz.sequences(11), 400)) {
      for (const turn of fuzz.script(sequence, { seed: 3 })) {
        if (turn.do !== "send" || turn.message === undefined || turn.step === sequence.fault?.at) {
          continue;
        }
        expect(validateMessage(turn.message).kind, turn.frame).toBe("known");
      }
    }
  });

  it("plays both sides of a sequence against each other", () => {
    const played = take(fuzz.sequences(13), 400).filter(({ given }) => given.length === 0);
    expect(played.length).toBeGreaterThan(200);
    for (const sequence of played) expect(duel(fuzz, sequence), sequence.id).toBeUndefined();
  });

  it("is the same for the same seed", () => {
    const again = fuzzer(read("fuzz/model.json"));
    const all = (one: Fuzzer, seed: number) => [
      take(one.valid("job.event", seed), 20),
      [...one.violations("session.hello", seed)],
      take(one.sequences(seed), 20).map((sequence) => one.script(sequence, { seed })),
    ];
    expect(all(again, 5)).toEqual(all(fuzz, 5));
    expect(all(again, 6)).not.toEqual(all(fuzz, 5));
    expect(again.revision).toBe(name);
  });

  it("has every trace, every move and every misstep in its sequences", () => {
    const model = read("fuzz/model.json") as {
      traces: { id: string }[];
      missteps: { id: string }[];
      moves: { on: string }[];
    };
    const ids = take(fuzz.sequences(1), 3000).flatMap(({ id, fault }) => [
      ...id.split(" "),
      fault?.id,
    ]);
    for (const { id } of [...model.traces, ...model.missteps]) expect(ids).toContain(id);
    for (const { on } of model.moves) expect(ids).toContain(on);
  });
});

/** What one side of a sequence finds wrong with the other. */
function duel(fuzz: Fuzzer, sequence: Sequence): string | undefined {
  const client = fuzz.play(sequence, { side: "client", seed: 1 });
  const runtime = fuzz.play(sequence, { side: "runtime", seed: 2 });
  for (let turn = 0; ; turn += 1) {
    const [one, other] = [client.next(), runtime.next()];
    if (one === undefined && other === undefined) return undefined;
    if (one?.do === "event" && other?.do === "event" && one.event === other.event) continue;
    const [said, hears] = one?.do === "send" ? [one, runtime] : [other, client];
    if (said?.do !== "send") return `turn ${turn}: nobody speaks`;
    // From here on it is for whoever listens to say what is wrong.
    if (sequence.fault?.at === said.step) return undefined;
    const problem = hears.receive(JSON.parse(said.frame));
    if (problem !== undefined) return problem;
  }
}

describe("what a fuzzer is asked for", () => {
  const file = new URL(`../../generated/draft-${DRAFT}/fuzz/model.json`, import.meta.url);
  const fuzz = fuzzer(JSON.parse(readFileSync(file, "utf8")));

  it("says what it does not cover, and why", () => {
    expect(fuzz.uncovered.map(({ what }) => what)).toEqual([
      "session.list_jobs/payload/filter/status/*#type",
      "session discard",
    ]);
    expect(fuzz.uncovered.every(({ why }) => why.length > 20)).toBe(true);
    expect(fuzz.violation("session.list_jobs/payload/filter/status/*#type")).toBeUndefined();
  });

  it("gives one violation by its id, the same as among all", () => {
    const id = "job.submit/payload/agent#pattern";
    const among = [...fuzz.violations("job.submit", 9)].find((one) => one.constraint === id);
    expect(fuzz.violation(id, 9)).toEqual(among);
    expect(among).toMatchObject({ pointer: "/payload/agent", keyword: "pattern", section: "7.1" });
  });

  it.each([
    [() => fuzzer({}), "parse the file and pass its value"],
    [() => fuzzer({ form: 2, revision: "1.1" }), "the model has form 2; this reads form 1"],
    [
      () => fuzz.valid("job.sumbit"),
      `job.sumbit is neither a type nor a kind of ${DRAFT}: session.hello`,
    ],
    [() => fuzz.violations("Lease"), "Lease is neither a type nor a kind"],
    [() => fuzz.violation("x"), `x is no constraint of ${DRAFT}`],
    [() => fuzz.strings("AgentReff"), `AgentReff is no rule of ${DRAFT}: `],
    [() => fuzz.nearMisses(""), ` is no rule of ${DRAFT}`],
  ])("refuses at once what it does not know: %s", (ask, message) => {
    expect(ask).toThrow(message);
  });

  const [sequence] = take(fuzz.sequences(), 1);
  const play = (options: unknown) => fuzz.play(sequence!, options as PlayOptions);

  it.each<readonly [given: unknown, said: string]>([
    ["7", '"7"'],
    [Number.NaN, "NaN"],
    [-1, "-1"],
    [1.5, "1.5"],
    [2 ** 60, "1152921504606847000"],
    [7n, "a bigint"],
    [null, "null"],
    [{ kind: "client" }, '{"kind":"client"}'],
    ["a".repeat(100), `"${"a".repeat(58)}…`],
  ])("refuses %o as a seed, at once", (given, said) => {
    const seed = given as number;
    const refused = new TypeError(
      `seed: a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, not ${said}`,
    );
    expect(() => fuzz.strings("AgentRef", seed)).toThrow(refused);
    expect(() => fuzz.nearMisses("AgentRef", seed)).toThrow(refused);
    expect(() => fuzz.valid("job.submit", seed)).toThrow(refused);
    expect(() => fuzz.violations(undefined, seed)).toThrow(refused);
    expect(() => fuzz.violation("job.submit/payload/agent#pattern", seed)).toThrow(refused);
    expect(() => fuzz.sequences(seed)).toThrow(refused);
    expect(() => play({ side: "client", seed })).toThrow(refused);
    expect(() => fuzz.script(sequence!, { seed })).toThrow(refused);
  });

  it("refuses an option that means nothing, at once", () => {
    const sequences = (options: unknown) => () => fuzz.sequences(1, options as SequenceOptions);
    const kinds = 'kind: one of "legal", "client", "runtime", not ';
    expect(sequences({ kind: "clinet" })).toThrow(new TypeError(`${kinds}"clinet"`));
    expect(sequences({ kind: null })).toThrow(new TypeError(`${kinds}null`));
    expect(sequences({ kinds: "client" })).toThrow(new TypeError('options: kind, not "kinds"'));
    expect(sequences("client")).toThrow(
      new TypeError('options: an object with kind, not "client"'),
    );
    const sides = 'side: one of "client", "runtime", "both", not ';
    expect(() => play({ side: "server" })).toThrow(new TypeError(`${sides}"server"`));
    expect(() => play({})).toThrow(new TypeError(`${sides}undefined`));
    expect(() => play(undefined)).toThrow(
      new TypeError("options: an object with side, seed, bindings, not undefined"),
    );
    expect(() => play({ side: "both", binding: {} })).toThrow(
      new TypeError('options: side, seed, bindings, not "binding"'),
    );
  });

  it("refuses bindings of no capture of the sequence, and of no value for it, at once", () => {
    const names = "TOKEN, AGENT, S";
    const sequence: Sequence = {
      id: "one",
      given: ["TOKEN"],
      steps: [
        { from: "runtime", type: "session.welcome", members: { a: [{ session_id: { $: "S" } }] } },
        { from: "client", type: "session.ack", members: { last_processed_seq: { $: "SEQ" } } },
      ],
    };
    const bound = (bindings: unknown) => () =>
      fuzz.play(sequence, { side: "client", bindings: bindings as never });
    expect(bound({ TOKN: "x" })).toThrow(new TypeError(`bindings: ${names}, not "TOKN"`));
    expect(bound({ SEQ: 1 })).toThrow(new TypeError(`bindings: ${names}, not "SEQ"`));
    expect(bound(null)).toThrow(new TypeError(`bindings: an object with ${names}, not null`));
    expect(bound({ TOKEN: 5 })).toThrow(new TypeError("bindings.TOKEN: a text, not 5"));
    expect(bound({ S: {} })).toThrow(new TypeError("bindings.S: a text or a number, not {}"));
    expect(bound({ TOKEN: "x", AGENT: "a", S: 5 })).not.toThrow();
  });

  it.each([-1, 1.5, null, "x"])("refuses %o for the options of a script, at once", (options) => {
    const [sequence] = take(fuzz.sequences(1), 1);
    expect(() => fuzz.script(sequence!, options as never)).toThrow(
      new TypeError(`options: an object with seed, bindings, not ${JSON.stringify(options)}`),
    );
  });

  it("takes 0 and the largest safe whole number as seeds", () => {
    for (const seed of [0, Number.MAX_SAFE_INTEGER]) {
      expect(fuzz.strings("AgentRef", seed).next().value).toMatch(/./);
    }
  });

  it("ends where a revision has no such sequences", () => {
    const model = JSON.parse(readFileSync(file, "utf8")) as object;
    const right = fuzzer({ ...model, missteps: [] });
    expect([...right.sequences(1, { kind: "runtime" })]).toEqual([]);
    expect(take(right.sequences(1, { kind: "client" }), 5)).toHaveLength(5);
    const free = fuzzer({ ...model, missteps: [], constraints: [] });
    expect([...free.sequences(1, { kind: "client" })]).toEqual([]);
    const still = fuzzer({ ...model, moves: [] });
    expect(take(still.sequences(1), 5).map(({ id }) => id.split(" ")[0])).toEqual(
      Array.from({ length: 5 }, () => "trace"),
    );
    expect([...fuzzer({ ...model, moves: [], traces: [] }).sequences(1)]).toEqual([]);
  });

  it("hands a frame that is no message to whoever listens", () => {
    const steps = [{ from: "client", text: "{" } as const];
    const player = fuzz.play({ id: "x", given: [], steps }, { side: "runtime" });
    expect(player.next()).toEqual({ do: "receive", from: "client", type: "", step: 0 });
    expect(player.receive("{")).toBeUndefined();
    expect(player.next()).toBeUndefined();
  });

  it("takes what a peer says for what was captured, and tells what is not", () => {
    const [sequence] = take(fuzz.sequences(1, { kind: "legal" }), 1);
    const walk: Sequence = {
      ...sequence!,
      steps: [
        { event: "connect" },
        { from: "client", type: "session.ping", members: { nonce: { $: "N" } } },
        { from: "runtime", type: "session.pong", members: { ping_nonce: { $: "N" } } },
      ],
    };
    const play = () => {
      const player = fuzz.play(walk, { side: "client", bindings: { N: "n1" } });
      player.next();
      player.next();
      expect(player.next()).toEqual({
        do: "receive",
        from: "runtime",
        type: "session.pong",
        step: 2,
      });
      return player;
    };
    const pong = {
      arcp: PROTOCOL_VERSION,
      id: "r",
      type: "session.pong",
      payload: { ping_nonce: "n1" },
    };
    const player = play();
    expect(player.receive(pong)).toBeUndefined();
    expect(player.next()).toBeUndefined();
    expect(() => player.receive(pong)).toThrow("ask next() first");
    expect(play().receive(null)).toBe("step 2: no message came in the place of session.pong");
    expect(play().receive({ ...pong, payload: { ping_nonce: "n2" } })).toBe(
      'step 2, session.pong: /ping_nonce: "n2" in the place of "n1"',
    );
    expect(play().receive({ ...pong, payload: {} })).toBe("step 2: /payload/ping_nonce required");
    expect(play().receive({ ...pong, type: "session.ping" })).toContain(
      "in the place of session.pong",
    );
  });
});
