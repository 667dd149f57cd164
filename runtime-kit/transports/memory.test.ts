import { describe, expect, it } from "vitest";
import { describeTransport, readAll, readSome } from "./contract.js";
import { memoryPair } from "./memory.js";

describeTransport("memory", () => {
  const [a, b] = memoryPair();
  return { a, b, drop: () => a.drop() };
});

describeTransport("memory, with room for one frame", () => {
  const [a, b] = memoryPair({ mark: 1 });
  return { a, b, drop: () => b.drop() };
});

describe("memoryPair", () => {
  it("keeps send pending above the mark until the peer has read down to half of it", async () => {
    const [a, b] = memoryPair({ mark: 2_000 });
    let settled = false;
    await a.send(["x".repeat(800)]);
    const waiting = a.send(["y".repeat(800), "z".repeat(800)]).then(() => (settled = true));
    await readSome(b, 1);
    await new Promise(setImmediate);
    expect(settled).toBe(false);
    await readSome(b, 1);
    await waiting;
  });

  it("lets what had arrived before a drop be read", async () => {
    const [a, b] = memoryPair();
    await a.send(["kept"]);
    a.drop();
    expect(await readAll(b)).toEqual({ frames: ["kept"], closed: { code: 1006, reason: "" } });
  });
});
