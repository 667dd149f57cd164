import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatHeld } from "../audit/held.js";
import { runIn, smallProject } from "../main.test-helper.js";
import { readFolder } from "../write.js";
import { withHead } from "./head.js";
import { writeTogether } from "./together.js";

let root: string;

beforeEach(async () => {
  root = await smallProject(
    '{ "name": "arcp", "version": "1.2.3", "exports": { "./generated": {} } }',
  );
  await mkdir(join(root, "docs"));
  await writeFile(
    join(root, "docs/page.md"),
    "One\nSee spec/draft-arcp-9.9.md, not draft-9.9.1.\n",
  );
  await run("lint", "--accept");
});
afterEach(() => rm(root, { recursive: true }));

const run = (...args: readonly string[]) => runIn(root, ...args);
const read = (path: string) => readFile(join(root, path), "utf8");

describe("new-revision", () => {
  it("begins a draft in which lint and generate find nothing, and all requirements are known", async () => {
    const { code, out, err } = await run("new-revision", "9.10");
    expect([code, err]).toEqual([0, ""]);
    const [older, newer] = [
      await read("spec/draft-arcp-9.9.md"),
      await read("spec/draft-arcp-9.10.md"),
    ];
    expect(newer.split("\n").slice(0, 4)).toEqual([
      expect.stringMatching(/^# .*, revision 9\.10$/),
      "",
      "<!-- arcp:replaces 9.9 -->",
      "",
    ]);
    expect(newer.split("\n").slice(3)).toEqual(older.split("\n").slice(1));
    expect(await read("spec/draft-arcp-9.10.lock.json")).toBe(
      await read("spec/draft-arcp-9.9.lock.json"),
    );
    expect(await run("lint")).toEqual({ code: 0, out: "", err: "" });
    expect((await run("generate")).out).toMatch(
      /draft-9\.9: .*\ngenerated\/draft-9\.10: .*\ngenerated\/current: /,
    );
    expect(JSON.parse(await read("package.json"))).toEqual({
      name: "arcp",
      version: "1.2.3",
      exports: {
        "./generated": expect.objectContaining({ default: "./dist/generated/current/index.js" }),
        "./generated/draft-9.9": expect.anything(),
        "./generated/draft-9.9/schema.json": "./generated/draft-9.9/schema.json",
        "./generated/draft-9.9/asyncapi.yaml": "./generated/draft-9.9/asyncapi.yaml",
        "./generated/draft-9.9/fixtures/*": "./generated/draft-9.9/fixtures/*",
        "./generated/draft-9.9/fuzz/*": "./generated/draft-9.9/fuzz/*",
      },
    });
    expect(out).toContain("\n   1. npm run generate\n");
    expect(out).toMatch(
      /change those that mean the newest:\n {2}docs\/page\.md:2 See spec\/draft-arcp-9\.9\.md.*\n$/,
    );
  });

  it("takes another name than the version, and the text of an older draft", async () => {
    expect((await run("new-revision", "10.0")).code).toBe(0);
    const { code } = await run("new-revision", "03", "--version", "10.1", "--from", "9.9");
    expect(code).toBe(0);
    expect(await read("spec/draft-arcp-03.md")).toMatch(
      /^# .*, draft 03 \(version 10\.1\)\n\n<!-- arcp:replaces 10\.0 -->\n/,
    );
    expect((await run("generate")).out).toMatch(
      /draft-10\.0: .*\ngenerated\/draft-03: .*\ngenerated\/current/,
    );
  });

  it("says its version in the examples, and has what its peers send decided before anything is generated", async () => {
    const path = join(root, "spec/draft-arcp-9.9.md");
    const member = `"arcp": { "type": "string", "pattern": "^9(\\\\.[0-9]+)?$", "description": "Version." },`;
    const sent = '- **ENV-02** Both peers MUST send `"9.9"` as `arcp`.';
    const text = (await readFile(path, "utf8"))
      .replace('"id": { "type": "string", "minL', `${member}\n    $&`)
      .replaceAll(/\{(\s*"id": ")/g, '{ "arcp": "9.9",$1')
      .replace("- **SUB-01**", `${sent}\n$&`);
    await writeFile(path, text);
    await run("fmt");
    expect(await run("lint", "--accept")).toMatchObject({ code: 0 });

    const { code, out, err } = await run("new-revision", "9.10");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("\n   1. npm run spec:lint\n      where it says another version");
    expect(await read("spec/draft-arcp-9.10.md")).toContain('"arcp": "9.10"');
    const found = await run("lint");
    expect(found.code).toBe(1);
    expect(found.out.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^protocol-version .*by ENV-02 its peers send "9\.9" as arcp/),
    ]);
    expect(await run("generate")).toMatchObject({ code: 1 });
    await rm(join(root, "spec/draft-arcp-9.10.md"));
    await rm(join(root, "spec/draft-arcp-9.10.lock.json"));

    expect(await run("new-revision", "10.0")).toMatchObject({ code: 0 });
    expect((await run("lint")).out).toMatch(
      /^protocol-version .* its envelope takes neither "10\.0" nor "10" as arcp .*\n$/,
    );
  });

  it("takes along what was accepted of the upstream draft, with the reasons, and says how to undo", async () => {
    const baseline = `{ "revision": "9.9", "accepted": [{ "reason": "ours", "keys": ["a"] }], "sentences": [] }\n`;
    const held = formatHeld("9.9", [
      { reason: "read", passages: { "0123456789abcdef": "§1 prose" } },
    ]);
    await mkdir(join(root, "codegen/baselines/passages"), { recursive: true });
    await writeFile(join(root, "codegen/baselines/9.9.json"), baseline);
    await writeFile(join(root, "codegen/baselines/passages/9.9.json"), held);
    const before = await readFolder(root);
    const { code, out } = await run("new-revision", "9.10");
    expect(code).toBe(0);
    expect(out).toContain("codegen/baselines/9.10.json: what was accepted of upstream draft 9.9");
    expect(await read("codegen/baselines/9.10.json")).toBe(baseline.replace("9.9", "9.10"));
    expect(await read("codegen/baselines/passages/9.10.json")).toBe(held.replace("9.9", "9.10"));
    const [, gone = ""] = /\n {2}rm -rf (.*)\n/.exec(out) ?? [];
    for (const path of gone.split(" "))
      await rm(join(root, path), { recursive: true, force: true });
    await writeFile(join(root, "package.json"), before.get("package.json") ?? "");
    expect(await readFolder(root)).toEqual(before);

    await writeFile(join(root, "codegen/baselines/9.9.json"), "{}");
    expect(await run("new-revision", "9.10")).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("codegen/baselines/9.9.json: revision is undefined"),
    });
  });

  it("begins nothing that the lint would refuse: what rests on the newest draft is not in an older one", async () => {
    expect((await run("new-revision", "10.0")).code).toBe(0);
    const path = join(root, "spec/draft-arcp-10.0.md");
    const more = ["90", "91", "92", "93", "94", "95"].map(
      (n) => `- **SUB-${n}** The runtime MUST do ${n}.`,
    );
    await writeFile(
      path,
      (await readFile(path, "utf8")).replace("- **SUB-01**", `${more.join("\n")}\n$&`),
    );
    await run("lint", "--accept");
    const taken = await run("new-revision", "10.1", "--from", "9.9");
    expect([taken.code, taken.err]).toEqual([0, ""]);
    expect(taken.out).toContain("none of them new; 6 of 10.0 are not among them\n");
    await rm(join(root, "spec/draft-arcp-10.1.md"));
    await rm(join(root, "spec/draft-arcp-10.1.lock.json"));

    const cited = more.map((_, index) => `- **W-0${index + 1}** SUB-9${index}: so it is.`);
    await writeFile(join(root, "spec/rulings.md"), `${cited.join("\n")}\n`);
    expect(await run("lint")).toMatchObject({ code: 0 });
    const before = await readFolder(root);
    const { code, out, err } = await run("new-revision", "10.1", "--from", "9.9");
    expect([code, out]).toEqual([1, ""]);
    const lines = err.trimEnd().split("\n");
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(
      /^unknown-requirement spec\/rulings\.md:1:\d+ the requirement SUB-90 /,
    );
    expect(lines[5]).toBe("… 1 more");
    expect(lines[6]).toBe(
      "draft 10.1 would have findings, spec/rulings.md: 6 findings: what stands beside 10.0 rests on what 9.9 has not; begin with 10.0, leaving --from out, and strike what 10.1 has not; nothing was written",
    );
    expect(await readFolder(root)).toEqual(before);
  });

  it.each([
    [2, ["next"], '"next" is no name of a draft: write up to four numbers of up to four digits'],
    [2, ["9999999999999999999999.1"], '"9999999999999999999999.1" is no name of a draft'],
    [2, ["1.2.3.4.5"], '"1.2.3.4.5" is no name of a draft'],
    [2, ["1\uff0e2"], String.raw`"1\uff0e2" is no name of a draft`],
    [2, ["9".repeat(60)], `"${"9".repeat(40)}…" is no name of a draft`],
    [2, ["03", "--version", "99999.1"], '"99999.1" is no version of the protocol'],
    [2, ["12345"], '"12345" is no name of a draft'],
    [2, ["../9.10"], '"../9.10" is no name of a draft'],
    [2, ["9.10."], '"9.10." is no name of a draft'],
    [
      2,
      ["03"],
      "the name 03 is no version of the protocol: say which one the draft describes, --version",
    ],
    [2, ["10", "--version", "ten"], '"ten" is no version of the protocol'],
    [2, ["03", "--version", "9.8"], "version 9.8 comes before 9.9, which draft 9.9 describes"],
    [2, ["9.10", "--from", "7"], "there is no draft 7 to begin with; there is 9.9"],
    [1, ["9.9"], "spec/draft-arcp-9.9.md is there already"],
    [2, [], "no argument is given: NAME is expected; see --help\n"],
    [2, [""], "an argument is empty: NAME is expected; see --help\n"],
    [2, ["9.10", "9.11"], 'the argument "9.11" is one too many: NAME is expected; see --help\n'],
    [2, ["9.10", "--form", "9.9"], "there is no option --form; see --help\n"],
    [2, ["9.10", "--from", ""], "--from: NAME is empty; see --help\n"],
  ] as const)("exits with %i for %j, and writes nothing", async (code, args, message) => {
    const before = await readFolder(root);
    const said = await run("new-revision", ...args);
    expect(said).toMatchObject({ code, out: "", err: expect.stringContaining(message) });
    expect(await readFolder(root)).toEqual(before);
  });

  it("begins nothing while the spec has findings, and prints them", async () => {
    const path = join(root, "spec/draft-arcp-9.9.md");
    await writeFile(
      path,
      (await read("spec/draft-arcp-9.9.md")).replace('["agent"]', '["nobody"]'),
    );
    const before = await readFolder(root);
    const { code, out, err } = await run("new-revision", "9.10");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^[a-z-]+ spec\/draft-arcp-9\.9\.md:\d+:\d+ .*\n(?:.*\n)*the spec has findings, spec\/draft-arcp-9\.9\.md: \d+ findings?: .*; nothing was written\n$/,
    );
    expect(await readFolder(root)).toEqual(before);
  });
});

