/** What stands below the options in the help of every command. */
import type { Command } from "commander";
import { exitHelp } from "./exit.js";

/** The variables that commands look at. */
const VARIABLES = {
  ARCP_URL: "the runtime, where no URL is given",
  ARCP_TOKEN: "the token, where none is given; no process list shows it",
  ARCP_STATE: "the folder in which submitted jobs are kept; else ~/.local/state/arcp",
  ARCP_DEBUG: "1 shows the stack of what went wrong",
} as const;

export type Variable = keyof typeof VARIABLES;

export interface Explanation {
  /** Command lines that work, from the simplest on; at least two. */
  readonly examples: readonly string[];
  /** Besides ARCP_DEBUG, which every command looks at. */
  readonly environment?: readonly Variable[];
  /** What else there is to say, before the examples. */
  readonly notes?: string;
  /** Instead of the table of exit codes, for what has one of its own. */
  readonly exits?: string;
}

const explanations = new WeakMap<Command, Explanation>();

/** What was said of a command, for pages that say it again. */
export function explanationOf(command: Command): Explanation | undefined {
  return explanations.get(command);
}

/** Adds notes, examples, variables and exit codes to a command's help. */
export function explain(command: Command, explanation: Explanation): Command {
  explanations.set(command, explanation);
  const { examples, environment = [], notes, exits = exitHelp() } = explanation;
  const sections = [
    ...(notes === undefined ? [] : ["", notes]),
    "",
    "Examples:",
    ...examples.map((line) => `  ${line}`),
    "",
    "Environment:",
    ...[...environment, "ARCP_DEBUG" as const].map(
      (name) => `  ${name.padEnd(10)}  ${VARIABLES[name]}`,
    ),
    exits,
  ];
  return command.addHelpText("after", sections.join("\n"));
}
