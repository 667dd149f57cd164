import { allOf } from "./model.js";
import type { CompletedCommand, CompletedOption, Value } from "./model.js";

/** A script for fish. */
export function fishScript(program: CompletedCommand): string {
  const { name } = program;
  const commands = allOf(program);
  const below = commands.filter(({ path }) => path !== "").map(({ path }) => path);
  return `# Completion of ${name} in fish, made by \`${name} completion fish\`.
function __${name}_at
    set -l path ''
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        switch "$path/$word"
            case ${below.join(" ")}
                set path "$path/$word"
        end
    end
    test "$path" = "$argv[1]"
end
complete -c ${name} -f
${commands.flatMap(linesOf(name)).join("\n")}
`;
}

const linesOf =
  (program: string) =>
  ({ path, commands, options, arguments: args }: CompletedCommand): string[] => {
    const start = `complete -c ${program} -n ${literal(`__${program}_at '${path}'`)}`;
    return [
      ...commands.map(({ name, summary }) => `${start} -a ${name} -d ${literal(summary)}`),
      ...options.map((option) => `${start} ${optionSpec(option)}`),
      ...args.flatMap(({ value }) =>
        value.kind === "anything" ? [] : [`${start} ${taken(value)}`],
      ),
    ];
  };

function optionSpec({ flags, description, value }: CompletedOption): string {
  const names = flags.map((flag) =>
    flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const argument = value === undefined ? [] : [`-r ${taken(value)}`];
  return [...names, `-d ${literal(description)}`, ...argument].join(" ");
}

function taken(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `-f -a ${literal(value.choices.join(" "))}`;
    case "files":
      return "-F";
    case "folders":
      return "-f -a '(__fish_complete_directories)'";
    case "anything":
      return "-f";
  }
}

/** Within single quotes fish knows these two as escapes. */
function literal(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
