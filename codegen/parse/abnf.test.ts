import { describe, expect, it } from "vitest";
import { readAbnf, referencesOf } from "./abnf.js";

const chars = (code: number) => ({ kind: "range", from: code, to: code });

describe("readAbnf", () => {
  it("reads rules over several lines, with comments", () => {
    const { rules, problems } = readAbnf(
      `AgentRef = AgentName ; the name\n           [ "@" Version ] ; "and" a version\n\nVersion = 1*DIGIT\n`,
    );
    expect(problems).toEqual([]);
    expect(rules.map(({ name, text, offset }) => ({ name, text, offset }))).toEqual([
      { name: "AgentRef", text: 'AgentName [ "@" Version ]', offset: 0 },
      { name: "Version", text: "1*DIGIT", offset: 78 },
    ]);
    expect(
      rules.flatMap(({ expression }) => referencesOf(expression).map(({ name }) => name)),
    ).toEqual(["AgentName", "Version", "DIGIT"]);
  });

  it("reads a grammar once, however many of its rules are asked for", () => {
    expect(readAbnf("a = b\nb = 1*DIGIT")).toBe(readAbnf("a = b\nb = 1*DIGIT"));
  });

  it("reads repetitions, numbers, strings and precedence", () => {
    const [rule] = readAbnf(`a = 2*3"x" / %x41-5A %s"y" 4(b) *c %d13.10`).rules;
    expect(rule?.expression).toMatchObject({
      kind: "alternation",
      items: [
        { kind: "repetition", min: 2, max: 3, of: { kind: "string", caseSensitive: false } },
        {
          kind: "concatenation",
          items: [
            { kind: "range", from: 0x41, to: 0x5a },
            { kind: "string", text: "y", caseSensitive: true },
            { kind: "repetition", min: 4, max: 4, of: { kind: "reference", name: "b" } },
            { kind: "repetition", min: 0, max: undefined },
            { kind: "concatenation", items: [chars(13), chars(10)] },
          ],
        },
      ],
    });
  });

  it.each([
    ["a = (b", 6, 'a group lacks its ")"'],
    ["a = b )", 6, '")" is out of place'],
    ["a = b | c", 6, 'expected an element, found "|"'],
    ["a = %xZZ", 6, "a number is missing"],
    ["a =", 3, 'expected an element, found ""'],
    ["just words", 0, "a rule starts with `name =`"],
    [`a = ${"(".repeat(500)}`, 105, "nested deeper than 100"],
  ])("says where %j is no ABNF", (text, offset, message) => {
    expect(readAbnf(text).problems).toEqual([{ offset, message }]);
  });

  it("goes on with the next rule", () => {
    const { rules, problems } = readAbnf("a = (\nb = c\nb =/ d");
    expect(problems).toHaveLength(1);
    expect(rules.map(({ name, incremental }) => [name, incremental])).toEqual([
      ["b", false],
      ["b", true],
    ]);
  });
});
