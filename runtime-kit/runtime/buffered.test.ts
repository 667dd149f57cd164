import { expect, it } from "vitest";
import { createBuffered } from "./buffered.js";

it("SEC closes whoever is stuck longest when too much waits for one principal, and nobody else", () => {
  const closed: string[] = [];
  const buffered = createBuffered(10);
  const hold = (principal: string, name: string, size = 4) =>
    buffered.hold(principal, size, () => closed.push(name));
  hold("me", "a");
  const release = hold("me", "b");
  hold("you", "c");
  expect(closed).toEqual([]);
  hold("me", "d");
  expect(closed).toEqual(["a"]);
  release();
  release();
  hold("me", "e");
  expect(closed).toEqual(["a"]);
  hold("me", "f");
  expect(closed).toEqual(["a", "d"]);
  // What is too much by itself is a single frame, and is let through.
  hold("they", "g", 99);
  expect(closed).toEqual(["a", "d"]);
});
