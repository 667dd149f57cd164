import { describe, expect, it } from "vitest";
import { formatDiagnostic } from "./diagnostics.js";
import { orderSummaries } from "./rules/ids.js";
import { succession } from "./succession.js";

/** Drafts by name, with the one that each replaces. */
const drafts = (of: Readonly<Record<string, string | undefined>>) =>
  Object.entries(of).map(([name, replaces]) => {
    const head = replaces === undefined ? "" : `\n<!-- arcp:replaces ${replaces} -->\n`;
    return { name, spec: { path: `${name}.md`, text: `# Draft ${name}\n${head}\n## 1. One\n` } };
  });
const order = (of: Readonly<Record<string, string | undefined>>) => {
  const { ordered, findings } = succession(drafts(of));
  return {
    names: ordered.map(({ name }) => name),
    found: [...findings].flatMap(([, all]) => all.map(formatDiagnostic)),
  };
};

describe("the order of drafts", () => {
  it("is what they say, whatever their names are", () => {
    const of = { "03": "1.1", "1.1": "02.1", "02": undefined, "02.1": "02", "1.10": "03" };
    expect(order(of)).toEqual({ names: ["02", "02.1", "1.1", "03", "1.10"], found: [] });
  });

  it("is no question where there is one draft", () => {
    expect(order({ "9.9": undefined })).toEqual({ names: ["9.9"], found: [] });
  });

  it.each([
    [
      "a draft that replaces one that is not there",
      { "02": undefined, "1.2": "1.1" },
      ["1.2.md:3:1 1.2 replaces 1.1, and there is no draft-arcp-1.1.md (name one of 02, or leave"],
    ],
    [
      "two newest, both after the same",
      { "02": undefined, "1.2": "02", "1.1": "02" },
      ["1.1.md:3:1 1.1 and 1.2 both replace 02 (", "1.2.md:3:1 1.1 and 1.2 both replace 02 ("],
    ],
    [
      "a draft that says nothing, and is not the first",
      { "02": undefined, "02.1": "02", "03": undefined },
      ["03.md:1:1 03 does not say which draft it replaces, and neither does 02 (put <!-- arcp:r"],
    ],
    [
      "two that say nothing",
      { "02": undefined, "1.1": undefined },
      ["1.1.md:1:1 1.1 does not say which draft it replaces, and neither does 02 ("],
    ],
    [
      "a circle",
      { "02": undefined, "1.1": "1.2", "1.2": "1.1" },
      ["1.1.md:3:1 1.1 replaces 1.2, which comes after it (", "1.2.md:3:1 1.2 replaces 1.1, which"],
    ],
    ["one that replaces itself", { "1.1": "1.1" }, ["1.1.md:3:1 1.1 replaces 1.1, which comes"]],
  ] as const)("%s is a finding, and names decide", (_, of, expected) => {
    const { names, found } = order(of);
    expect(names).toEqual(Object.keys(of).sort());
    expect(Object.keys(orderSummaries)).toEqual(["broken-succession"]);
    expect(found).toHaveLength(expected.length);
    for (const [i, start] of expected.entries()) {
      expect(found[i]).toContain(`broken-succession ${start}`);
      expect(found[i]).toMatch(/ \([^()]+\)$/);
    }
  });

  it("is read from the head alone, where the parser looks for it as well", () => {
    const text = "# One\n\n## 1. Section\n\n<!-- arcp:replaces 02 -->\n";
    const { findings } = succession([
      ...drafts({ "02": undefined }),
      { name: "1.1", spec: { path: "1.1.md", text } },
    ]);
    expect([...findings.keys()]).toEqual(["1.1"]);
  });
});
