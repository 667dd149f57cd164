import { optionsFrom, seedFrom, textFrom, wordFrom } from "./asked.js";
import { decide } from "./automaton.js";
import type { Decided } from "./automaton.js";
import { judgeOf } from "./judge.js";
import { messagesOf } from "./messages.js";
import type { FuzzMessage } from "./messages.js";
import { schemasOf } from "./model-links.js";
import { KEYWORDS } from "./model-shape.js";
import type { Constraint, FuzzModel, Language, Schema } from "./model.js";
import { playerOf } from "./play.js";
import type { PlayOptions, Player, Turn } from "./play.js";
import { pointerOf } from "./pointers.js";
import { randomOf, seedOf } from "./random.js";
import type { Random } from "./random.js";
import { modelOf } from "./read-model.js";
import { valuesOf } from "./values.js";
import { violatorOf } from "./violate.js";
import type { Violation } from "./violate.js";
import { walkerOf } from "./walks.js";
import type { Sequence } from "./walks.js";

/** Something of a model that nothing is made from, and why. */
export interface Uncovered {
  /** Id of a constraint, `machine trigger` of a table, name of a rule, or JSON pointer of a keyword in the model. */
  readonly what: string;
  readonly why: string;
}

/** Which sequences are wanted; all of them, unless it says otherwise. */
export interface SequenceOptions {
  /** `legal`: nothing in them is wrong. `client`, `runtime`: one step of that side is. */
  readonly kind?: (typeof KINDS)[number];
}

const KINDS = ["legal", "client", "runtime"] as const;

/**
 * Makes what a revision of the draft allows, and what it forbids. The same seed, a whole number from 0 up, gives the
 * same; without one it is 1. What is endless is made as it is asked for, but arguments are looked at in the call.
 */
export interface Fuzzer {
  /** The revision of the draft, such as `1.1`. */
  readonly revision: string;
  /** The grammar rules of the draft that have strings. */
  readonly rules: readonly string[];
  /** Message types and kinds of events. */
  readonly names: readonly string[];
  /** All that the schemas ask, at each place of a message. */
  readonly constraints: readonly Constraint[];
  /**
   * What is not covered: constraints that nothing breaks alone, triggers without a move, rules without strings, and
   * keywords of schemas that are passed over, so that messages which ought to be valid may break them.
   */
  readonly uncovered: readonly Uncovered[];
  /** Whether a string is one of a rule, or of a `pattern` of the schemas. */
  matches(rule: string, text: string): boolean;
  /** Endless strings of a rule or pattern. */
  strings(rule: string, seed?: number): Generator<string, never>;
  /** Endless strings that are not of a rule, but near to it. Ends at once where every string is one. */
  nearMisses(rule: string, seed?: number): Generator<string, void>;
  /** Endless valid messages of a type, or events of a kind: members on and off, limits, unknown members. */
  valid(of: string, seed?: number): Generator<FuzzMessage, never>;
  /**
   * For each constraint of a type or kind (`Envelope`: of every message; nothing: all) one message that breaks it and
   * nothing else. Another seed gives others.
   */
  violations(of?: string, seed?: number): Generator<Violation, void>;
  /** The one of these that breaks a constraint, by its id; `undefined` where none can. */
  violation(constraint: string, seed?: number): Violation | undefined;
  /**
   * Endless sequences: the traces of the draft, walks through its tables of states, and missteps. Ends where the
   * revision has none of the kind that is asked for.
   */
  sequences(seed?: number, options?: SequenceOptions): Generator<Sequence, void>;
  /** Plays one side of a sequence against a peer, or makes up both. */
  play(sequence: Sequence, options: PlayOptions): Player;
  /** All turns of a sequence with both sides made up. */
  script(sequence: Sequence, options?: Omit<PlayOptions, "side">): readonly Turn[];
}

