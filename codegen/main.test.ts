import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runIn, smallProject } from "./main.test-helper.js";
import { readFolder } from "./write.js";

const SPEC = "spec/draft-arcp-9.9.md";
const LOCK = "spec/draft-arcp-9.9.lock.json";

let root: string;

beforeEach(async () => {
  root = await smallProject();
});
afterEach(() => rm(root, { recursive: true }));

const run = (...args: readonly string[]) => runIn(root, ...args);

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const file = join(root, path);
  await writeFile(file, change(await readFile(file, "utf8")));
}

const output = () => readFolder(join(root, "generated/draft-9.9"));

describe("generate", () => {
  it("writes the folder, and a second time finds nothing to do", async () => {
    await run("lint", "--accept");
    expect(await run("generate")).toMatchObject({
      code: 0,
      out:
        "generated/draft-9.9: 30 files; 30 added, 0 changed, 0 removed\n" +
        "generated/current: 11 files; 11 added, 0 changed, 0 removed\n",
    });
    const first = await output();
    expect(JSON.parse(first.get("provenance.json") ?? "")).toMatchObject({
      generator: "arcp 1.2.3",
    });
    expect(await run("generate")).toMatchObject({
      code: 0,
      out: expect.stringContaining(" 0 changed"),
    });
    expect(await output()).toEqual(first);
    expect(await run("generate", "--check")).toEqual({ code: 0, out: "", err: "" });
  });

  it("touches nothing while the spec has findings, and prints them", async () => {
    await run("lint", "--accept");
    await run("generate");
    const before = await output();
    await edit(SPEC, (text) => text.replace('"required": ["agent"]', '"required": ["nobody"]'));
    const { code, err, out } = await run("generate");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^[a-z-]+ spec\/draft-arcp-9\.9\.md:\d+:\d+ .+ \(.+\)\n/);
    expect(err).toMatch(/spec\/draft-arcp-9\.9\.md: \d+ findings?; nothing was written\n$/);
    expect(await output()).toEqual(before);
    expect((await run("generate", "--check")).code).toBe(1);
  });

  it("--check writes nothing and says file, line of the spec and command", async () => {
    await run("lint", "--accept");
    await run("generate");
    const before = await output();
    await edit(SPEC, (text) =>
      text.replaceAll("Who does it. ", "Who is it.   ").replaceAll("Who does it.", "Who is it."),
    );
    const { code, out } = await run("generate", "--check");
    expect(code).toBe(1);
    const line = (await readFile(join(root, SPEC), "utf8"))
      .split("\n")
      .findIndex((text) => text.includes('"description": "Who is it."'));
    expect(out).toContain(`@@ ${SPEC}:${line + 1}\n`);
    expect(out).toContain("-  /** Who does it. */\n+  /** Who is it. */\n");
    expect(out).toMatch(/Run: npm run generate\n$/);
    expect(await output()).toEqual(before);
  });

  it("removes what no symbol makes any more", async () => {
    await run("lint", "--accept");
    await run("generate");
    await writeFile(join(root, "generated/draft-9.9/validate/job-old.ts"), "export {};\n");
    expect((await run("generate", "--check")).out).toContain(
      "validate/job-old.ts\n+++ /dev/null\n",
    );
    expect((await run("generate")).out).toContain("1 removed");
    expect([...(await output()).keys()]).not.toContain("validate/job-old.ts");
    expect((await readdir(join(root, "generated"))).sort()).toEqual(["current", "draft-9.9"]);
  });
});

