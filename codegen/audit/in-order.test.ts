import { expect, it } from "vitest";
import { inOrder } from "./in-order.js";

it.each([
  ["abc", "abc", "aa bb cc"],
  ["abc", "xabyc", "aa bb cc"],
  ["xabcy", "abc", "aa bb cc"],
  ["abcx", "abcyz", "aa bb cc xz"],
  ["ab", "ba", "bb"],
  ["", "ab", ""],
  ["ab", "", ""],
])("pairs %j and %j as %j", (ones, others, expected) => {
  const like = (one: string, other: string) => (one === other ? 1 : 0);
  const pairs = inOrder(ones.split(""), others.split(""), like);
  expect(pairs.map((pair) => pair.join("")).join(" ")).toBe(expected);
});
