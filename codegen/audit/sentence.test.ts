import { describe, expect, it } from "vitest";
import type { Sentence } from "./facts.js";
import { readPage } from "./page.js";
import { calledFields, presences, readSentences } from "./sentence.js";

const spansOf = (text: string) => {
  const [block] = readPage("d.md", text).blocks;
  return block?.type === "text" ? block.spans : [];
};
const section = { number: "1", title: "One", line: 1, inherited: false };
const read = (text: string, fieldItem = false): Sentence[] =>
  readSentences(spansOf(text), { section, fieldItem });
const said = (text: string): (readonly [string, string])[] =>
  read(text).map(({ keywords, text }) => [keywords.join(" "), text] as const);

describe("sentences", () => {
  it("are split at their ends, not within code, numbers or abbreviations", () => {
    expect(
      said(
        "A MUST do `a. B`. It MAY, e.g. Sometimes, wait 1.5 s. Nothing here. v1.1 peers MAY too. `x` SHOULD go (cf. RFC 1). \nZ MUST\nNOT end.",
      ),
    ).toEqual([
      ["MUST", "A MUST do a. B."],
      ["MAY", "It MAY, e.g. Sometimes, wait 1.5 s."],
      ["MAY", "v1.1 peers MAY too."],
      ["SHOULD", "x SHOULD go (cf. RFC 1)."],
      ["MUST NOT", "Z MUST NOT end."],
    ]);
  });

  it("order by keywords outside of code and quotes", () => {
    expect(
      said('The words "MUST" and `MAY` are explained. Must not count. This is NOT there.'),
    ).toEqual([["NOT", "This is NOT there."]]);
  });

  it("order without a keyword where they say what is done", () => {
    expect(said("A past value is rejected with `X`. The sun shines.")).toEqual([
      ["says", "A past value is rejected with X."],
    ]);
  });

  it("know their line and their fingerprint, which white space does not change", () => {
    const [one] = read("First.\nThen it\nMUST do.");
    const [other] = read("Then it   MUST do.");
    expect(one?.line).toBe(2);
    expect(one?.hash).toBe(other?.hash);
    expect(one?.hash).not.toBe(read("Then it MAY do.")[0]?.hash);
  });

  it("leave REQUIRED and OPTIONAL of a field to the fields", () => {
    expect(read("`a` (REQUIRED): It MUST be short.", true).map(({ keywords }) => keywords)).toEqual(
      [["MUST"]],
    );
    expect(said("`a`, `b` and `c` are OPTIONAL.")).toEqual([]);
    const at = (line: number, ...names: readonly string[]) => names.map((name) => ({ name, line }));
    expect(presences(spansOf("`a`, `b` and `c` are OPTIONAL. `d` is REQUIRED."))).toEqual([
      { names: at(1, "a", "b", "c"), required: false },
      { names: at(1, "d"), required: true },
    ]);
    expect(presences(spansOf("Both `a` and\n`b` are OPTIONAL."))).toEqual([
      { names: [...at(1, "a"), ...at(2, "b")], required: false },
    ]);
    expect(said("TLS is REQUIRED.")).toEqual([["REQUIRED", "TLS is REQUIRED."]]);
    expect(calledFields(spansOf("An object with `a`, `b`,\n`c`, and `d`\nfields."))).toEqual([
      [...at(1, "a", "b"), ...at(2, "c", "d")],
    ]);
  });
});
