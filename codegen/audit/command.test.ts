import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { runIn } from "../main.test-helper.js";
import type { Audit } from "./result.js";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SPEC = "spec/draft-arcp-1.1.md";

let root: string;
let before: Map<string, string>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "arcp-audit-"));
  // A draft that is newer than these has no baseline here.
  const drafts = ["02", "02.1", "1.1"].map((name) => `draft-arcp-${name}`);
  const names = drafts.flatMap((name) => [`${name}.md`, `${name}.lock.json`]);
  for (const name of [...names, "rulings.md"]) {
    await cp(at(`../../spec/${name}`), join(root, "spec", name));
  }
  await mkdir(join(root, "codegen/baselines"), { recursive: true });
  await cp(at("../fixtures/audit/other-form.md"), join(root, "draft.md"));
  before = await contents();
});
afterAll(() => rm(root, { recursive: true }));
// Whatever is asked, the command writes nothing of ours but what was accepted.
afterEach(async () => expect(await contents()).toEqual(before));

async function contents(): Promise<Map<string, string>> {
  const names = await readdir(join(root, "spec"));
  const texts = names.map(
    async (name) => [name, await readFile(join(root, "spec", name), "utf8")] as const,
  );
  return new Map(await Promise.all(texts));
}

const run = (...args: readonly string[]) => runIn(root, "audit", ...args);

const BASELINE = "codegen/baselines/1.1.json";
const HELD = "codegen/baselines/passages/1.1.json";

/** Puts all that is found in the draft into a new baseline, but for its passages, and more keys; gives the keys of all. */
async function settle(...more: readonly string[]): Promise<readonly string[]> {
  await rm(join(root, BASELINE), { force: true });
  const { differences, sentences } = JSON.parse(
    (await run("draft.md", "--format", "json")).out,
  ) as Audit;
  const found = differences.filter(
    ({ key, rule }) => !/^(?:sentence|weaker):/.test(key) && !rule.endsWith("-passage"),
  );
  const keys = [...found.map(({ key }) => key), ...more];
  const ids = Object.fromEntries(sentences.map(({ sentence }) => [sentence.hash, []]));
  const [reason, revision] = ["read", "1.1"];
  const baseline = { revision, accepted: [{ reason, keys }], sentences: [{ reason, ids }] };
  await writeFile(join(root, BASELINE), JSON.stringify(baseline));
  return keys;
}

