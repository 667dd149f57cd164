import type { Model, StateMachine } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { render } from "./template.js";

/** `lifecycle.ts`: the state machines of jobs and sessions, as tables and as types. */
export function emitLifecycle(model: Model): Artefact {
  const job = view(machine(model, "job"));
  const session = view(machine(model, "session"));
  return { path: "lifecycle.ts", text: render(model, "lifecycle", { job, session }) };
}

function machine(model: Model, subject: string): StateMachine {
  const found = model.machines.find((candidate) => candidate.subject === subject);
  if (found === undefined) throw new Error(`the spec has no table of states of "${subject}"`);
  return found;
}

function view(found: StateMachine) {
  const transitions = found.transitions.flatMap(({ from, to, on, meaning }) =>
    from === undefined ? [] : [{ from, to, on, meaning }],
  );
  return {
    section: found.transitions[0]?.section ?? null,
    initial: found.initial,
    states: found.states,
    terminal: found.terminal,
    triggers: [...new Set(transitions.map((transition) => transition.on))],
    transitions,
    leaving: found.states.flatMap((from) => {
      const moves = transitions.filter((transition) => transition.from === from);
      return moves.length === 0 ? [] : [{ from, moves }];
    }),
  };
}
