import { resolve } from "node:path";
import type { Agent } from "../runtime/define.js";
import { DEFAULT_URL } from "./options.js";

/** A line for the shell that submits a job to the runtime that has just started. */
export function submitLine(options: {
  readonly url: string;
  readonly token: string;
  readonly agents: readonly Agent[];
  readonly env: Readonly<Record<string, string | undefined>>;
}): string {
  const { url, token, agents, env } = options;
  const where = url === DEFAULT_URL ? [] : [`ARCP_URL=${quoted(url)}`];
  // Where npm started us, `arcp` is on nobody's path.
  const command = env["npm_command"] === "exec" ? "npx arcp" : "arcp";
  return [...where, `ARCP_TOKEN=${token}`, command, "submit", ...example(agents)].join(" ");
}

function example(agents: readonly Agent[]): readonly string[] {
  const name = agents[0]?.name ?? "";
  if (agents.some((agent) => agent.name === "repo-report")) {
    const path = resolve(".");
    return [
      "repo-report",
      quoted(JSON.stringify({ path })),
      "--lease",
      quoted(`fs.read=${path}/**`),
    ];
  }
  return [name, quoted("{}")];
}

/** For a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
