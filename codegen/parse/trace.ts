import type { TraceStep } from "../model/types.js";
import type { FenceFact } from "./facts.js";
import { quote, type Report } from "./report.js";

const STEP = /^(?<from>[CR])\s*>\s*(?<to>[CR])\s+(?<type>[^\s{]+)\s*(?<rest>.*)$/;

/**
 * The messages of a trace. `-- comment`, `*** outside event ***` and blank lines are no steps; an
 * indented line continues the step above it.
 */
export function readTrace(fence: FenceFact, report: Report): TraceStep[] {
  const steps: TraceStep[] = [];
  let offset = 0;
  for (const line of fence.text.split("\n")) {
    const text = line.trim();
    const position = fence.at(offset + Math.max(0, line.search(/\S/)));
    offset += line.length + 1;
    if (text === "" || text.startsWith("--") || /^\*\*\*.*\*\*\*$/.test(text)) continue;
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
  return steps;
}

function withoutComment(rest: string): string {
  return rest.replace(/(?:^|\s)--\s.*$/, "").trim();
}