describe("lint", () => {
  it("wants requirements to be acknowledged, and names the files that cite a reworded one", async () => {
    expect(await run("lint")).toMatchObject({
      code: 1,
      out: expect.stringContaining("SUB-01 is new"),
    });
    expect(await run("lint", "--accept")).toEqual({
      ...{ code: 0, out: "" },
      err: `${LOCK}: taken as read: 1 new (SUB-01)\n`,
    });
    expect(await run("lint", "--accept")).toEqual({ code: 0, out: "", err: "" });
    expect(JSON.parse(await readFile(join(root, LOCK), "utf8"))).toHaveProperty("SUB-01");
    await mkdir(join(root, "runtime-kit/jobs"), { recursive: true });
    await writeFile(join(root, "runtime-kit/jobs/job.test.ts"), "// SUB-01\n");
    await edit(SPEC, (text) => text.replace("MUST answer", "MUST always answer"));
    const { code, out } = await run("lint");
    expect(code).toBe(1);
    expect(out).toMatch(/^reworded-requirement .*SUB-01.*runtime-kit\/jobs\/job\.test\.ts/m);
    expect(await run("lint", "--accept")).toMatchObject({
      code: 0,
      err: `${LOCK}: taken as read: 1 reworded (SUB-01)\n`,
    });
  });

  it("takes nothing as read where something else is found, and says so", async () => {
    await run("lint", "--accept");
    const before = await readFile(join(root, LOCK), "utf8");
    const good = await readFile(join(root, SPEC), "utf8");
    const [item] = /^- \*\*SUB-01\*\*.*\n(?: .*\n)*/m.exec(good) ?? [""];
    const more = Array.from({ length: 12 }, (_, i) => item.replace("SUB-01", `SUB-${i + 10}`));
    const changed = good.replace(item, more.join(""));
    await writeFile(
      join(root, SPEC),
      changed.replace('"required": ["agent"]', '"required": ["nobody"]'),
    );
    await writeFile(join(root, "spec/rulings.md"), "| W-01 | Decided. | SUB-99 |\n");
    for (const format of ["text", "json"]) {
      const { code, out, err } = await run("lint", "--accept", "--format", format);
      expect(code).toBe(1);
      expect(out).toContain("unknown-requirement");
      // What waits to be accepted does not stand in its own way.
      expect(out).not.toContain("missing-lock-entry");
      expect(err).toMatch(
        /^spec\/draft-arcp-9\.9\.lock\.json: nothing was taken as read, since something else is found: spec\/draft-arcp-9\.9\.md: \d+ findings, spec\/rulings\.md: 1 finding\n/,
      );
    }
    expect(await readFile(join(root, LOCK), "utf8")).toBe(before);
    await Promise.all([writeFile(join(root, SPEC), changed), rm(join(root, "spec/rulings.md"))]);
    const ids = Array.from({ length: 10 }, (_, i) => `SUB-${i + 10}`).join(", ");
    expect(await run("lint", "--accept")).toEqual({
      ...{ code: 0, out: "" },
      err: `${LOCK}: taken as read: 12 new (${ids}, and 2 more), 1 gone (SUB-01)\n`,
    });
  });

  it("takes nothing as read of what cannot be read, and says so", async () => {
    await run("lint", "--accept");
    const before = await readFile(join(root, LOCK));
    await writeFile(join(root, SPEC), Uint8Array.of(0xff));
    expect(await run("lint", "--accept")).toEqual({
      code: 1,
      out: expect.stringMatching(/^unreadable-spec .*not UTF-8.*\n$/),
      err: `${LOCK}: nothing was taken as read, since something else is found: ${SPEC}: 1 finding\n1 finding\n`,
    });
    expect(await readFile(join(root, LOCK))).toEqual(before);
    await writeFile(join(root, SPEC), "# Nothing\n");
    expect(await run("lint", "--accept")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^\S+: nothing was taken as read, .*: \d+ findings?\n/),
    });
    expect(await readFile(join(root, LOCK))).toEqual(before);
  });

  it("calls no requirement new where the lock that could tell is no lock", async () => {
    await run("lint", "--accept");
    await edit(SPEC, (text) => text.replace("MUST answer", "MUST always answer"));
    await writeFile(join(root, LOCK), "{ broken");
    expect(await run("lint")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^invalid-lock /),
    });
    expect(await run("lint", "--accept")).toEqual({
      ...{ code: 0, out: "" },
      err: `${LOCK}: taken as read: all 1, whether they were read before or not, since it was no lock of requirements\n`,
    });
    expect(await run("lint")).toEqual({ code: 0, out: "", err: "" });
  });

  it("names the files that cite a requirement with other words than in an older draft", async () => {
    await run("lint", "--accept");
    expect((await run("new-revision", "10.0")).code).toBe(0);
    await mkdir(join(root, "runtime-kit/jobs"), { recursive: true });
    await writeFile(join(root, "runtime-kit/jobs/job.test.ts"), "// SUB-01\n");
    await edit("spec/draft-arcp-10.0.md", (text) =>
      text.replace("MUST answer", "MUST always answer"),
    );
    const { out } = await run("lint");
    expect(out).toMatch(
      /^changed-requirement .*what cites SUB-01: runtime-kit\/jobs\/job\.test\.ts;/,
    );
    expect(out.trimEnd().split("\n")).toHaveLength(1);
  });

  it("speaks JSON and GitHub", async () => {
    const json = await run("lint", "--format", "json");
    expect(JSON.parse(json.out)).toMatchObject([{ rule: "missing-lock-entry", file: SPEC }]);
    expect(json.err).toBe("");
    expect((await run("lint", "--format", "github")).out).toMatch(/^::error file=/);
  });
});

