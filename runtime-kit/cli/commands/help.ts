import { Argument } from "commander";
import type { Command } from "commander";
import { explain } from "../help.js";

/** `arcp help`. Added last: its choices are the commands that there are. */
export function addHelp(program: Command): void {
  const names = [program, ...program.commands].flatMap(({ commands }) =>
    commands.map((command) => command.name()),
  );
  program.helpCommand(false);
  const command = program
    .command("help")
    .summary("shows the help of a command")
    .description("shows the help of a command, or of arcp.")
    .addArgument(new Argument("[command...]", "its name, after that of its group").choices(names))
    // As every command: of what cannot be shown it tells in a record.
    .option("--json", "prints errors as NDJSON")
    .action((path: readonly string[] = []) => {
      let found = program;
      for (const name of path) {
        const next = found.commands.find((one) => one.name() === name);
        if (next === undefined) {
          found.error(`error: there is no command '${name}' in ${found.name()}`);
        }
        found = next!;
      }
      found.help();
    });
  explain(command, { examples: ["arcp help submit", "arcp help conformance runtime"] });
}
