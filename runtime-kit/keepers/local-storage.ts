import { ConnectionError } from "../wire/errors.js";
import type { KeptPlace, SessionKeeper } from "./port.js";

/**
 * Keeps a session in the page's `localStorage` under `key`, so that a page that is loaded again, or another tab, goes on
 * with it. One tab at a time, by the Web Locks of the browser; where there are none (a page over `http:` that is not of
 * this machine) the tab that came last has it, and the one before it ends.
 *
 * Any script of the page's origin can read the resume token there, and outliving the tab is the point of it.
 */
export function keptInLocalStorage(key: string): SessionKeeper {
  if (typeof key !== "string" || key === "") {
    throw new TypeError("keptInLocalStorage: key must be a string that is not empty");
  }
  const place = `localStorage[${JSON.stringify(key)}]`;
  return {
    place,
    async take() {
      const storage = storageOf(place);
      const release = await lock(`arcp:${key}`, place);
      return placeOf(storage, { key, place, release });
    },
  };
}

function placeOf(
  storage: Storage,
  { key, place, release }: { key: string; place: string; release: () => Promise<void> },
): KeptPlace {
  let mine = storage.getItem(key);
  return {
    read: () => Promise.resolve((mine = storage.getItem(key)) ?? undefined),
    save(text) {
      return new Promise((resolve) => {
        // Without a lock this is what keeps an older owner from writing over a newer one.
        if (storage.getItem(key) !== mine) {
          throw new ConnectionError("NOT_KEPT", `${place} was changed by somebody else`);
        }
        storage.setItem(key, text);
        mine = text;
        resolve();
      });
    },
    release,
  };
}

function storageOf(place: string): Storage {
  try {
    const { localStorage } = globalThis as { localStorage?: Storage };
    if (localStorage !== undefined) return localStorage;
  } catch (cause) {
    // Reading the member itself throws where the user or a sandbox forbids it.
    throw new ConnectionError("NOT_KEPT", `${place} is forbidden in this page`, { cause });
  }
  throw new ConnectionError("NOT_KEPT", `${place}: there is no localStorage here; a page has one`);
}

/** Holds the lock until it is released, or the page is gone. Resolves with what releases it. */
function lock(name: string, place: string): Promise<() => Promise<void>> {
  const locks = (globalThis as { navigator?: Partial<Navigator> }).navigator?.locks;
  if (locks === undefined) return Promise.resolve(() => Promise.resolve());
  return new Promise((resolve, reject) => {
    const held: Promise<unknown> = locks.request(name, { ifAvailable: true }, (granted) => {
      if (granted === null) {
        const text = `another tab has the session in ${place}: close it, or go on there`;
        reject(new ConnectionError("NOT_KEPT", text));
        return undefined;
      }
      return new Promise<void>((letGo) => {
        resolve(async () => {
          letGo();
          // Only then can the next one have it.
          await held;
        });
      });
    });
    held.catch(reject);
  });
}
