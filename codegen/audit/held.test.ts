import { describe, expect, it } from "vitest";
import { accept, formatHeld, parseHeld, readHeld } from "./held.js";
import type { Passage } from "./passages.js";

const passage = (digit: string, label: string): Passage => ({
  ...{ label, text: label, line: 1, hash: digit.repeat(16), heading: undefined, list: undefined },
  sentences: [],
});
const [one, two, three] = [passage("1", "one"), passage("2", "two"), passage("3", "three")];

describe("accepted passages", () => {
  it("keep their reason, the new ones get the new reason, and what is gone goes", () => {
    const before = accept([one, two], [], "first");
    expect(accept([two, three], before, "second")).toEqual([
      { reason: "first", passages: { [two.hash]: "two" } },
      { reason: "second", passages: { [three.hash]: "three" } },
    ]);
    expect(accept([three], before, "second")).toEqual([
      { reason: "second", passages: { [three.hash]: "three" } },
    ]);
  });

  it("keep the list that an item is in", () => {
    const list = "a".repeat(16);
    const { labels, lists } = readHeld(accept([one, { ...two, list }], [], "read"));
    expect([...labels.values()]).toEqual(["one", "two"]);
    expect([...lists]).toEqual([[two.hash, list]]);
  });

  it("are read as they were written", () => {
    const held = accept([one], [], "read");
    expect(parseHeld("p.json", formatHeld("1.1", held), "1.1")).toEqual(held);
  });

  it.each([
    ["no JSON", "{", "the file is no JSON"],
    ["another revision", formatHeld("02", []), 'revision is not "1.1"'],
    ["no list", '{ "revision": "1.1" }', "accepted is no list"],
    ["no reason", formatHeld("1.1", [{ reason: " ", passages: {} }]), "accepted is no list"],
    ["words", formatHeld("1.1", [{ reason: "x", passages: { words: "" } }]), "accepted is no list"],
  ])("that are %s are refused, with the way out", (_, text, message) => {
    expect(() => parseHeld("p.json", text, "1.1")).toThrow(`p.json: ${message}`);
    expect(() => parseHeld("p.json", text, "1.1")).toThrow("--accept");
  });
});