describe("audit", () => {
  it("prints differences and exits with 1, in each format", async () => {
    const { code, out, err } = await run("draft.md");
    expect([code, err]).toEqual([1, ""]);
    expect(out).toMatch(/^draft\.md beside our revision 1\.1\n/);
    expect((await run("draft.md", "--revision", "1.1", "--format", "markdown")).out).toMatch(
      /^# draft\.md beside our/,
    );
    expect(JSON.parse((await run("draft.md", "--format", "json")).out)).toMatchObject({
      exit: 1,
      file: "draft.md",
    });
  });

  it("exits with 0 once all is accepted, and with 1 again when an entry is stale", async () => {
    const [path, held] = [join(root, BASELINE), join(root, HELD)];
    const all = await run("draft.md", "--accept", "read");
    expect([all.code, all.err]).toEqual([
      1,
      expect.stringMatching(
        /^codegen\/baselines\/passages\/1\.1\.json: 59 passages accepted, and none of the other differences, \d+: they go into codegen\/baselines\/1\.1\.json by hand\n$/,
      ),
    ]);
    const keys = await settle();
    const { code, out } = await run("draft.md");
    expect([code, out.split("\n").at(-2)]).toEqual([
      0,
      `exit 0: nothing beyond the baseline (${keys.length} accepted by the baseline)`,
    ]);
    await settle("only-theirs:message:job.gone");
    expect((await run("draft.md")).code).toBe(1);
    await writeFile(path, '{ "revision": "1.1" }');
    expect(await run("draft.md")).toMatchObject({
      code: 2,
      out: "",
      err: "codegen/baselines/1.1.json: accepted has to be a list of objects; its form stands in docs/auditing-a-draft.md\n",
    });
    await rm(path);

    await cp(join(root, "draft.md"), join(root, "accepted.md"));
    const text = await readFile(join(root, "draft.md"), "utf8");
    await writeFile(join(root, "draft.md"), text.replace("no such job", "no such work"));
    const changed = (await run("draft.md", "--was", "accepted.md")).out;
    expect(changed).toContain("row JOB_NOT_FOUND changed since it was accepted: now");
    expect(changed).toContain('before "`JOB_NOT_FOUND` | no such job"');
    expect(await run("draft.md", "--was", "gone.md")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^gone\.md: there is no such file/),
    });
    expect(await run("draft.md", "--was", "spec/rulings.md")).toEqual({
      code: 2,
      out: "",
      err: expect.stringMatching(
        /^--was spec\/rulings\.md is not the draft that was accepted: it has 0 of the 59 passages in .*\n$/,
      ),
    });
    await writeFile(join(root, "draft.md"), text);
    await writeFile(held, "{");
    expect(await run("draft.md")).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^codegen\/baselines\/passages\/1\.1\.json: the file is no JSON; /,
      ),
    });
    await rm(held);
  });

  it("accepts nothing while a passage that changed has a sentence that is not settled, and loses nothing of it", async () => {
    const [path, held] = [join(root, BASELINE), join(root, HELD)];
    const text = await readFile(join(root, "draft.md"), "utf8");
    await cp(join(root, "draft.md"), join(root, "accepted.md"));
    await settle();
    expect(await run("draft.md", "--accept", "read")).toMatchObject({
      code: 0,
      err: "codegen/baselines/passages/1.1.json: 59 passages accepted\n",
    });
    const before = await readFile(held, "utf8");
    // The order, and a word of the same paragraph that orders nothing.
    const changed = text
      .replace("within a second", "within a day")
      .replace("mean what", "say what");
    await writeFile(join(root, "draft.md"), changed);
    const first = await run("draft.md", "--was", "accepted.md", "--accept", "again");
    expect(first.code).toBe(1);
    expect(first.err).toBe(
      "codegen/baselines/passages/1.1.json: nothing was accepted, since 1 passage that changed has a sentence that is not settled: " +
        '"Submitting" prose (draft.md:45); settle the sentences in codegen/baselines/1.1.json, read what else the passages say, and accept again\n',
    );
    expect(first.out).toContain("within a day");
    expect(first.out).not.toContain("say what");
    expect(await readFile(held, "utf8")).toBe(before);

    await settle();
    const second = await run("draft.md", "--was", "accepted.md");
    expect([second.code, second.out.split("\n").at(-2)]).toEqual([
      1,
      expect.stringMatching(/^exit 1: 1 beyond/),
    ]);
    expect(second.out).toMatch(/^changed-passage .*within a day.*, before ".*within a second/m);
    expect(await run("draft.md", "--was", "accepted.md", "--accept", "again")).toMatchObject({
      code: 0,
      err: "codegen/baselines/passages/1.1.json: 59 passages accepted\n",
    });
    expect((await run("draft.md")).code).toBe(0);
    await Promise.all([rm(path), rm(held), writeFile(join(root, "draft.md"), text)]);
  });

  it("accepts nothing of what is no draft", async () => {
    await writeFile(join(root, "other.md"), "# Something\n\nIt MUST do `job.submit`.\n");
    expect((await run("other.md", "--accept", "read")).code).toBe(2);
    expect(await readdir(join(root, "codegen/baselines"))).not.toContain("1.1.json");
    await expect(readFile(join(root, "codegen/baselines/passages/1.1.json"))).rejects.toThrow();
  });

  it("--suggest gives no id to a requirement that any draft of ours has", async () => {
    const { out } = await run("draft.md", "--suggest", "--revision", "02.1");
    const fresh = out.match(/^\+- \*\*[A-Z]+-\d+\*\*/gm)?.map((line) => line.slice(3)) ?? [];
    expect(fresh.length).toBeGreaterThan(3);
    const texts = [...before.values()].join("\n");
    expect(fresh.filter((id) => texts.includes(id))).toEqual([]);
  });

  it("--suggest prints a patch of our spec that applies, with none of the draft's sentences", async () => {
    const { code, out, err } = await run("draft.md", "--suggest");
    expect(code).toBe(1);
    expect(err).toMatch(/^exit 1: \d+ beyond the baseline/);
    expect(out).toMatch(/^# no place for it yet: rule Cursor\n--- a\/spec\/draft-arcp-1\.1\.md\n/);
    for (const line of [
      '+    "priority": { "type": "integer", "description": "See line 30 of the draft." }',
      '+    "bytes": { "type": "integer", "description": "See line 80 of the draft." }',
      "+| `job.pause` | both | 1.1 |  | yes | no |  | See line 23 of the draft. |",
      "+| `QUOTA_EXCEEDED` | no | 1.1 | See line 95 of the draft. | See line 95 of the draft. |",
      "+| `gpu.use` | 1.1 |  | `name` | See line 107 of the draft. |",
    ]) {
      expect(out).toContain(`${line}\n`);
    }
    const used = new Set((await readFile(join(root, SPEC), "utf8")).match(/\*\*[A-Z]+-\d+\*\*/g));
    const fresh = out.match(/^\+- (\*\*[A-Z]+-\d+\*\*)/gm)?.map((line) => line.slice(3)) ?? [];
    expect(fresh.length).toBeGreaterThan(3);
    expect([new Set(fresh).size, fresh.filter((id) => used.has(id))]).toEqual([fresh.length, []]);
    // What matches has to be read, and asks for nothing new.
    expect(out).not.toContain("**SUB-12**");
    for (const sentence of ["submit the same key twice", "within a second", "It is RECOMMENDED"]) {
      expect(out).not.toContain(sentence);
    }
    const copy = await mkdtemp(join(tmpdir(), "arcp-patch-"));
    await cp(join(root, "spec"), join(copy, "spec"), { recursive: true });
    execFileSync("git", ["init", "-q"], { cwd: copy });
    execFileSync("git", ["apply", "-"], { cwd: copy, input: out });
    const patched = await readFile(join(copy, SPEC), "utf8");
    await rm(copy, { recursive: true });
    // The schemas are still JSON: nothing that the lint says is about that.
    const { parseSpec } = await import("../parse/markdown.js");
    const { createReport } = await import("../parse/report.js");
    const { buildDraft } = await import("../model/build.js");
    const { diagnostics, report } = createReport();
    const draft = buildDraft(parseSpec(SPEC, patched).facts, report);
    expect(diagnostics).toEqual([]);
    expect(draft.schemas.get("checkpoint")?.schema.properties).toHaveProperty("label");
    expect(draft.messages.map(({ type }) => type)).toContain("job.pause");
  });

  it.each([
    ["no file", [], "no argument is given: DRAFT.md is expected; see --help\n"],
    ["an empty name", [""], "an argument is empty: DRAFT.md is expected; see --help\n"],
    ["two files", ["draft.md", "other.md"], 'the argument "other.md" is one too many: DRAFT.md is'],
    [
      "a format that there is not",
      ["draft.md", "--format", "xml"],
      '--format: one of text, markdown, json, not "xml"; see --help\n',
    ],
    [
      "an option that there is not",
      ["draft.md", "--take"],
      "there is no option --take; see --help\n",
    ],
    [
      "a patch as JSON",
      ["draft.md", "--suggest", "--format", "markdown"],
      "--suggest prints a patch, and has no --format; see --help\n",
    ],
    [
      "no reason",
      ["draft.md", "--accept", " "],
      "--accept: say in words why the passages are accepted; see --help\n",
    ],
    [
      "a patch that accepts",
      ["draft.md", "--suggest", "--accept", "read"],
      "--suggest prints a patch, and accepts nothing; see --help\n",
    ],
    [
      "a revision that we lack",
      ["draft.md", "--revision", "7.7"],
      "we have no revision 7.7; say --revision with one of 02, 02.1, 1.1\n",
    ],
    [
      "a file that is not there",
      ["gone.md"],
      "gone.md: there is no such file; a relative path begins in",
    ],
    ["a folder", ["spec"], "spec: this is no file; name the Markdown"],
  ])("exits with 2 for %s", async (_, args, message) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err.startsWith(message), err).toBe(true);
  });

  it.each([
    ["empty", new Uint8Array(), "bad.md is empty"],
    [
      "a picture",
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe),
      "bad.md: the file is not UTF-8",
    ],
    [
      "nested deeply",
      Buffer.from(Array.from({ length: 900 }, (_, level) => `${"  ".repeat(level)}- x\n`).join("")),
      "lists or quotations are nested more than 30 deep",
    ],
    [
      "a table of 100,000 rows",
      Buffer.from(`| a |\n| - |\n${"| b |\n".repeat(100_000)}`),
      "a table, list or paragraph of more than 2000 lines",
    ],
    [
      "a README",
      Buffer.from("# Something\n\nIt MUST do `job.submit`.\n"),
      "too few facts to be a draft of this protocol",
    ],
  ])("exits with 2 for a file that is %s, and suggests nothing", async (_, bytes, message) => {
    await writeFile(join(root, "bad.md"), bytes);
    const { code, out, err } = await run("bad.md");
    expect(code).toBe(2);
    expect(out + err).toContain(message);
    const suggested = await run("bad.md", "--suggest");
    expect(suggested).toMatchObject({ code: 2, out: "" });
    // Of no report that is not printed.
    expect(suggested.err).not.toContain("above");
    expect(suggested.err.trimEnd()).not.toContain("\n");
    expect(suggested.err.includes("without --suggest it is said what was read")).toBe(
      message.startsWith("too few"),
    );
  });

  it("does not load 50 MB to refuse them", async () => {
    await writeFile(join(root, "big.md"), "");
    await truncate(join(root, "big.md"), 50_000_000);
    expect(await run("big.md")).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringMatching(/^big\.md: the file is larger than 1048576 bytes; name /),
    });
  });
});
