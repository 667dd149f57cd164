import { describe, expect, it } from "vitest";
import { passageDifferences } from "./changed.js";
import { accept } from "./held.js";
import { readPage } from "./page.js";
import { readPassages } from "./passages.js";
import type { Was } from "./result.js";

const draft = `## 7. Jobs

Jobs run for a while, and then for another while, until somebody or something has had enough of it. Ten at most.

- \`history\` (OPTIONAL, default \`false\`): Whether to replay.
- \`agent\` (REQUIRED): It MUST be known.

| code | meaning |
| ---- | ------- |
| \`A_CODE\` | Too much. |
| \`B_CODE\` | Too little. |

## 8. Rest

- one
- two
`;
const read = (text: string) => readPassages(readPage("new.md", text));
const held = accept(read(draft), [], "read");

function found(text: string, { was = false, told = [] as readonly string[] } = {}) {
  const old = was ? { file: "old.md", passages: read(draft), sentences: [] } : undefined;
  const input = { file: "new.md", held, heldFile: "p.json" };
  return passageDifferences(read(text), new Set(told), input, old).map(
    ({ rule, position: { file, line }, message }) => `${rule} ${file}:${line} ${message}`,
  );
}
const edited = (from: string, to: string): string => {
  expect(draft.split(from)).toHaveLength(2);
  return draft.replace(from, to);
};

