import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keeperContract } from "./contract.js";
import { keptInLocalStorage } from "./local-storage.js";

/** As much of a browser as is looked at. The real one is in `scripts/browser/kept.browser.ts`. */
class FakeStorage {
  readonly items = new Map<string, string>();
  getItem = (key: string): string | null => this.items.get(key) ?? null;
  setItem = (key: string, text: string): void => {
    if (text.length > 1_000) throw new DOMException("the quota is exceeded", "QuotaExceededError");
    this.items.set(key, text);
  };
}

class FakeLocks {
  readonly held = new Set<string>();
  request = async (name: string, _how: object, use: (lock: object | null) => unknown) => {
    if (this.held.has(name)) return use(null);
    this.held.add(name);
    try {
      return await use({ name });
    } finally {
      // A browser tells its other processes, which takes a while.
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      this.held.delete(name);
    }
  };
}

let storage: FakeStorage;
let locks: FakeLocks;
beforeEach(() => {
  [storage, locks] = [new FakeStorage(), new FakeLocks()];
  vi.stubGlobal("localStorage", storage);
  vi.stubGlobal("navigator", { locks });
});
afterEach(() => vi.unstubAllGlobals());

keeperContract("localStorage", keptInLocalStorage);

describe("a session in localStorage", () => {
  it("tells that another tab has it", async () => {
    const place = await keptInLocalStorage("s").take();
    await expect(keptInLocalStorage("s").take()).rejects.toThrow(
      '[NOT_KEPT] another tab has the session in localStorage["s"]: close it, or go on there',
    );
    await place.release();
  });

  it("is not written over by an owner that does not know what is there, where there are no locks", async () => {
    vi.stubGlobal("navigator", {});
    const first = await keptInLocalStorage("s").take();
    await first.save("first");
    const second = await keptInLocalStorage("s").take();
    expect(await second.read()).toBe("first");
    await second.save("second");
    await expect(first.save("first again")).rejects.toThrow(
      '[NOT_KEPT] localStorage["s"] was changed by somebody else',
    );
    expect(storage.items.get("s")).toBe("second");
  });

  it("keeps what it had when there is no more room", async () => {
    const place = await keptInLocalStorage("s").take();
    await place.save("fits");
    await expect(place.save("x".repeat(2_000))).rejects.toThrow("the quota is exceeded");
    expect(await place.read()).toBe("fits");
    await place.save("fits again");
    await place.release();
  });

  it("is not to be had where there is none, or it is forbidden", async () => {
    vi.stubGlobal("localStorage", undefined);
    await expect(keptInLocalStorage("s").take()).rejects.toThrow("there is no localStorage here");
    vi.unstubAllGlobals();
    const forbidden = () => {
      throw new DOMException("denied", "SecurityError");
    };
    vi.stubGlobal("localStorage", undefined);
    Object.defineProperty(globalThis, "localStorage", { get: forbidden, configurable: true });
    await expect(keptInLocalStorage("s").take()).rejects.toThrow("is forbidden in this page");
  });

  it("needs a key", () => {
    expect(() => keptInLocalStorage("")).toThrow("key must be a string");
  });
});
