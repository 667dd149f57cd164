/** What there is to complete, read from the tree of commands. */
import type { Argument, Command, Option } from "commander";

/** What can stand as a value. */
export type Value =
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  | { readonly kind: "files" | "folders" | "anything" };

export interface CompletedOption {
  /** As `--status`, `-h`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Absent where it takes none. */
  readonly value: Value | undefined;
  /** The name of the value. */
  readonly placeholder: string;
}

export interface CompletedArgument {
  readonly name: string;
  readonly value: Value;
  readonly variadic: boolean;
}

/** A command, or the program itself. */
export interface CompletedCommand {
  /** The names that lead to it, as `/conformance/runtime`; empty for the program. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly arguments: readonly CompletedArgument[];
  readonly commands: readonly CompletedCommand[];
}

export function modelOf(command: Command, path = ""): CompletedCommand {
  const options = command.createHelp().visibleOptions(command);
  return {
    path,
    name: command.name(),
    summary: command.summary() || command.description(),
    options: options.map(optionOf),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      value: valueOf(argument.argChoices, argument.name()),
      variadic: argument.variadic,
    })),
    // Without those that are not for people.
    commands: command
      .createHelp()
      .visibleCommands(command)
      .map((one) => modelOf(one, `${path}/${one.name()}`)),
  };
}

/** A command and all that are below it. */
export function allOf(command: CompletedCommand): readonly CompletedCommand[] {
  return [command, ...command.commands.flatMap(allOf)];
}

function optionOf(option: Option): CompletedOption {
  const placeholder = /[<[]([^\].>]+)/.exec(option.flags)?.[1] ?? "";
  return {
    flags: [option.short, option.long].filter((flag) => typeof flag === "string"),
    description: option.description,
    value: placeholder === "" ? undefined : valueOf(option.argChoices, placeholder),
    placeholder,
  };
}

/** Values are files where the help calls them so. */
function valueOf(
  choices: Option["argChoices"] | Argument["argChoices"],
  placeholder: string,
): Value {
  if (choices !== undefined) return { kind: "choices", choices };
  if (placeholder === "file") return { kind: "files" };
  return { kind: placeholder === "dir" ? "folders" : "anything" };
}
