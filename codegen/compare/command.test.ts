import { cp, mkdir, mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { runIn } from "../main.test-helper.js";
import { readSide } from "./command.js";
import { BASE, edited } from "./compare.test-helper.js";
import type { Edit } from "./compare.test-helper.js";

let root: string;
let scratch: string;
let before: Map<string, string>;

const SPEC = fileURLToPath(new URL("../../spec/draft-arcp-02.md", import.meta.url));
const slower: Edit = ['["slow", "fast"]', '["slow", "fast", "now"]'];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "arcp-diff-"));
  scratch = await mkdtemp(join(tmpdir(), "arcp-scratch-"));
  await mkdir(join(root, "spec"));
  await writeFile(join(root, "spec/draft-arcp-7.md"), BASE);
  await writeFile(join(root, "spec/draft-arcp-7.1.md"), edited([slower]));
  await cp(SPEC, join(root, "spec/draft-arcp-02.md"));
  before = await contents();
});
afterAll(() => Promise.all([root, scratch].map((it) => rm(it, { recursive: true }))));
// Whatever is asked, the command writes nothing.
afterEach(async () => expect(await contents()).toEqual(before));

async function contents(): Promise<Map<string, string>> {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".md"));
  const texts = names.map(
    async (name) => [name, await readFile(join(root, name), "utf8")] as const,
  );
  return new Map(await Promise.all(texts));
}

const run = (...args: readonly string[]) => runIn(root, "diff", ...args);

/** A file of the scratch folder. */
async function file(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, text);
  return path;
}

describe("diff", () => {
  it("prints what it comes to first, and exits with 0 whatever breaks", async () => {
    const { code, out, err } = await run("7", "7.1");
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n")[0]).toBe(
      "7 (version 2.0) -> 7.1 (version 2.0): 1 change; breaks: 1 new client, old runtime",
    );
    expect(out).toMatch(
      /\n {2}~ parcel\.send\/speed\n {6}type: `"slow"` or `"fast"` -> .*`"now"`\n/,
    );
    expect(out).toMatch(/new client, old runtime +BREAKS some +the old one refuses `now`\n/);
    expect(out).toMatch(/\nEvery verdict is proved: .*\n$/);
  });

  it("exits with 1 when something breaks and that is to fail", async () => {
    expect((await run("7", "7.1", "--fail-on", "breaking")).code).toBe(1);
    const prose = await file(
      "draft-7.2.md",
      edited([['"description": "Its weight."', '"description": "In grams."']]),
    );
    const { code, out } = await run("7", prose, "--fail-on", "breaking");
    expect(code).toBe(0);
    expect(out).toMatch(/^7 .* -> 7\.2 .*: 0 changes; nothing breaks\n/);
  });

  it("exits with 3 when a verdict is not proved, and says which", async () => {
    const names = '"propertyNames": { "pattern": "^[a-z.]*$" }, "description": "Where it may go."';
    const path = await file("draft-8.md", edited([['"description": "Where it may go."', names]]));
    const { code, out } = await run("7", path, "--fail-on", "breaking");
    expect(code).toBe(3);
    expect(out).toMatch(/\nunexercised: type Lease: no message shows "breaks: .*"\n/);
    expect(out).toMatch(/\d+ doubts?: not every verdict is proved\..*\n$/);
    expect((await run("7", path, "--format", "markdown")).out).toContain("## What is in doubt");
    expect(JSON.parse((await run("7", path, "--format", "json")).out)).toMatchObject({ exit: 3 });
  });

  it("takes paths, from where it was called or absolute, on either side", async () => {
    const path = await file("draft-7.1.md", edited([slower]));
    const [line] = (await run("7", path)).out.split("\n");
    expect((await run("spec/draft-arcp-7.md", path)).out.split("\n")[0]).toBe(line);
    expect((await run(path, "7")).out).toMatch(
      /^7\.1 .* -> 7 .*breaks: 1 old client, new runtime\n/,
    );
  });

  it("asks neither the lock nor the rulings: a spec may be compared while it is written", async () => {
    const path = await file(
      "draft-9.md",
      edited([["whatever the parcel holds.", "always. (W-99)"]]),
    );
    expect((await run("7", path)).code).toBe(0);
  });

  it("as Markdown is a changelog, and as JSON has all", async () => {
    const { out } = await run("7", "7.1", "--format", "markdown");
    expect(out).toMatch(
      /^# From 7 \(version 2\.0\) to 7\.1 \(version 2\.0\)\n\n1 change, of which 1 breaks/,
    );
    expect(out).toContain("## What breaks\n\n- **changed** field `parcel.send/speed`\n");
    const json = JSON.parse((await run("7", "7.1", "--format", "json")).out) as object;
    expect(json).toMatchObject({
      exit: 0,
      old: { revision: "7", version: "2.0", file: "spec/draft-arcp-7.md" },
      changes: [{ subject: "field", name: "parcel.send/speed", how: "changed" }],
      doubts: [],
      summary: { changes: 1, breaking: 1, directions: { newClientOldRuntime: { breaksSome: 1 } } },
    });
  });

  it("--help says what the exit codes mean", async () => {
    const { code, out } = await run("--help");
    expect(code).toBe(0);
    expect(out).toMatch(/^usage: npm run spec:diff -- OLD NEW /);
    for (const exit of [0, 1, 2, 3]) expect(out).toMatch(new RegExp(`^ +${exit} +\\w+`, "m"));
  });
});

