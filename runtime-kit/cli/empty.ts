import type { Command } from "commander";
import { UsageError } from "./report.js";

/**
 * Refuses an argument or the value of an option that is empty: most often a variable of a shell that is not set, and
 * else a runtime that nobody named, a folder in the place of a file, or a filter that lets everything through.
 *
 * @throws UsageError
 */
export function refuseEmpty(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    // What comes from the environment is as good as absent when it is empty.
    if (command.getOptionValueSource(name) !== "cli") continue;
    refuse(option.long ?? option.flags, command.getOptionValue(name));
  }
  command.registeredArguments.forEach((argument, index) => {
    const given: unknown = command.processedArgs[index];
    const name = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
    // The words of a command are those of somebody else, but for its own name.
    const own = argument.name() === "command" && Array.isArray(given) ? given.slice(0, 1) : given;
    refuse(name, own);
  });
}

function refuse(name: string, given: unknown): void {
  const empty = given === "" || (Array.isArray(given) && given.includes(""));
  if (empty) throw new UsageError(`${name} is empty; see --help`);
}
