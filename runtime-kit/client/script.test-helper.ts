/** A client and the scripted runtime at its other end. */
import { scriptedRuntime } from "../testing/index.js";
import type { ScriptedConnection, ScriptedRuntime } from "../testing/index.js";
import type { Client } from "./client.js";
import { connect } from "./index.js";
import type { ConnectOptions } from "./options.js";

/** A connected client and the runtime's end of it. */
export async function connected(
  options: ConnectOptions = {},
  payload: Readonly<Record<string, unknown>> = {},
): Promise<{ client: Client; script: ScriptedRuntime; peer: ScriptedConnection }> {
  const script = scriptedRuntime();
  const opening = connect(script.dial, { reconnect: { minDelayMs: 1, maxDelayMs: 2 }, ...options });
  const peer = await script.connection();
  await peer.welcome("sess_1", payload);
  return { client: await opening, script, peer };
}

/** A client with a job that the runtime has accepted. */
export async function running(options: ConnectOptions = {}) {
  const { client, script, peer } = await connected(options);
  const [job] = await Promise.all([client.submit("a", { x: 1 }), peer.accept()]);
  return { client, script, peer, job };
}

/** Until something holds; every other turn of the event loop is looked at. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