describe("a call that means nothing", () => {
  it.each([
    [[], "no argument is given: OLD NEW is expected"],
    [["7"], '"7" is the last one: OLD NEW is expected'],
    [["7", ""], "an argument is empty: OLD NEW is expected"],
    [["7", "7.1", "02"], 'the argument "02" is one too many: OLD NEW is expected'],
    [["7", "7.1", "--format", "xml"], '--format: one of text, markdown, json, not "xml"'],
    [["7", "7.1", "--fail-on", "anything"], '--fail-on: one of breaking, not "anything"'],
    [["7", "7.1", "--loud"], "there is no option --loud"],
  ])("%j is refused in one line", async (args, said) => {
    expect(await run(...args)).toEqual({ code: 2, out: "", err: `${said}; see --help\n` });
  });
});

describe("what cannot be compared is refused with 2, what it is, where and what to do", () => {
  it("stale tables of a file, whose remedy is not spec:fmt alone, since that takes no path", async () => {
    const lacksRow = /(<!-- arcp:fields [^\n]*\n\n?\|[^\n]*\n\|[^\n]*\n)\|[^\n]*\n/;
    const text = (await readFile(SPEC, "utf8")).replace(lacksRow, "$1");
    const path = await file("draft-9.1.md", text);
    const { code, err } = await run("7", path);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^stale-field-table .* \(copy the file to spec\/draft-arcp-REVISION\.md, then run `npm run spec:fmt`\)$/m,
    );
  });

  it("a name that nothing has", async () => {
    const { code, err } = await run("7", "7.3");
    expect([code, err]).toEqual([2, "7.3 is neither a revision of ours (02, 7, 7.1) nor a file\n"]);
  });

  it("the same revision twice, by its name or by its path", async () => {
    for (const args of [
      ["7", "7"],
      ["7", "spec/draft-arcp-7.md"],
      ["spec/draft-arcp-7.md", join(root, "spec/../spec/draft-arcp-7.md")],
    ] as const) {
      const { code, out, err } = await run(...args);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^OLD and NEW are both .*; name two revisions\n$/);
    }
  });

  const deep = Array.from({ length: 400 }, (_, depth) => `${"  ".repeat(depth)}- a`).join("\n");
  const rows = `| a | b |\n| - | - |\n${"| 1 | 2 |\n".repeat(100_000)}`;
  const cycle: Edit = [
    '"h": { "type": "number"',
    '"lid": { "$ref": "#/$defs/Lid", "description": "Its lid." }, "h": { "type": "number"',
  ];
  const lid =
    '```json schema of=Lid\n{ "type": "object", "description": "A lid.", "properties": { "lid": { "$ref": "#/$defs/Lid", "description": "Its own." } } }\n```\n';

  it.each<readonly [what: string, content: string | Uint8Array, said: RegExp]>([
    ["an empty file", "", /: the file is empty\n$/],
    ["blanks", " \n\n\t\n", /: the file is empty\n$/],
    [
      "a file of bytes",
      new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe]),
      /unreadable-spec .*:1:\d+ the file is not UTF-8: byte 4/,
    ],
    ["a text with NUL in it", "# A\0B\n", /not text: it has NUL characters/],
    [
      "Markdown that is no spec",
      "# Shopping, 2.0\n\n- milk\n",
      /^missing-envelope .*\n.*1 finding; nothing was compared\. spec\/README\.md says/,
    ],
    ["JSON", '{ "a": 1 }', /nothing was compared/],
    [
      "lists within lists",
      `# A 2.0\n\n${deep}\n`,
      /unreadable-spec .*:\d+:1 lists or quotations are nested more than 30 deep \(nest them less\)/,
    ],
    [
      "a table of 100,000 rows",
      `# A 2.0\n\n${rows}`,
      /unreadable-spec .*:\d+:1 (?:a table, list or paragraph of more than|the tables have more than)/,
    ],
    ["a schema that holds itself", `${edited([cycle])}\n${lid}`, /cyclic-reference .*:\d+:\d+ /],
    [
      "a schema elsewhere",
      edited([["#/$defs/JobId", "https://example.com/schema.json"]]),
      /unresolved-reference .*:\d+:\d+ .*example\.com/,
    ],
    [
      "a schema that is none",
      edited([['"maximum": 2000', '"maximum": "much"']]),
      /malformed-schema .*:\d+:\d+ /,
    ],
    [
      "JSON that breaks off",
      edited([['["slow", "fast"]', '["slow", "fast"']]),
      /invalid-json .*:\d+:\d+ /,
    ],
  ])("%s", async (what, content, said) => {
    const path = await file(`${what.replaceAll(/\W/g, "-")}-2.0.md`, content);
    for (const args of [
      ["7", path],
      [path, "7"],
    ]) {
      const { code, out, err } = await run(...args);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(said);
      expect(err).toContain(path);
      expect(err.split("\n").length).toBeLessThan(15);
    }
  });

  it("50 MB, and a folder", async () => {
    const path = await file("film-2.0.md", "");
    await truncate(path, 50_000_000);
    expect(await run("7", path)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^unreadable-spec .*film-2\.0\.md:1:1 the file is larger than/),
    });
    expect(await run("7", scratch)).toMatchObject({
      code: 2,
      err: `${scratch} is neither a revision of ours (02, 7, 7.1) nor a file\n`,
    });
  });

  it("a side without a name, from a program", async () => {
    for (const word of ["", " "])
      await expect(readSide(root, word)).rejects.toThrow(
        /^a side has no name; it is a revision of ours \(02, 7, 7\.1\) or a file$/,
      );
    await expect(readSide(root, ".")).rejects.toThrow(
      /^\. is neither a revision of ours .* nor a file$/,
    );
  });

  it("a name where there are no revisions at all", async () => {
    expect(await runIn(scratch, "diff", "02", "1.1")).toEqual({
      code: 2,
      out: "",
      err: "02 is neither a revision of ours (none here) nor a file\n",
    });
  });
});
