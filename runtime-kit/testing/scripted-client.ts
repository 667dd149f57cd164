import { aBoolean, aString, checkOptions } from "../wire/options.js";
import { memoryPair } from "../transports/memory.js";
import type { Transport } from "../transports/port.js";
import { ScriptedPeer } from "./peer.js";
import type { SeenMessage } from "./peer.js";

/** What a scripted client connects to: every runtime of this package, and what is made like one. */
export interface Acceptor {
  accept(
    transport: Transport,
    peer?: { readonly principal?: string; readonly secure?: boolean },
  ): void;
}

/** What a hello says; whatever else is given goes into its payload too. §6.2 */
export interface HelloOptions {
  readonly token?: string;
  /** None by default. */
  readonly features?: readonly string[];
  readonly [field: string]: unknown;
}

/** A client of raw messages. It answers nothing by itself, not even a ping. */
export class ScriptedClient extends ScriptedPeer {
  /** Says hello; resolves with the welcome, and rejects if there is none. §6.2 */
  async hello({ token, features = [], ...more }: HelloOptions = {}): Promise<SeenMessage> {
    this.send("session.hello", {
      client: { name: "script", version: "1" },
      ...(token === undefined ? {} : { auth: { scheme: "bearer", token } }),
      capabilities: { features },
      ...more,
    });
    const welcome = await this.next("session.welcome");
    this.sessionId = welcome.session_id;
    return welcome;
  }
}

/**
 * Connects to a runtime in this process, to say to it what a test likes. With a `principal` it is believed, as
 * `runtime.connect()` is; without one it has to authenticate itself. `secure: false` stands for a connection in plain
 * text from another host, to which no credential is sent (SEC-03).
 */
export function scriptedClient(
  runtime: Acceptor,
  options: { readonly principal?: string; readonly secure?: boolean } = {},
): ScriptedClient {
  checkOptions("scriptedClient", options, { principal: aString, secure: aBoolean });
  const [mine, theirs] = memoryPair();
  runtime.accept(theirs, { secure: true, ...options });
  return new ScriptedClient(mine, "m");
}
