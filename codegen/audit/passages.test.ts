import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readPage } from "./page.js";
import { readPassages } from "./passages.js";
import { readSentences } from "./sentence.js";

const text = readFileSync(new URL("../fixtures/audit/other-form.md", import.meta.url), "utf8");
const passages = (of: string) => readPassages(readPage("d.md", of));

/** All fingerprints of a text, of passages and of sentences. */
function fingerprints(of: string): string {
  const page = readPage("d.md", of);
  const sentences = page.blocks.flatMap((block) => {
    if (block.type === "fence" || block.type === "html") return [];
    const texts = block.type === "table" ? block.rows.flatMap(({ cells }) => cells) : [block.spans];
    return texts.flatMap((spans) => readSentences(spans, { section: block.section }));
  });
  return [...readPassages(page), ...sentences].map(({ hash }) => hash).join(" ");
}

describe("passages", () => {
  it("are headings, rows, items, fences and prose, labelled by section and by what they are about", () => {
    const found = passages(`# 1. Things

Some words. They MUST count.

- \`history\` (default false): whether.
- and more

| code | meaning |
| ---- | ------- |
| \`A_CODE\` | Too much. |

\`\`\`json
{ "type": "job.submit" }
\`\`\`
`);
    expect(found.map(({ label, text }) => `${label}: ${text}`)).toEqual([
      "§1 heading: Things",
      "§1 prose: Some words. They MUST count.",
      "§1 item history: `history` (default false): whether.",
      "§1 item: and more",
      "§1 header: code | meaning",
      "§1 row A_CODE: `A_CODE` | Too much.",
      '§1 json job.submit: { "type": "job.submit" }',
    ]);
  });

  it("leave no word of a draft out: each that changes changes a fingerprint", () => {
    const before = fingerprints(text);
    // Tags, what a fence is called, and the arrows of comments show nothing.
    const words = [...text.matchAll(/<[^>]*>|^(?:`{3}|~{3}).*$|[A-Za-z]{3,}/gm)].filter(([word]) =>
      /^[A-Za-z]/.test(word),
    );
    expect(words.length).toBeGreaterThan(300);
    const missed = words.filter(
      ({ index, 0: word }) =>
        fingerprints(`${text.slice(0, index)}zebra${text.slice(index + word.length)}`) === before,
    );
    expect(missed.map(([word]) => word)).toEqual([]);
  }, 60_000);

  it("leave no line out: each that goes changes a fingerprint", () => {
    const before = fingerprints(text);
    const lines = text.split("\n");
    const missed = lines.filter((line, index) => {
      const without = lines.toSpliced(index, 1).join("\n");
      return /\w/.test(line.replaceAll(/<[^>]*>/g, "")) && fingerprints(without) === before;
    });
    expect(missed).toEqual([]);
  }, 60_000);

  it("that read the same count each, and a swap of two cells is a change", () => {
    const table = (...rows: string[]) => `| a | b |\n| - | - |\n${rows.join("\n")}\n`;
    const [one, two] = [table("| x | y |"), table("| x | y |", "| x | y |")];
    expect(new Set(passages(two).map(({ hash }) => hash)).size).toBe(3);
    expect(fingerprints(two)).not.toBe(fingerprints(one));
    expect(fingerprints(table("| y | x |"))).not.toBe(fingerprints(one));
  });

  it("that read the same are not that which says a number more", () => {
    const [twice, more] = [passages("- Wait\n- Wait\n"), passages("- Wait\n- Wait 2\n")];
    expect(twice[0]?.hash).toBe(more[0]?.hash);
    expect(twice[1]?.hash).not.toBe(more[1]?.hash);
  });

  it("are not the same where two steps change places, or words are struck out", () => {
    const steps = (one: string, two: string) => fingerprints(`1. ${one}\n2. ${two}\n`);
    expect(steps("stop", "go")).not.toBe(steps("go", "stop"));
    const shared = steps("go", "stop")
      .split(" ")
      .filter((it) => steps("stop", "go").includes(it));
    expect(shared).toEqual([]);
    expect(fingerprints("Some ~~words~~ here.")).not.toBe(fingerprints("Some words here."));
    for (const tag of ["del", "s", "strike"]) {
      const struck = fingerprints(`Some <${tag} title="no">words</${tag}> here.`);
      expect(struck, tag).toBe(fingerprints("Some ~~words~~ here."));
      const block = (open: string, close: string) =>
        fingerprints(`<div>Some ${open}words${close} here.</div>`);
      expect(block(`<${tag}>`, `</${tag}>`), tag).not.toBe(block("", ""));
      const around = fingerprints(`<${tag}>\n\nSome words here.\n\n</${tag}>\n`);
      expect(around, tag).not.toBe(fingerprints("Some words here."));
    }
    expect(fingerprints("## 2. ~~On~~\n")).not.toBe(fingerprints("## 2. On\n"));
    const bold = fingerprints("Some <strong>words</strong> <span>here</span>.");
    expect(bold).toBe(fingerprints("Some words here."));
  });

  it("and sentences read the same whatever ends their lines", () => {
    for (const eol of ["\r\n", "\r"])
      expect(fingerprints(text.replaceAll("\n", eol))).toBe(fingerprints(text));
  });

  it("read the same in other lines, with other white space and under another number", () => {
    const one = passages("## 2. On\n\nSome words\nhere.\n\n- an  item\n\n| a |\n| - |\n| b  |\n");
    const other = passages("## 3. On\n\nSome words here.\n\n* an item\n\n|a|\n|-|\n|b|\n");
    expect(other.map(({ hash }) => hash)).toEqual(one.map(({ hash }) => hash));
  });
});
