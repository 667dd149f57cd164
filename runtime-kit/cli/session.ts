import { CLIENT_VERSION } from "../client/options.js";
import type { Client, ConnectOptions } from "../client/index.js";
import { connect } from "../node.js";
import { ArcpError } from "../wire/errors.js";
import type { Context } from "./context.js";
import { tokenOf, urlOf } from "./options.js";
import type { ReachOptions } from "./options.js";

/** Opens a session as the options say. Throws what `connect` throws, and a `UsageError`. */
export async function openSession(
  { io }: Context,
  options: ReachOptions,
  more: Pick<ConnectOptions, "signal" | "on" | "reconnect"> = {},
): Promise<Client> {
  const url = urlOf(options.url, io);
  const token = await tokenOf(options, io);
  try {
    return await connect(url, {
      name: "arcp-cli",
      version: CLIENT_VERSION,
      ...(token === undefined ? {} : { token }),
      ...more,
    });
  } catch (error) {
    if (token !== undefined || !ArcpError.is(error, "UNAUTHENTICATED")) throw error;
    const text = `${error.reason}; no token was given: set ARCP_TOKEN, or give --token-file or --token`;
    throw new ArcpError(error.code, text, { cause: error });
  }
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
