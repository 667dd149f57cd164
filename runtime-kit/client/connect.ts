import type { Dial } from "../transports/port.js";
import { systemClock, systemEntropy } from "../transports/system.js";
import { checkConnect } from "./check-options.js";
import { Client } from "./client.js";
import type { ConnectOptions, Target } from "./options.js";

/**
 * Opens a session with a runtime; resolves with the welcome. From then on a lost connection is dialled again
 * and the session resumed, unless `reconnect` says otherwise.
 *
 * Throws a `TypeError` for options that are none, an `ArcpError` if the runtime refuses (`UNAUTHENTICATED` …), and a `ConnectionError` if nobody
 * answers or the answer is no welcome. §6.2
 */
export type Connect = (target: Target, options?: ConnectOptions) => Promise<Client>;

/** Makes a `connect` that opens URLs with this dial: browsers and Node differ in nothing else. */
export function connectWith(dialFor: (url: string | URL) => Dial): Connect {
  return async (target, options = {}) => {
    checkConnect(options);
    const { signal } = options;
    signal?.throwIfAborted();
    const dial = typeof target === "function" ? target : dialFor(target);
    const client = new Client(dial, options, {
      // While it waits to dial again, its timer is all that keeps a program alive.
      clock: options.clock ?? systemClock({ keepAlive: true }),
      entropy: options.entropy ?? systemEntropy,
    });
    const giveUp = (): void => void client.close();
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      await client.open();
      return client;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  };
}
