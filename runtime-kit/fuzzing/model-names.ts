/** The names of a model: each stands once in its list, and one that is cited is one of those of another list. */
import { shown } from "./asked.js";
import { capturesNamed } from "./captures.js";
import type { FuzzModel } from "./model.js";
import type { Misfit } from "./shape.js";

/** The names that stand in a list twice, and those that are none of what they have to be. */
export function* strayNames(model: FuzzModel): Generator<Misfit> {
  for (const [member, keys] of Object.entries(KEYS)) {
    const seen = new Set<string>();
    const rows = model[member as keyof typeof KEYS] as readonly Readonly<Record<string, unknown>>[];
    for (const [at, row] of rows.entries()) {
      const name = keys.map((key) => row[key]).join(" ");
      if (seen.has(name))
        yield { names: [member, `${at}`], says: `${shown(name)} stands in /${member} before` };
      seen.add(name);
    }
  }
  for (const [names, given, known, what] of cited(model)) {
    const many = typeof given === "string" ? [given] : (given ?? []);
    for (const [at, one] of many.entries()) {
      if (known.has(one)) continue;
      const place = typeof given === "string" ? names : [...names, at];
      yield { names: place.map(String), says: `${shown(one)} is ${what}` };
    }
  }
}

/** What tells the rows of a list apart. */
const KEYS = {
  messages: ["type"],
  kinds: ["kind"],
  constraints: ["id"],
  rules: ["name"],
  patterns: ["name"],
  machines: ["subject"],
  moves: ["machine", "on"],
  unwalked: ["machine", "on"],
  missteps: ["id"],
  traces: ["id"],
} as const satisfies Partial<Record<keyof FuzzModel, readonly string[]>>;

type Cited = readonly [
  names: readonly (string | number)[],
  given: string | readonly string[] | undefined,
  known: ReadonlySet<string>,
  what: string,
];

function* cited(model: FuzzModel): Generator<Cited> {
  const types = new Set(model.messages.map(({ type }) => type));
  const features = new Set(model.features);
  const requirements = new Set(model.requirements);
  const subjects = new Set(model.machines.map(({ subject }) => subject));
  for (const [at, { feature, replies }] of model.messages.entries()) {
    yield [["messages", at, "feature"], feature, features, "no flag of /features"];
    yield [["messages", at, "replies"], replies, types, "no type"];
  }
  for (const [at, { feature }] of model.kinds.entries()) {
    yield [["kinds", at, "feature"], feature, features, "no flag of /features"];
  }
  for (const [at, { tolerated }] of model.constraints.entries()) {
    yield [["constraints", at, "tolerated"], tolerated, requirements, REQUIREMENT];
  }
  const states = new Map<string, ReadonlySet<string>>();
  const triggers = new Map<string, ReadonlySet<string>>();
  for (const [at, machine] of model.machines.entries()) {
    const { subject, initial, terminal, transitions } = machine;
    const own = new Set(machine.states);
    const what = `no state of ${subject}`;
    states.set(subject, own);
    triggers.set(subject, new Set(transitions.map(({ on }) => on)));
    yield [["machines", at, "initial"], initial, own, what];
    yield [["machines", at, "terminal"], terminal, own, what];
    for (const [index, { from, to }] of transitions.entries()) {
      yield [["machines", at, "transitions", index, "from"], from, own, what];
      yield [["machines", at, "transitions", index, "to"], to, own, what];
    }
  }
  for (const member of ["moves", "unwalked"] as const) {
    for (const [at, { machine, on }] of model[member].entries()) {
      yield [[member, at, "machine"], machine, subjects, "no subject of /machines"];
      yield [[member, at, "on"], on, triggers.get(machine) ?? NONE, `no trigger of ${machine}`];
    }
  }
  for (const [at, { steps, binds, becomes }] of model.moves.entries()) {
    const captures = new Set(capturesNamed({ given: [], steps }));
    yield [["moves", at, "binds"], binds, captures, "no capture of its steps"];
    for (const [name, other] of Object.entries(becomes)) {
      yield [["moves", at, "becomes", name], other, captures, "no capture of its steps"];
    }
  }
  for (const [at, { in: where, breaks, expect }] of model.missteps.entries()) {
    const known = states.get("session") ?? NONE;
    yield [["missteps", at, "in", "session"], where.session, known, "no state of session"];
    yield [["missteps", at, "breaks"], breaks, requirements, REQUIREMENT];
    yield [["missteps", at, "expect", "type"], expect?.type, types, "no type"];
    const names = ["missteps", at, "expect", "requirements"];
    yield [names, expect?.requirements, requirements, REQUIREMENT];
  }
  for (const [at, { requirements: shows }] of model.traces.entries()) {
    yield [["traces", at, "requirements"], shows, requirements, REQUIREMENT];
  }
}

const NONE: ReadonlySet<string> = new Set();
const REQUIREMENT = "none of /requirements";
