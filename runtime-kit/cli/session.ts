import { CLIENT_VERSION } from "../client/options.js";
import type { Client, ConnectOptions } from "../client/index.js";
import type { Target } from "../client/options.js";
import { connect, stdio } from "../node.js";
import type { Dial } from "../transports/port.js";
import { ArcpError } from "../wire/errors.js";
import type { Context } from "./context.js";
import { safeUrlOf, tokenOf } from "./options.js";
import type { ReachOptions } from "./options.js";
import { UsageError } from "./report.js";
import { oneLine } from "./text.js";

/** Opens a session as the options say. Throws what `connect` throws, and a `UsageError`. */
export async function openSession(
  context: Context,
  options: ReachOptions,
  more: Pick<ConnectOptions, "signal" | "on" | "reconnect" | "session"> = {},
): Promise<Client> {
  const { io } = context;
  const target = targetOf(context, options);
  const token = await tokenOf(options, io);
  try {
    return await connect(target, {
      name: "arcp-cli",
      version: CLIENT_VERSION,
      ...(token === undefined ? {} : { token }),
      allowInsecureRemote: options.allowInsecureRemote === true,
      ...more,
    });
  } catch (error) {
    if (token !== undefined || !ArcpError.is(error, "UNAUTHENTICATED")) throw error;
    const text = `${error.reason}; no token was given: set ARCP_TOKEN, or give --token-file or --token`;
    throw new ArcpError(error.code, text, { cause: error });
  }
}

/** The runtime at an address, or one that is started for this command. */
function targetOf(context: Context, { url, stdio: command, ...options }: ReachOptions): Target {
  const allow = options.allowInsecureRemote;
  if (command === undefined) return safeUrlOf(url, { io: context.io, allow });
  if (url !== undefined) throw new UsageError("give --url or --stdio, not both");
  return childOf(context, command);
}

/** A runtime that is started as a child by a line for the shell. */
export function childOf({ io, err }: Context, command: string): Dial {
  if (command.trim() === "") throw new UsageError("--stdio: the command is empty");
  // Its log is not what this command was asked for; why it ended is told in any case.
  const log = (line: string): void => void err.line(oneLine(line));
  return stdio(command, [], {
    shell: true,
    stderr: io.env["ARCP_DEBUG"] === undefined ? "ignore" : log,
  });
}

/** Opens a session for one short question, and closes it whatever comes of it. */
export async function withSession(
  context: Context,
  options: ReachOptions,
  use: (client: Client) => Promise<void>,
): Promise<void> {
  const client = await openSession(context, options, { reconnect: false });
  try {
    await use(client);
  } finally {
    await client.close();
  }
}