describe("a draft beside the one that was accepted", () => {
  it("is the same where it says the same", () => {
    expect(found(draft)).toEqual([]);
  });

  it("has a default that was flipped", () => {
    const text = edited("default `false`", "default `true`");
    expect(found(text)).toEqual([
      "changed-passage new.md:5 §7 item history changed since it was accepted: now " +
        '"`history` (OPTIONAL, default `true`): Whether to replay." (for the words before: --was ACCEPTED.md)',
    ]);
    expect(found(text, { was: true })).toEqual([
      "changed-passage new.md:5 §7 item history changed since it was accepted: now " +
        '"`history` (OPTIONAL, default `true`): Whether to replay.", before ' +
        '"`history` (OPTIONAL, default `false`): Whether to replay."',
    ]);
  });

  it("lacks a row, or has another meaning in it", () => {
    const without = edited("| `A_CODE` | Too much. |\n", "");
    expect(found(without)).toEqual([
      "gone-passage p.json:1 it stood in the draft that was accepted, and is gone: §7 row A_CODE",
    ]);
    expect(found(without, { was: true })).toEqual([
      'gone-passage old.md:10 it stood in the draft that was accepted, and is gone: §7 row A_CODE "`A_CODE` | Too much."',
    ]);
    expect(found(edited("Too much", "Too late"), { was: true })).toEqual([
      'changed-passage new.md:10 §7 row A_CODE changed since it was accepted: now "`A_CODE` | Too late.", before "`A_CODE` | Too much."',
    ]);
  });

  it("has a letter that looks like another one, or something that nobody sees", () => {
    const text = edited("Whether to replay", "Wheth\u0435r to\u200b replay");
    expect(found(text, { was: true })).toEqual([
      "changed-passage new.md:5 §7 item history changed since it was accepted: now " +
        '"`history` (OPTIONAL, default `false`): Wheth\\u0435r to\\u200b replay.", before ' +
        '"`history` (OPTIONAL, default `false`): Whether to replay."',
    ]);
  });

  it("has another number far into a paragraph: both texts begin shortly before it", () => {
    expect(found(edited("Ten at most", "Nine at most"), { was: true })).toEqual([
      "changed-passage new.md:3 §7 prose changed since it was accepted: now " +
        '"… somebody or something has had enough of it. Nine at most.", before ' +
        '"… somebody or something has had enough of it. Ten at most."',
    ]);
  });

  it("tells which of several is which by their words, where it has them", () => {
    const prose = "## 7. On\n\n- first of two things\n- second of two things\n";
    const before = accept(read(prose), [], "read");
    const now = read(
      prose.replace("- first of two things\n", "").replace("second of", "second of all"),
    );
    const input = { file: "new.md", held: before, heldFile: "p.json" };
    const told = (old?: Was) =>
      passageDifferences(now, new Set(), input, old).map(({ message }) => message);
    expect(told({ file: "old.md", passages: read(prose), sentences: [] })).toEqual([
      '§7 item changed since it was accepted: now "second of all two things", before "second of two things"',
      'it stood in the draft that was accepted, and is gone: §7 item "first of two things"',
    ]);
    expect(told()).toHaveLength(2);
    const other = prose.replace("first of two things", "a sentence on whatever else");
    const replaced = passageDifferences(read(other), new Set(), input, {
      file: "old.md",
      passages: read(prose),
      sentences: [],
    });
    expect(replaced.map(({ rule }) => rule)).toEqual(["unread-passage", "gone-passage"]);
  });

  it("tells an item that is called heading by its words, as any other one", () => {
    const title = "`history` (OPTIONAL, default `false`): Whether to replay.";
    const before = read(edited(title, "`heading` (OPTIONAL): The title."));
    const now = read(edited(title, "`heading` (REQUIRED): A level, counted from one."));
    const input = { file: "new.md", held: accept(before, [], "read"), heldFile: "p.json" };
    const was = { file: "old.md", passages: before, sentences: [] };
    const found = passageDifferences(now, new Set(), input, was);
    expect(found.map(({ rule }) => rule)).toEqual(["unread-passage", "gone-passage"]);
  });

  it("has something in another section, but not where the section has another number", () => {
    const row = "| `B_CODE` | Too little. |\n";
    const moved = `${edited(row, "")}\n| code | meaning |\n| ---- | ------- |\n${row}`;
    expect(found(moved).filter((line) => !line.startsWith("unread-passage"))).toEqual([
      "moved-passage new.md:19 §8 row B_CODE stood in §7 when this draft was accepted",
    ]);
    expect(found(draft.replace("## 8. Rest", "## 9. Rest"))).toEqual([]);
    // Another number and another title, but the same below it.
    const renamed = draft.replace("## 8. Rest", "## 9. Else");
    for (const was of [true, false])
      expect(found(renamed, { was }).map((line) => line.split(" ").slice(0, 4).join(" "))).toEqual([
        "changed-passage new.md:13 §9 heading",
      ]);
    // What was §7 is §8, and a row of it is in what was §8 and is §9.
    const more = moved.replace("## 8. Rest", "## 9. Rest").replace("## 7. Jobs", "## 8. Jobs");
    const back = more.replace("- one\n", "").replace("\n| code |", "\n- one\n\n| code |");
    expect(found(back).filter((line) => line.startsWith("moved-passage"))).toEqual([
      "moved-passage new.md:8 §8 item stood in §8 (§9 now) when this draft was accepted",
      "moved-passage new.md:20 §9 row B_CODE stood in §7 (§8 now) when this draft was accepted",
    ]);
  });

  it("is the same where its sections have no numbers any more, or had none", () => {
    const bare = draft.replaceAll(/^## \d+\. /gm, "## ");
    expect(found(bare)).toEqual([]);
    const input = { file: "new.md", held: accept(read(bare), [], "read"), heldFile: "p.json" };
    expect(passageDifferences(read(draft), new Set(), input)).toEqual([]);
    const row = "| `B_CODE` | Too little. |\n";
    const moved = `${bare.replace(row, "")}\n| code | meaning |\n| ---- | ------- |\n${row}`;
    expect(found(moved).filter((line) => !line.startsWith("unread-passage"))).toEqual([
      'moved-passage new.md:19 "Rest" row B_CODE stood in §7 ("Jobs" now) when this draft was accepted',
    ]);
    expect(found(bare.replace("Too much", "Too late")).map((line) => line.split(" ")[0])).toEqual([
      "changed-passage",
    ]);
  });

  it("has something in another section where sections had no numbers when it was accepted", () => {
    const bare = draft.replaceAll(/^## \d+\. /gm, "## ");
    const input = { file: "new.md", held: accept(read(bare), [], "read"), heldFile: "p.json" };
    const told = (text: string, was?: string) => {
      const old = { file: "old.md", passages: read(was ?? bare), sentences: [] };
      return passageDifferences(read(text), new Set(), input, was === undefined ? undefined : old)
        .filter(({ rule }) => rule !== "unread-passage")
        .map(({ rule, message }) => `${rule} ${message}`);
    };
    const paragraph =
      "Jobs run for a while, and then for another while, until somebody or something has had enough of it. Ten at most.\n";
    const moved = (text: string) => `${text.replace(paragraph, "")}\n${paragraph}`;
    expect(told(bare)).toEqual([]);
    for (const was of [undefined, bare]) {
      expect(told(moved(bare), was)).toEqual([
        'moved-passage "Rest" prose stood in "Jobs" when this draft was accepted',
      ]);
      expect(told(moved(draft), was)).toEqual([
        'moved-passage §8 prose stood in "Jobs" (§7 now) when this draft was accepted',
      ]);
      // Above all headings, and from there.
      expect(told(`${paragraph}\n${bare.replace(paragraph, "")}`, was)).toEqual([
        'moved-passage unnumbered prose stood in "Jobs" when this draft was accepted',
      ]);
      // A section that is called otherwise stays where it is, and so do two that change places.
      expect(told(bare.replace("## Rest", "## Else"), was)).toEqual([
        expect.stringMatching(/^changed-passage "Else" heading changed/),
      ]);
      const at = bare.indexOf("## Rest");
      expect(told(`${bare.slice(at)}\n${bare.slice(0, at)}`, was)).toEqual([]);
    }
    // A section that is gone as a whole is one finding here too.
    expect(told(bare.slice(0, bare.indexOf("## Rest")))).toEqual([
      expect.stringMatching(
        /^gone-passage they stood .* gone: #\w{16} heading, #\w{16} item, #\w{16} item$/,
      ),
    ]);
    // Accepted when no section without a number had a name yet: nothing is told that nobody knows.
    const unnamed = input.held.map(({ reason, passages }) => ({
      reason,
      passages: Object.fromEntries(
        Object.entries(passages).map(([hash, label]) => [
          hash,
          label.replace(/^#\w+/, "unnumbered"),
        ]),
      ),
    }));
    const above = Object.fromEntries(read("Above all.\n").map(({ hash, label }) => [hash, label]));
    const before = { ...input, held: [...unnamed, { reason: "read", passages: above }] };
    for (const text of [bare, draft])
      expect(passageDifferences(read(`Above all.\n\n${text}`), new Set(), before)).toEqual([]);
  });

  it("has a paragraph with an order in another section", () => {
    const order = "\n\nAn agent MUST go.\n";
    const [one, other] = ["## 7. Jobs", "## 8. Rest"];
    const text = (first: string, second: string) => `${one}${first}\n\n${other}${second}\n`;
    const before = accept(read(text(order, "")), [], "read");
    const input = { file: "new.md", held: before, heldFile: "p.json" };
    const found = passageDifferences(read(text("", order)), new Set(), input);
    expect(found.map(({ message }) => message)).toEqual([
      "§8 prose stood in §7 when this draft was accepted",
    ]);
  });

  it("lacks a section, which is one finding, and has an item that is new", () => {
    const text = `${draft.slice(0, draft.indexOf("## 8."))}## 9. More\n\n- three\n`;
    expect(found(text)).toEqual([
      'unread-passage new.md:13 §9 heading was not there when this draft was accepted: "More"',
      'unread-passage new.md:15 §9 item was not there when this draft was accepted: "three"',
      "gone-passage p.json:1 they stood in the draft that was accepted, and are gone: §8 heading, §8 item, §8 item",
    ]);
  });

  it("is not told twice of a passage whose sentence has to be read", () => {
    const text = edited("MUST be known", "MUST be new");
    const [agent] = read(text).filter(({ label }) => label === "§7 item agent");
    expect(agent?.sentences).toHaveLength(1);
    expect(found(text, { told: agent?.sentences ?? [] })).toEqual([]);
    // Once the sentence is settled, the item around it is still to be accepted.
    expect(found(text)).toHaveLength(1);
  });

  it("of which nothing was accepted is one finding", () => {
    const input = { file: "new.md", held: [], heldFile: "p.json" };
    const differences = passageDifferences(read(draft), new Set(), input);
    expect(differences.map(({ rule }) => rule)).toEqual(["unread-passage"]);
    expect(differences[0]?.message).toContain("none of the 10 passages");
    expect(passageDifferences([], new Set(), input)).toEqual([]);
  });
});

const lists = `## 7. On

Shown to an observer:

- the agent
- the state
- \`may\`:
  - cancel

Never shown to an observer:

- the credentials
- \`must\`:
  - wait

These codes are final:

| code | meaning |
| ---- | ------- |
| \`A_CODE\` | Too much. |
| \`B_CODE\` | Too little. |

And these are not:

| code | meaning |
| ---- | ------- |
| \`C_CODE\` | Too late. |
`;

describe("an item or a row in another list", () => {
  const told = (text: string, before = lists) =>
    passageDifferences(read(text), new Set(), {
      ...{ file: "new.md", heldFile: "p.json", held: accept(read(before), [], "read") },
    }).map(({ rule, position, message }) => `${rule} ${position.line} ${message}`);
  /** Takes a line from its place to above another one. */
  const moved = (line: string, above: string): string => {
    expect(lists.split(line)).toHaveLength(2);
    return lists.replace(line, "").replace(above, `${line}${above}`);
  };
  const elsewhere = "stood in another list or table of that section when this draft was accepted:";

  it("says otherwise", () => {
    expect(told(moved("- the credentials\n", "- the state\n"))).toEqual([
      `moved-passage 6 §7 item ${elsewhere} "the credentials"`,
    ]);
    expect(told(moved("| `C_CODE` | Too late. |\n", "| `B_CODE`"))).toEqual([
      `moved-passage 21 §7 row C_CODE ${elsewhere} "\`C_CODE\` | Too late."`,
    ]);
    expect(told(moved("  - wait\n", "  - cancel\n"))).toEqual([
      `moved-passage 8 §7 item ${elsewhere} "wait"`,
    ]);
  });

  it("says otherwise where two change places", () => {
    const text = lists
      .replace("the agent", "the x")
      .replace("the credentials", "the agent")
      .replace("the x", "the credentials");
    expect(told(text)).toEqual([
      `moved-passage 5 §7 item ${elsewhere} "the credentials"`,
      `moved-passage 12 §7 item ${elsewhere} "the agent"`,
    ]);
  });

  it("says otherwise where the words above both lists changed as well", () => {
    const text = moved("- the credentials\n", "- the state\n")
      .replace("Shown to an observer", "Shown to observers")
      .replace("Never shown to an observer", "Never shown to observers");
    expect(told(text)).toContain(`moved-passage 6 §7 item ${elsewhere} "the credentials"`);
    expect(told(text).filter((it) => it.startsWith("moved"))).toHaveLength(1);
  });

  it("says otherwise in another list below the same words", () => {
    const twice = lists
      .replace("Shown to an observer:", "Fields:")
      .replace("Never shown to an observer:", "Fields:");
    const text = twice
      .replace("- the credentials\n", "")
      .replace("- the state\n", "- the credentials\n- the state\n");
    expect(told(text, twice)).toEqual([`moved-passage 6 §7 item ${elsewhere} "the credentials"`]);
  });

  it("is the same below a new list with the same words above it", () => {
    const before = lists.replace("Shown to an observer:", "Fields:");
    const text = before.replace("Fields:\n", "Fields:\n\n- the hour\n\nFields:\n");
    expect(told(text, before).filter((it) => it.startsWith("moved"))).toEqual([]);
    expect(told(text, before)).toHaveLength(2);
  });

  it("is the same beside a new list that has one that reads alike", () => {
    const before = lists.replace("| `C_CODE` | Too late. |", "| `A_CODE` | Too much. |");
    const text = before.replace(
      "These codes are final:\n",
      "Or of these:\n\n| code | meaning |\n| ---- | ------- |\n| `A_CODE` | Too much. |\n\n$&",
    );
    expect(told(text, before).filter((it) => it.startsWith("moved"))).toEqual([]);
    expect(told(text, before).filter((it) => it.includes("row A_CODE"))).toHaveLength(1);
  });

  it("is what it was in another order, and where the words above it changed", () => {
    expect(told(moved("- the state\n", "- the agent\n"))).toEqual([]);
    const text = lists.replace("Never shown to", "Hidden from");
    expect(told(text)).toEqual([
      expect.stringMatching(
        /^changed-passage 10 §7 prose changed since it was accepted: now "Hidden/,
      ),
    ]);
  });

  it("is not told by a file that was written before lists were kept", () => {
    const held = accept(
      read(lists).map((passage) => ({ ...passage, list: undefined })),
      [],
      "read",
    );
    const now = read(moved("- the credentials\n", "- the state\n"));
    expect(passageDifferences(now, new Set(), { file: "n.md", heldFile: "p.json", held })).toEqual(
      [],
    );
  });
});
