/** The code blocks of the README and of the guides, as they are written there, each page in a folder of its own. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { blocksOf, compileGuides, root, runGuide } from "./guide.test-helper.js";

const guides = markdownIn("docs");
const pages = ["README.md", ...guides];
const linking = [
  ...pages,
  "SECURITY.md",
  ...["examples", "conformance", "conformance/vectors", "spec"].flatMap(markdownIn),
];

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
}

/** A page without its blocks: a link shown within code is none, and a comment there is no heading. */
function withoutCode(page: string): string {
  return readFileSync(join(root, page), "utf8").replaceAll(/^(`{3,})[^]*?^\1$/gm, "");
}

/** What may stand behind the `#` of a link to this page: headings as GitHub names them, and ids. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = withoutCode(page);
  const ids = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!);
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .replaceAll(/<[^>]*>|\]\([^)]*\)/g, "")
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set([...ids, ...headings]);
}

// One after the other, in this file alone: pages may all use the same port.
it.sequential.each(guides)(
  "the code of %s runs, and prints what it says",
  async (page) => {
    await runGuide(page);
  },
  120_000,
);

it.sequential("the agent and the client of the README run as written", async () => {
  const printed = await runGuide("README.md");
  expect([...printed.keys()]).toEqual(["agent.js", "client.js"]);
  expect(printed.get("agent.js")).toBe("listening on ws://127.0.0.1:7777/arcp\n");
  const progress = [1, 2, 3, 4, 5, 6].map((word) => `${word} of 6\n`);
  expect(printed.get("client.js")).toBe(`${progress.join("")}{ words: 6 }\n`);
});

it("the TypeScript of the guides compiles", async () => {
  expect(await compileGuides(pages)).toBe("");
}, 60_000);

it.each(linking)("every place that %s links to is there", (page) => {
  const text = withoutCode(page).replaceAll(/`[^`\n]*`/g, "");
  const links = [...text.matchAll(/\]\(([^)\s#:]*)(?:#([^)\s]*))?\)/g)];
  const missing = links.filter(([, link = "", anchor]) => {
    const target = link === "" ? page : join(dirname(page), link);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).has(anchor);
  });
  expect(missing.map(([link]) => link)).toEqual([]);
});

it("every guide stands in the index", () => {
  const index = readFileSync(join(root, "docs/README.md"), "utf8");
  const missing = guides
    .map((guide) => guide.replace("docs/", ""))
    .filter((name) => name !== "README.md" && !index.includes(`](${name})`));
  expect(missing).toEqual([]);
});

it("the agent and the client of the README are as short as it says", () => {
  const blocks = blocksOf(readFileSync(join(root, "README.md"), "utf8"));
  const lines = (file: string) =>
    blocks
      .find(({ words }) => words[0] === file)!
      .text.split("\n")
      .filter((line) => line.trim() !== "").length;
  expect(lines("agent.js")).toBeLessThanOrEqual(16);
  expect(lines("client.js")).toBeLessThanOrEqual(12);
});

/** Runs a page that consists of these blocks, each `fence: line of text`. */
async function runPage(...blocks: readonly (readonly [fence: string, text: string])[]) {
  const folder = mkdtempSync(join(tmpdir(), "arcp-page-"));
  const page = join(folder, "page.md");
  writeFileSync(
    page,
    blocks.map(([fence, text]) => `\`\`\`${fence}\n${text}\n\`\`\`\n`).join("\n"),
  );
  try {
    return await runGuide(page);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("a page whose code fails, or prints other than the page says, is told where", async () => {
  const prints = (text: string) => ["js a.js", `console.log(${JSON.stringify(text)});`] as const;
  await runPage(prints("job_1 of 7 ended"), ["text output", "job_… of 7 …"]);
  const output = ["text output", "job_… of 7"] as const;
  await expect(runPage(prints("job_1 of 8"), output)).rejects.toThrow(/page\.md:5: .* else/);
  await expect(runPage(prints("job_1 of 7\nand more"), output)).rejects.toThrow(/something else/);
  await expect(runPage(output)).rejects.toThrow(/no program/);
  await expect(runPage(["js a.js", "process.exit(3);"])).rejects.toThrow(/page\.md:1: .* 3/);
  await expect(runPage(["sh run", "arcp nonsense"])).rejects.toThrow(/ended with/);
  const fails = 'import it from "node:test"; it("x", () => { throw new Error("no"); });';
  await expect(runPage(["js a.test.js", fails])).rejects.toThrow(/ended with 1/);
});