/** As often as a message that breaks a random constraint stands in a sequence. */
const MALFORMED = 25;
/** So often nothing was found: there is nothing. */
const MISSES = 1000;

/**
 * A fuzzer of a revision.
 *
 * ```ts
 * import model from "arcp/fuzz/model.json" with { type: "json" };
 * for (const { message, pointer, keyword } of fuzzer(model).violations("job.submit")) …
 * ```
 *
 * @param model what `fuzz/model.json` of the revision holds
 * @throws TypeError for anything else, with the JSON pointer of what is not as it has to be. Its methods: `RangeError`
 *   for a name that the model does not have and a sequence of another revision, `TypeError` for an argument of another type,
 *   a seed or an option that means nothing, and a sequence that is none
 */
export function fuzzer(model: unknown): Fuzzer {
  const own = modelOf(model);
  const languages = languagesOf(own);
  const judge = judgeOf(own);
  const values = valuesOf(own, judge, languages);
  const messages = messagesOf(own, judge, values);
  const violate = violatorOf(own, judge, values, messages, languages);
  const play = playerOf(own, judge, values, messages);
  const walks = walkerOf(own);
  const names = [...own.messages.map(({ type }) => type), ...own.kinds.map(({ kind }) => kind)];

  const order = new Map(own.constraints.map(({ id }, index) => [id, index]));

  function language(rule: string): Decided {
    const found = languages.get(textFrom("rule", rule));
    if (found !== undefined) return found;
    throw new RangeError(
      `${rule} is no rule of ${own.revision}: ${[...languages.keys()].join(", ")}`,
    );
  }

  function known(of: string): string {
    if (textFrom("of", of) !== "Envelope") messages.form(of, randomOf(0));
    return of;
  }

  function* strings(rule: string, seed: number): Generator<string, never> {
    const random = randomOf(seed);
    const decided = language(rule);
    for (;;) yield decided.some(random);
  }

  function* nearMisses(rule: string, seed: number): Generator<string, void> {
    const random = randomOf(seed);
    const decided = language(rule);
    for (;;) {
      const near = decided.near(random);
      if (near === undefined) return;
      yield near;
    }
  }

  function* valid(of: string, seed: number): Generator<FuzzMessage, never> {
    const random = randomOf(seed);
    for (;;) yield messages.valid(messages.form(of, random), random, "some");
  }

  // Each of its own chance, so that asking for one gives what asking for all does.
  function violation(constraint: string, seed: number): Violation | undefined {
    const index = order.get(textFrom("constraint", constraint));
    if (index === undefined)
      throw new RangeError(`${constraint} is no constraint of ${own.revision}`);
    return violate(own.constraints[index]!, randomOf(seedOf(seed, index)));
  }

  function* violations(of: string | undefined, seed: number): Generator<Violation, void> {
    for (const { id, of: owner } of own.constraints) {
      const found = of === undefined || owner === of ? violation(id, seed) : undefined;
      if (found !== undefined) yield found;
    }
  }

  function* sequences(seed: number, kind: SequenceOptions["kind"]): Generator<Sequence, void> {
    const random = randomOf(seed);
    for (let missed = 0; missed < MISSES; missed += 1) {
      const wanted = kind ?? random.pick(["legal", "legal", "client", "runtime"] as const);
      const found = wanted === "legal" ? legal(random) : wrong(wanted, random);
      if (found === undefined) continue;
      missed = 0;
      yield found;
    }
  }

  function legal(random: Random): Sequence | undefined {
    const walk = own.traces.length === 0 || random.chance(70);
    return walk ? walks.legal(random) : walks.trace(random.pick(own.traces));
  }

  function wrong(side: "client" | "runtime", random: Random): Sequence | undefined {
    if (side === "client" && random.chance(MALFORMED)) return malformed(random);
    const missteps = own.missteps.filter((one) => one.side === side);
    return missteps.length === 0 ? undefined : walks.wrong(random.pick(missteps), random);
  }

  /** A message of the client that breaks its schema, in the middle of a session. ENC-09, ENC-10 */
  function malformed(random: Random): Sequence | undefined {
    const fromClient = own.messages.filter(({ direction }) => direction !== "runtime-to-client");
    const types = new Set(fromClient.map(({ type }) => type));
    const constraints = own.constraints.filter(({ of }) => types.has(of));
    if (constraints.length === 0) return undefined;
    const constraint = random.pick(constraints);
    const found = violate(constraint, random);
    if (found === undefined) return undefined;
    const requirements = ["ENC-09", "ENC-10"].filter((one) => own.requirements.includes(one));
    const expect = { requirements, type: "session.error", code: "INVALID_REQUEST", ends: false };
    return walks.wrong(
      {
        id: `malformed ${constraint.id}`,
        side: "client",
        in: { session: "attached" },
        breaks: [],
        steps: [{ from: "client", text: JSON.stringify(found.message) }],
        pointer: found.pointer,
        ...(requirements.length === 2 ? { expect } : {}),
      },
      random,
    );
  }

  return {
    revision: own.revision,
    rules: own.rules.map(({ name }) => name).filter((name) => languages.has(name)),
    names,
    constraints: own.constraints,
    uncovered: uncoveredOf(own),
    matches: (rule, text) => language(rule).has(textFrom("text", text)),
    // Names are looked at when the call is made, not when the first is asked for.
    strings: (rule, seed) => (language(rule), strings(rule, seedFrom(seed))),
    nearMisses: (rule, seed) => (language(rule), nearMisses(rule, seedFrom(seed))),
    valid: (of, seed) => valid(known(of), seedFrom(seed)),
    violations: (of, seed) => (of === undefined || known(of), violations(of, seedFrom(seed))),
    violation: (constraint, seed) => violation(constraint, seedFrom(seed)),
    sequences(seed, options = {}) {
      optionsFrom(["kind"], options);
      if (options.kind !== undefined) wordFrom("kind", KINDS, options.kind);
      return sequences(seedFrom(seed), options.kind);
    },
    play,
    script(sequence, options = {}) {
      optionsFrom(["seed", "bindings"], options);
      const player = play(sequence, { ...options, side: "both" });
      const turns: Turn[] = [];
      for (let turn = player.next(); turn !== undefined; turn = player.next()) turns.push(turn);
      return turns;
    },
  };
}

