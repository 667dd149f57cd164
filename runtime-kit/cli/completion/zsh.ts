import { allOf } from "./model.js";
import type { CompletedCommand, CompletedOption, Value } from "./model.js";

/** A script for zsh: to be sourced, or to stand as `_arcp` in a folder of $fpath. */
export function zshScript(program: CompletedCommand): string {
  const { name } = program;
  return `#compdef ${name}
# Completion of ${name} in zsh, made by \`${name} completion zsh\`.
${allOf(program).map(functionOf(name)).join("\n")}
if [ "$funcstack[1]" = _${name} ]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

const functionOf =
  (program: string) =>
  (command: CompletedCommand): string => {
    const options = command.options.map(optionSpec);
    return command.commands.length > 0
      ? groupFunction(program, command, options)
      : `${functionName(program, command)}() {
  _arguments -S ${[...options, ...argumentSpecs(command)].join(" \\\n    ")}
}`;
  };

function groupFunction(
  program: string,
  command: CompletedCommand,
  options: readonly string[],
): string {
  const names = command.commands.map(({ name, summary }) => literal(`${name}:${summary}`));
  const cases = command.commands.map(
    (one) => `      ${one.name}) ${functionName(program, one)} ;;`,
  );
  return `${functionName(program, command)}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C ${[...options, "'1:command:->command'", "'*::argument:->argument'"].join(" \\\n    ")}
  case $state in
  command)
    local -a commands=(
      ${names.join("\n      ")}
    )
    _describe command commands ;;
  argument)
    case $line[1] in
${cases.join("\n")}
    esac ;;
  esac
}`;
}

function functionName(program: string, { path }: CompletedCommand): string {
  return `_${program}${path.replaceAll("/", "_")}`;
}

function optionSpec({ flags, description, value, placeholder }: CompletedOption): string {
  const text = `[${description.replaceAll(/[[\]]/g, "\\$&")}]`;
  const argument = value === undefined ? "" : `:${placeholder}:${action(value)}`;
  const [first] = flags;
  // A star: given once, an option may be given again.
  const specs = flags.map((flag) => literal(`*${flag}${text}${argument}`));
  return first === undefined ? "" : specs.join(" ");
}

function argumentSpecs({ arguments: args }: CompletedCommand): string[] {
  return args.map(({ name, value, variadic }, at) =>
    literal(`${variadic ? "*" : at + 1}:${name}:${action(value)}`),
  );
}

function action(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `(${value.choices.join(" ")})`;
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    case "anything":
      return " ";
  }
}

function literal(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