describe("the head of a draft", () => {
  const head = { name: "1.2", version: "1.2", replaces: "1.1" };
  it.each([
    [
      "# ARCP, revision 1.1\n\n<!-- arcp:replaces 02.1 -->\n\nText",
      "# ARCP, revision 1.2\n\n<!-- arcp:replaces 1.1 -->\n\nText",
    ],
    [
      "# ARCP: a protocol, draft 02 (version 1.0)\n\nText",
      "# ARCP: a protocol, revision 1.2\n\n<!-- arcp:replaces 1.1 -->\n\nText",
    ],
    ["# ARCP\n\n# revision", "# ARCP, revision 1.2\n\n<!-- arcp:replaces 1.1 -->\n\n# revision"],
    ["no title", "no title"],
  ])("%j", (before, after) => expect(withHead(before, head)).toBe(after));
});

describe("files that belong together", () => {
  const files = [
    { path: "a.txt", text: "new a" },
    { path: "spec/b.txt", text: "new b" },
    { path: "package.json", text: "new c" },
  ];

  it("are all written", async () => {
    await writeTogether(root, files);
    expect(await Promise.all(files.map(({ path }) => read(path)))).toEqual(
      files.map(({ text }) => text),
    );
  });

  it("are none of them written when one cannot be", async () => {
    const before = await readFolder(root);
    for (const broken of [0, 1, 2]) {
      let count = 0;
      const move: Parameters<typeof writeTogether>[2] = async (from, to) => {
        if (count++ === broken) throw new Error("the disk is full");
        await cp(String(from), String(to));
      };
      await expect(writeTogether(root, files, move)).rejects.toThrow("the disk is full");
      expect(await readFolder(root)).toEqual(before);
    }
  });
});