describe("several revisions", () => {
  it("are each generated, in order, and the rulings speak of the last one only", async () => {
    const older = await readFile(join(root, SPEC), "utf8");
    await writeFile(
      join(root, "spec/draft-arcp-02.md"),
      older.replace(/^# .*$/m, "# The same, draft 02 (version 9.9)"),
    );
    await edit(SPEC, (text) =>
      text
        .replace("**SUB-01**", "**SUB-02**")
        .replace(/^# .*$/m, "$&\n\n<!-- arcp:replaces 02 -->"),
    );
    await writeFile(join(root, "spec/rulings.md"), "| W-01 | Decided. | SUB-02 |\n");
    expect(await run("lint", "--accept")).toMatchObject({ code: 0, out: "" });
    expect((await run("generate")).out.match(/generated\S+/g)).toEqual([
      "generated/draft-02:",
      "generated/draft-9.9:",
      "generated/current:",
    ]);
    expect((await run("generate", "--check")).out).toBe("");
    await writeFile(join(root, "spec/rulings.md"), "| W-01 | Decided. | SUB-01 |\n");
    expect((await run("generate")).err).toMatch(
      /\nspec\/rulings\.md: 1 finding; nothing was written\n$/,
    );
    expect((await run("lint")).out).toMatch(
      /^unknown-requirement spec\/rulings\.md:1:\S+ .*SUB-01/,
    );
  });

  it("are ordered by what they say: a draft 03 may be newer than 9.9", async () => {
    const older = await readFile(join(root, SPEC), "utf8");
    const title = "# The next, draft 03 (version 9.9)";
    const newer = older.replace(/^# .*$/m, `${title}\n\n<!-- arcp:replaces 9.9 -->`);
    await writeFile(join(root, "spec/draft-arcp-03.md"), newer);
    await run("lint", "--accept");
    expect((await run("generate")).out.match(/generated\S+/g)).toEqual([
      "generated/draft-9.9:",
      "generated/draft-03:",
      "generated/current:",
    ]);
    const current = await readFile(join(root, "generated/current/validate/index.ts"), "utf8");
    expect(current).toContain('export * from "../../draft-03/validate/index.js";');
    const before = await output();
    await writeFile(
      join(root, "spec/draft-arcp-03.md"),
      newer.replace("replaces 9.9", "replaces 9.8"),
    );
    const expected =
      /^broken-succession spec\/draft-arcp-03\.md:3:1 03 replaces 9\.8.*\(name one of 9\.9/;
    expect((await run("lint")).out).toMatch(expected);
    expect(await run("generate")).toMatchObject({ code: 1, err: expect.stringMatching(expected) });
    expect(await output()).toEqual(before);
  });
});

describe("fmt", () => {
  it("writes stale field tables, and with --check only says so", async () => {
    await edit(SPEC, (text) =>
      text.replace('"description": "Who does it."', '"description": "Someone."'),
    );
    const before = await readFile(join(root, SPEC), "utf8");
    expect(await run("fmt", "--check")).toMatchObject({
      code: 1,
      out: expect.stringContaining("job.submit"),
    });
    expect(await readFile(join(root, SPEC), "utf8")).toBe(before);
    expect((await run("fmt")).code).toBe(0);
    expect(await readFile(join(root, SPEC), "utf8")).toContain("| Someone.");
    expect(await run("fmt", "--check")).toEqual({ code: 0, out: "", err: "" });
  });
});

describe("files that cannot be read", () => {
  it.each([
    ["no UTF-8", [0x61, 0x0a, 0x0a, 0xc3, 0xa9, 0xff, 0x62], ":3:2 .*byte 5 ", SPEC],
    ["cut within a character", [0x61, 0x0a, 0xe2, 0x82], ":2:1 .*byte 2 ", SPEC],
    ["no UTF-8", [0x0a, 0xc0, 0x80], ":2:1 .*byte 1 ", LOCK],
    ["no UTF-8", [0x80], ":1:1 .*byte 0 ", "spec/rulings.md"],
    ["too large", Buffer.alloc(50_000_000, "a"), ":1:1 .*larger than", SPEC],
    ["too large", Buffer.alloc(50_000_000, "a"), ":1:1 .*larger than", LOCK],
  ])("%s: a finding with its place, and nothing is written", async (_, bytes, place, path) => {
    await run("lint", "--accept");
    await run("generate");
    const before = await output();
    const spec = Buffer.from(bytes);
    await writeFile(join(root, path), spec);
    const expected = new RegExp(`^unreadable-spec ${path}${place}.*\\(.+\\)\n`);
    for (const args of [["generate"], ["generate", "--check"], ["fmt"], ["fmt", "--check"]]) {
      expect(await run(...args)).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringMatching(expected),
      });
    }
    for (const args of [["lint"], ["lint", "--accept"]]) {
      expect(await run(...args)).toMatchObject({ code: 1, out: expect.stringMatching(expected) });
    }
    expect(await output()).toEqual(before);
    expect((await readFile(join(root, path))).equals(spec)).toBe(true);
  });
});

describe("wrong usage", () => {
  it.each<readonly [args: readonly string[], said: RegExp]>([
    [[], /^no command is given; there is generate, lint, .*; see --help\n$/],
    [["build"], /^there is no command "build"; there is generate, .*; see --help\n$/],
    [["generate", "--chekc"], /^there is no option --chekc; see --help\n$/],
    [["generate", "--check", "--watch"], /^--check and --watch exclude each other; see --help\n$/],
    [["lint", "--format", "xml"], /^--format: one of text, json, github, not "xml"; see --help\n$/],
    [["fmt", "file.md"], /^the argument "file.md" is not expected; see --help\n$/],
  ])("%j", async (args, said) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(said);
  });

  it.each([
    ["generate", "--help"],
    ["audit", "-h"],
    ["diff", "nothing", "--help"],
  ])("%s %s says how it is called", async (...args) => {
    const { code, out, err } = await run(...args);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^usage: npm run \S+ -- .*\n\n[^]*\n {2}2 {2}/);
    expect((await run("--help")).out).toContain(args[0]);
  });

  it("names what is missing where there is no spec", async () => {
    await rm(join(root, SPEC));
    const { code, err } = await run("generate");
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^there is no spec\/draft-arcp-\*\.md.*root of the project\n$/),
    });
  });
});
