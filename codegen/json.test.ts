/** Where JSON is asked for, standard output is one JSON document, whatever becomes of the call. */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runIn, smallProject } from "./main.test-helper.js";

const SPEC = "spec/draft-arcp-9.9.md";
let root: string;

beforeAll(async () => {
  root = await smallProject();
  await writeFile(join(root, "shopping.md"), "# Shopping, 2.0\n\n- milk\n");
  expect(await run("lint", "--accept")).toMatchObject({ code: 0 });
});
afterAll(() => rm(root, { recursive: true }));

const run = (...args: readonly string[]) => runIn(root, ...args);

const refusal = (exit: number, error: string, findings: readonly object[] = []) => ({
  exit,
  error: expect.stringContaining(error),
  findings: findings.map((one) => expect.objectContaining(one)),
});

it.each<readonly [args: readonly string[], code: number, document: unknown]>([
  [["lint"], 0, []],
  [["fmt"], 0, []],
  [["generate"], 0, []],
  [["generate", "--check"], 0, []],
  [["lint", "--acept"], 2, refusal(2, "there is no option --acept; see --help")],
  [["generate", "x"], 2, refusal(2, 'the argument "x" is not expected; see --help')],
  [["diff"], 2, refusal(2, "no argument is given: OLD NEW is expected; see --help")],
  [["diff", "9.9", ""], 2, refusal(2, "an argument is empty: OLD NEW is expected")],
  [["diff", "9.9", "9.9"], 2, refusal(2, "OLD and NEW are both 9.9")],
  [["diff", "9.9", "7"], 2, refusal(2, "7 is neither a revision of ours (9.9) nor a file")],
  [
    ["diff", "9.9", "shopping.md"],
    2,
    refusal(2, "shopping.md: 1 finding; nothing was compared", [
      { rule: "missing-envelope", file: "shopping.md", line: 1, column: 1 },
    ]),
  ],
  [["audit", "gone.md"], 2, refusal(2, "gone.md: there is no such file")],
  [["audit", "shopping.md", "--revision", "7"], 2, refusal(2, "we have no revision 7")],
])("%j exits with %i", async (args, code, document) => {
  const said = await run(...args, "--format", "json");
  expect([said.code, JSON.parse(said.out)]).toEqual([code, document]);
  if (code === 2) {
    const { error } = JSON.parse(said.out) as { readonly error: string };
    expect(said.err.endsWith(`${error}\n`)).toBe(true);
  }
});

it("an audit of what is no draft is a refusal with what was found besides", async () => {
  const { code, out } = await run("audit", "shopping.md", "--format", "json");
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ exit: 2, error: expect.any(String), findings: [] });
});

it("what is stale is said aside, and findings are the document", async () => {
  const path = join(root, SPEC);
  const good = await readFile(path, "utf8");
  const differs = good.replace("Who does it.", "Who is it. ");
  expect(differs).not.toBe(good);
  await writeFile(path, differs);
  const check = await run("fmt", "--check", "--format", "json");
  expect(check).toMatchObject({ code: 1, out: "[]\n", err: expect.stringContaining("stale") });
  await writeFile(path, good.replace('["agent"]', '["nobody"]'));
  for (const command of ["lint", "generate"]) {
    const { code, out } = await run(command, "--format", "json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ file: SPEC }));
  }
  await writeFile(path, good);
});

it("where there is no spec, that is the document", async () => {
  const away = join(root, "away.md");
  await cp(join(root, SPEC), away);
  await rm(join(root, SPEC));
  const { code, out } = await run("generate", "--format", "json");
  expect([code, JSON.parse(out)]).toEqual([1, refusal(1, "there is no spec/draft-arcp-*.md")]);
  await cp(away, join(root, SPEC));
});
