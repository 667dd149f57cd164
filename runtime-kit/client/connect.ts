import type { SessionKeeper } from "../keepers/port.js";
import type { Dial } from "../transports/port.js";
import { stayAlive, systemClock, systemEntropy } from "../transports/system.js";
import { checkConnect, checkTarget } from "./check-options.js";
import { Client } from "./client.js";
import { keptOfText } from "./kept-session.js";
import type { ConnectOptions, Target } from "./options.js";
import type { KeptAt } from "./pump.js";

/**
 * Opens a session with a runtime; resolves with the welcome. From then on a lost connection is dialled again
 * and the session resumed, unless `reconnect` says otherwise.
 *
 * Throws a `TypeError` for options that are none and for an address of another host without TLS (SEC-01), an `ArcpError` if the runtime refuses (`UNAUTHENTICATED` …), and a `ConnectionError` if nobody
 * answers or the answer is no welcome; `NOT_KEPT` where `session` cannot be had, or be taken up. §6.2
 */
export type Connect = (target: Target, options?: ConnectOptions) => Promise<Client>;

/** Makes a `connect` that opens URLs with this dial: browsers and Node differ in nothing else. */
export function connectWith(dialFor: (url: string | URL) => Dial): Connect {
  return async (target, options = {}) => {
    checkConnect(options);
    checkTarget(target, options);
    const { signal } = options;
    signal?.throwIfAborted();
    const dial = typeof target === "function" ? target : dialFor(target);
    const system = {
      clock: options.clock ?? systemClock(),
      entropy: options.entropy ?? systemEntropy,
    };
    const kept = options.session === undefined ? undefined : await takeUp(options.session);
    const client = new Client(dial, options, system, kept);
    // Nothing else may: it waits to dial again, or is in the process of its runtime.
    if (options.clock === undefined) void client.closed.then(stayAlive());
    const giveUp = (): void => void client.close();
    signal?.addEventListener("abort", giveUp, { once: true });
    // It may have been while the place was taken.
    if (signal?.aborted === true) giveUp();
    try {
      await client.open();
      return client;
    } catch (error) {
      // The place is free again when the program hears of it.
      await client.closed;
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  };
}

/** Takes the place where a session is kept, and reads what is there. What cannot be read is left as it is. */
async function takeUp(keeper: SessionKeeper): Promise<KeptAt> {
  const place = await keeper.take();
  try {
    const text = await place.read();
    const session = text === undefined ? undefined : keptOfText(text, keeper.place);
    return { place, text, session };
  } catch (error) {
    await place.release();
    throw error;
  }
}
