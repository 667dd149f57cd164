import type { StateMachine } from "../types.js";
import type { Rule } from "./rule.js";

/** Each state machine begins once, reaches all its states, and knows where each event leads. */
export const machineRules: Rule = ({ machines, machinePositions, schemas, tentative }, report) => {
  for (const machine of machines) {
    const { subject, states, transitions } = machine;
    const top = machinePositions.get(subject);
    if (top === undefined || transitions.length === 0) continue;
    const complain = (message: string, fix: string, position = top): void =>
      report("broken-machine", position, message, fix);

    const beginnings = new Set(
      transitions.filter(({ from }) => from === undefined).map(({ to }) => to),
    );
    if (beginnings.size !== 1) {
      const count = beginnings.size === 0 ? "no beginning" : `${beginnings.size} beginnings`;
      complain(`the ${subject} has ${count}`, "give one row the From —");
      continue;
    }
    const reached = reachable(machine);
    for (const state of states) {
      if (reached.has(state) || tentative.has(state)) continue;
      const position = transitions.find(({ from }) => from === state)?.position;
      complain(
        `the ${subject} never gets ${state}`,
        "add a transition to it, or strike it",
        position,
      );
    }
    const seen = new Map<string, string>();
    for (const { from, to, on, position } of transitions) {
      const key = `${from ?? ""} ${on}`;
      const before = seen.get(key);
      seen.set(key, before ?? to);
      if (before === undefined || before === to) continue;
      const message = `on ${on} the ${subject} goes from ${from ?? "—"} to ${before} and to ${to}`;
      complain(message, "give the two events different names", position);
    }
    const type = `${subject.charAt(0).toUpperCase()}${subject.slice(1)}Status`;
    const names = schemas.get(type)?.schema.enum;
    if (!Array.isArray(names)) continue;
    const differing = [
      ...states.filter((state) => !names.includes(state)),
      ...names.map(String).filter((name) => !states.includes(name)),
    ];
    if (differing.length > 0) {
      const message = `the states of the ${subject} and the enum of ${type} differ in ${differing.join(", ")}`;
      complain(message, "mend one of them");
    }
  }
};

function reachable({ initial, transitions }: StateMachine): Set<string> {
  const reached = new Set([initial]);
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const { from, to } of transitions)
      if (from === undefined || reached.has(from)) reached.add(to);
  }
  return reached;
}
