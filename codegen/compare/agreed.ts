/** What both peers keep to without saying it in a message: limits, states, transitions, grammar, names of schemas. */
import type { GrammarRule, Limit, Position, StateMachine, Transition } from "../model/types.js";
import { HOPS, readerName } from "./claim.js";
import type { Sides } from "./claim.js";
import { typeText } from "../model/fieldtable.js";
import { fieldsOf } from "./made-of.js";
import { detailsOf, orUndecided, tableChanges } from "./table.js";
import type { Found } from "./table.js";
import { wordClaims } from "./words.js";

/**
 * A limit that both sides tell each other is no question. Where only one of them tells its number, the other may hold to
 * that of its own revision in silence, and where none does, each has its own idea: no message decides that.
 */
export function limitChanges(sides: Sides): Found[] {
  const said = ({ value, unit }: Limit): string =>
    value === undefined ? "none" : `${value} ${unit}`;
  const found = tableChanges(sides.old.model.limits, sides.new.model.limits, {
    subject: "limit",
    nameOf: ({ name }) => name,
    details: (a, b) => detailsOf([["value", said(a), said(b)]]),
    meaning: ({ meaning }) => meaning,
    about: said,
    claims: (before, after) =>
      HOPS.flatMap((hop) => {
        const own = hop === "toNew" ? before : after;
        if (own?.value === undefined) return [];
        return wordClaims(sides, own.name, hop, {
          verdict: "works",
          reason: `a message tells ${readerName(hop)} the number`,
          value: ({ path }) => (path.at(-1) === own.name ? own.value : undefined),
        });
      }),
  });
  return found.map((it) => {
    const lanes = new Set(it.claims.map(({ lane }) => lane));
    if (lanes.has("requests") && lanes.has("answers")) return it;
    const side = lanes.has("requests") ? "client" : "runtime";
    const why =
      it.claims.length === 0
        ? "no message names it: each side keeps to the number of its own revision"
        : `only a ${side} tells its number: the other side may keep to that of its own revision`;
    return { ...it, claims: [], undecided: it.undecided ?? why };
  });
}

interface State {
  readonly name: string;
  readonly position: Position;
}

/** Members that name the state of a job. */
const STATE_FIELDS = ["status", "final_status", "current_status"];

export function stateChanges(sides: Sides): Found[] {
  return machinesOf(sides).flatMap(([subject, old, now]) => {
    const found = tableChanges(statesOf(old), statesOf(now), {
      subject: "state",
      nameOf: ({ name }) => `${subject}/${name}`,
      details: () => [],
      about: ({ name }) => ((now ?? old)?.terminal.includes(name) === true ? "terminal" : ""),
      claims: (before, after) =>
        subject !== "job"
          ? []
          : HOPS.flatMap((hop) => {
              const own = hop === "toNew" ? before : after;
              if (own === undefined) return [];
              return wordClaims(sides, own.name, hop, {
                verdict: "degrades",
                reason: `${readerName(hop)} does not know the state`,
                value: ({ path }) =>
                  STATE_FIELDS.includes(path.at(-1) ?? "") ? own.name : undefined,
              });
            }),
    });
    const why = "no message names it";
    return orUndecided(found, why);
  });
}

export function transitionChanges(sides: Sides): Found[] {
  return machinesOf(sides).flatMap(([subject, old, now]) =>
    tableChanges<Transition>(old?.transitions ?? [], now?.transitions ?? [], {
      subject: "transition",
      nameOf: ({ from = "—", to, on }) => `${subject}: ${from} → ${to} on ${on}`,
      details: () => [],
      meaning: ({ meaning }) => meaning,
      about: () => "",
      undecided: () => "a message shows a state, never what led to it",
    }),
  );
}

function machinesOf({ old, new: now }: Sides) {
  const of = (machines: readonly StateMachine[], subject: string) =>
    machines.find((it) => it.subject === subject);
  const [a, b] = [old.model.machines, now.model.machines];
  const subjects = new Set([...b, ...a].map(({ subject }) => subject));
  return [...subjects].map((it) => [it, of(a, it), of(b, it)] as const);
}

function statesOf(machine: StateMachine | undefined): State[] {
  return (machine?.states ?? []).flatMap((name) => {
    const row = machine?.transitions.find(({ from, to }) => from === name || to === name);
    return row === undefined ? [] : [{ name, position: row.position }];
  });
}

export function grammarChanges({ old, new: now }: Sides): Found[] {
  const folded = ({ expression }: GrammarRule): string => expression.replace(/\s+/g, " ").trim();
  return tableChanges(old.model.rules, now.model.rules, {
    subject: "grammar",
    nameOf: ({ name }) => name,
    details: (a, b) => detailsOf([["rule", folded(a), folded(b)]]),
    about: folded,
    undecided: () => "what messages may hold of it is said by the patterns of fields",
  });
}

/** Named schemas that only one has: a name is on no wire. */
export function typeChanges(sides: Sides): Found[] {
  const form = (it: { readonly schema: { readonly schema: object } }): string =>
    JSON.stringify({ ...it.schema.schema, description: undefined });
  return tableChanges(sides.old.model.definitions, sides.new.model.definitions, {
    subject: "type",
    nameOf: ({ name }) => name,
    near: (a, b) => (form(a) === form(b) && a.schema.schema.type === "object" ? 1 : 0),
    details: () => [],
    fields: ({ schema }, of) => fieldsOf(sides[of], schema.schema),
    about: ({ schema }) => typeText(schema.schema),
    undecided: () => "a name for a form; what is sent is said of the fields that have it",
  });
}
