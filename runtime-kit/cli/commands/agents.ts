import type { Command } from "commander";
import type { AgentInfo } from "../../../generated/current/index.js";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { explain } from "../help.js";
import { reachOptions } from "../options.js";
import type { ReachOptions } from "../options.js";
import { withSession } from "../session.js";
import { oneLine, table } from "../text.js";

/** `arcp agents`: the inventory that the runtime tells in its welcome. §7.5 */
export function addAgents(program: Command, context: Context): void {
  const command = program
    .command("agents")
    .summary("lists the agents of a runtime")
    .description("lists the agents of a runtime, with their versions where it names them.");
  explain(reachOptions(command), {
    examples: [
      "arcp agents",
      "arcp agents --url ws://127.0.0.1:7777/arcp --token-file token.txt --json",
    ],
    environment: ["ARCP_URL", "ARCP_TOKEN"],
  }).action((options: ReachOptions) =>
    withSession(context, options, async ({ agents }) => {
      if (options.json === true) {
        for (const agent of agents) await record(context, { agent });
      } else {
        for (const line of table([["AGENT", "VERSIONS", "DEFAULT"], ...agents.map(row)])) {
          await context.out.line(line);
        }
      }
    }),
  );
}

function row({ name, versions, default: standard }: AgentInfo): string[] {
  return [name, versions?.join(", ") ?? "", standard ?? ""].map(oneLine);
}
