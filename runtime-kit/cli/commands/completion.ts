import { Argument } from "commander";
import type { Command } from "commander";
import { bashScript } from "../completion/bash.js";
import { fishScript } from "../completion/fish.js";
import { modelOf } from "../completion/model.js";
import { zshScript } from "../completion/zsh.js";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { explain } from "../help.js";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `arcp completion`: a script from the commands that there are. */
export function addCompletion(program: Command, context: Context): void {
  const command = program
    .command("completion")
    .summary("prints a script that completes arcp in a shell")
    .description(
      "prints a script with which a shell completes commands, options, choices and files.",
    )
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(SCRIPTS)))
    .option("--json", "prints the script as one line of JSON")
    .action(async (shell: keyof typeof SCRIPTS, options: { readonly json?: boolean }) => {
      const script = SCRIPTS[shell](modelOf(program));
      await (options.json === true
        ? record(context, { completion: { shell, script } })
        : context.out.write(script));
    });
  explain(command, {
    notes: `To install it:
  bash  arcp completion bash > ~/.local/share/bash-completion/completions/arcp
  zsh   arcp completion zsh > _arcp, in a folder of $fpath
  fish  arcp completion fish > ~/.config/fish/completions/arcp.fish
For this shell alone: source <(arcp completion bash), source <(arcp completion zsh), or
arcp completion fish | source`,
    examples: ["arcp completion bash", "arcp completion zsh", "arcp completion fish"],
  });
}
