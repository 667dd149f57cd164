/** A store belongs to one runtime: each of two would number, and start, what the other does not know of. */
import { StoreError } from "../stores/errors.js";
import type { Store } from "../stores/port.js";

/** Stores that a runtime of this process has; other processes are the store's own to refuse. */
const taken = new WeakSet<Store>();

/** A runtime's hold on its store. */
export interface Claim {
  /** Throws a `StoreError` (`IN_USE`) if another runtime has the store. */
  take(): void;
  /** Closes the store; one that was never taken is another runtime's, which goes on. */
  close(): Promise<void>;
}

export function claimOn(store: Store): Claim {
  let isOurs = false;
  return {
    take() {
      if (taken.has(store)) {
        const text =
          "another runtime of this process has this store: give each its own, or close() the other first";
        throw new StoreError("IN_USE", text);
      }
      taken.add(store);
      isOurs = true;
    },
    async close() {
      if (!isOurs) return;
      try {
        await store.close();
      } finally {
        taken.delete(store);
      }
    },
  };
}
