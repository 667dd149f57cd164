import type { TraceEvent, TraceStep } from "../model/types.js";
import type { FenceFact } from "./facts.js";
import { readMembers } from "./members.js";
import { quote, type Report } from "./report.js";

type Unread = Omit<TraceStep, "members">;

const STEP = /^(?<from>[CR])\s*>\s*(?<to>[CR])\s+(?<type>[^\s{]+)\s*(?<rest>.*)$/;

/**
 * The messages of a trace, and what happens between them. `-- comment`, `*** outside event ***` and blank
 * lines are no steps; an indented line continues the step above it.
 */
export function readTrace(
  fence: FenceFact,
  report: Report,
): { readonly steps: readonly TraceStep[]; readonly events: readonly TraceEvent[] } {
  const steps: Unread[] = [];
  const events: TraceEvent[] = [];
  let offset = 0;
  for (const line of fence.text.split("\n")) {
    const text = line.trim();
    const position = fence.at(offset + Math.max(0, line.search(/\S/)));
    offset += line.length + 1;
    const event = /^\*\*\*(.*)\*\*\*$/.exec(text)?.[1];
    if (event !== undefined) events.push({ before: steps.length, text: event.trim() });
    if (text === "" || text.startsWith("--") || event !== undefined) continue;
    const { from, to, type = "", rest = "" } = STEP.exec(text)?.groups ?? {};
    const last = steps.at(-1);
    if ((from === "C" || from === "R") && (to === "C" || to === "R") && from !== to) {
      steps.push({ position, from, to, type, rest: withoutComment(rest) });
    } else if (from === undefined && /^\s/.test(line) && last !== undefined) {
      const joined = { ...last, rest: `${last.rest} ${withoutComment(text)}`.trim() };
      steps[steps.length - 1] = joined;
    } else {
      const fix = "write `C > R  type { … }`, `R > C  type { … }`, `-- comment` or `*** event ***`";
      report("malformed-trace", position, `${quote(text)} is no step of a trace`, fix);
    }
  }
  return { steps: steps.map((step) => withMembers(step, report)), events };
}

function withMembers(step: Unread, report: Report): TraceStep {
  const members = readMembers(step.rest);
  if (typeof members !== "string") return { ...step, members };
  const fix = "write `{ name: value, … }` with values of JSON, or captures such as $J";
  report("malformed-trace", step.position, `${step.type}: ${members}`, fix);
  return { ...step, members: {} };
}

function withoutComment(rest: string): string {
  return rest.replace(/(?:^|\s)--\s.*$/, "").trim();
}
