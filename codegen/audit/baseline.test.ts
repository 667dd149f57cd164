import { describe, expect, it } from "vitest";
import { parseBaseline } from "./baseline.js";

const HASH = "0123456789abcdef";
const good = {
  revision: "1.1",
  accepted: [{ reason: "ours is wider", keys: ["only-ours:field:a/b"] }],
  sentences: [{ reason: "said in our words", ids: { [HASH]: ["SUB-01"] } }],
};
const parse = (value: unknown) => parseBaseline("b.json", JSON.stringify(value), "1.1");

describe("a baseline", () => {
  it("is read as it stands", () => {
    expect(parse(good)).toEqual(good);
  });

  it.each([
    ["another revision", { ...good, revision: "02" }, 'b.json: revision is "02", not "1.1"'],
    ["no list", { ...good, accepted: {} }, "b.json: accepted has to be a list of objects"],
    [
      "no reason",
      { ...good, accepted: [{ reason: " ", keys: [] }] },
      "b.json: accepted/0/reason has to be text",
    ],
    [
      "keys of another type",
      { ...good, accepted: [{ reason: "x", keys: [1] }] },
      "b.json: accepted/0/keys/0 has to be text",
    ],
    [
      "a key twice",
      { ...good, accepted: [...good.accepted, ...good.accepted] },
      "b.json: accepted/1 repeats only-ours:field:a/b",
    ],
    [
      "a sentence instead of its fingerprint",
      { ...good, sentences: [{ reason: "x", ids: { "It MUST.": [] } }] },
      "b.json: sentences/0/ids It MUST. is no fingerprint of 16 digits",
    ],
    [
      "ids that are no list",
      { ...good, sentences: [{ reason: "x", ids: { [HASH]: "SUB-01" } }] },
      `b.json: sentences/0/ids/${HASH} has to be a list`,
    ],
    ["a list", [], "b.json: the file is no object"],
  ])("%s is refused by its place", (_, value, message) => {
    expect(() => parse(value)).toThrow(message);
  });

  it("that is no JSON is refused", () => {
    expect(() => parseBaseline("b.json", "{", "1.1")).toThrow("b.json: the file is no JSON");
  });
});
