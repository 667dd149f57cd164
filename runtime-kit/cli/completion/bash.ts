import { allOf } from "./model.js";
import type { CompletedCommand, Value } from "./model.js";
import { quoted } from "../paste.js";

/** A script for bash, from 3.2 on. */
export function bashScript(program: CompletedCommand): string {
  const commands = allOf(program);
  const below = commands.filter(({ path }) => path !== "").map(({ path }) => path);
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) =>
      value === undefined
        ? []
        : flags.map((flag) => `    ${quoted(`${path} ${flag}`)}) ${given(value)}return ;;`),
    ),
  );
  const flags = commands.map(
    ({ path, options }) =>
      `      ${quoted(path)}) words=${words(options.flatMap((option) => option.flags))} ;;`,
  );
  return `# Completion of arcp in bash, made by \`arcp completion bash\`.
_arcp() {
  local IFS=$'\\n' cur prev path='' words='' i
  cur=\${COMP_WORDS[COMP_CWORD]}
  prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # --option=value comes as three words.
  if [ "$cur" = = ]; then cur=''; elif [ "$prev" = = ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path/\${COMP_WORDS[i]}" in
    ${below.join(" | ")}) path="$path/\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $prev" in
${values.join("\n")}
  esac
  case "$cur" in
  -*)
    case "$path" in
${flags.join("\n")}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  *)
    case "$path" in
${commands.map((command) => `      ${quoted(command.path)}) ${operands(command)};;`).join("\n")}
    esac ;;
  esac
}
_arcp_files() {
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$2"))
}
complete -F _arcp arcp
`;
}

function given(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `COMPREPLY=($(compgen -W ${words(value.choices)} -- "$cur")); `;
    case "files":
      return '_arcp_files -f "$cur"; ';
    case "folders":
      return '_arcp_files -d "$cur"; ';
    case "anything":
      return "";
  }
}

/** What can stand where no option is: a command, or the value of an argument. */
function operands({ commands, arguments: args }: CompletedCommand): string {
  if (commands.length > 0) {
    return given({ kind: "choices", choices: commands.map(({ name }) => name) });
  }
  const known = args.find(({ value }) => value.kind !== "anything");
  return known === undefined ? ": " : given(known.value);
}

function words(list: readonly string[]): string {
  return `$'${list.join("\\n")}'`;
}
