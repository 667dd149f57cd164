import { ConnectionError } from "../wire/errors.js";
import type { SessionKeeper } from "./port.js";

/** A keeper whose text a test can look at, put there, and have fail. */
export interface MemoryKeeper extends SessionKeeper {
  /** All that was written, the newest last. */
  readonly written: string[];
  text: string | undefined;
  /** Runs before each write, which fails if this rejects. */
  before: (text: string) => Promise<void> | void;
  taken: boolean;
}

export function memoryKeeper(text?: string): MemoryKeeper {
  const keeper: MemoryKeeper = {
    place: "memory",
    written: [],
    text,
    before: () => undefined,
    taken: false,
    take() {
      if (keeper.taken) return Promise.reject(new ConnectionError("NOT_KEPT", "memory is in use"));
      keeper.taken = true;
      return Promise.resolve({
        read: () => Promise.resolve(keeper.text),
        async save(next) {
          await keeper.before(next);
          keeper.text = next;
          keeper.written.push(next);
        },
        release: () => Promise.resolve(void (keeper.taken = false)),
      });
    },
  };
  return keeper;
}