function languagesOf({ rules, patterns }: FuzzModel): ReadonlyMap<string, Decided> {
  const decided = [...patterns, ...rules].filter(isDecided);
  return new Map(decided.map((one) => [one.name, decide(one)]));
}

function isDecided({ undecided }: Language): boolean {
  return undecided === undefined;
}

function uncoveredOf(model: FuzzModel): Uncovered[] {
  const { constraints, unwalked, rules, patterns } = model;
  return [
    ...constraints.flatMap(({ id, inseparable }) =>
      inseparable === undefined ? [] : [{ what: id, why: inseparable }],
    ),
    ...unwalked.map(({ machine, on, why }) => ({ what: `${machine} ${on}`, why })),
    ...[...rules, ...patterns].flatMap(({ name, undecided }) =>
      undecided === undefined ? [] : [{ what: name, why: undecided }],
    ),
    ...[...schemasOf(model)].flatMap(([names, schema]) =>
      Object.keys(schema)
        .filter((keyword) => !isAsked(schema, keyword))
        .map((keyword) => ({ what: pointerOf([...names, keyword]), why: PASSED_OVER })),
    ),
  ];
}

const PASSED_OVER =
  "not known here, or beside a reference: a message that is called valid may break it";

/** Whether a keyword is asked: what stands beside a reference is not. */
function isAsked({ $ref }: Schema, keyword: string): boolean {
  return $ref === undefined ? KEYWORDS.has(keyword) : keyword === "$ref";
}
