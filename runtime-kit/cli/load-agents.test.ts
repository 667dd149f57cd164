import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadAgents } from "./load-agents.js";
import type { Loader } from "./load-agents.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "arcp-agents-"));
});
afterEach(() => rm(folder, { recursive: true }));

function exporting(exported: unknown, typescript = true): Loader {
  return {
    load: () => Promise.resolve({ default: exported }),
    typescript: () => Promise.resolve(typescript),
  };
}

const run = () => 1;

describe("loadAgents", () => {
  it("takes one agent or a list", async () => {
    const one = await loadAgents("a.js", exporting({ name: "a", version: "2", run }));
    expect(one).toMatchObject([{ name: "a", version: "2" }]);
    const commonJs = { __esModule: true, default: { name: "c", run } };
    expect(await loadAgents("a.js", exporting(commonJs))).toMatchObject([{ name: "c" }]);
    const two = await loadAgents(
      "a.js",
      exporting([
        { name: "a", run },
        { name: "b", run },
      ]),
    );
    expect(two.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it.each([
    [undefined, "must be an agent"],
    [{ name: "a" }, "must be an agent"],
    [[{ name: "a", run }, 7], "must be an agent"],
    [[], "the list of agents is empty"],
    [{ name: "No Way", run }, 'agent name "No Way"'],
  ])("refuses the export %j and names the file", async (exported, words) => {
    const loading = loadAgents("dir/a.js", exporting(exported));
    await expect(loading).rejects.toThrow(words);
    await expect(loading).rejects.toThrow("--agent dir/a.js: ");
  });

  it.each(['import "arcp";', "export default 1;"])(
    "says how a folder gets modules: %s",
    async (text) => {
      await writeFile(join(folder, "package.json"), '{ "type": "commonjs" }');
      await writeFile(join(folder, "agent.js"), text);
      const load = (url: string) =>
        Promise.resolve().then(() => createRequire(url)("./agent.js") as object);
      const loading = loadAgents(join(folder, "agent.js"), { ...exporting(1), load });
      await expect(loading).rejects.toThrow(
        /SyntaxError: .*; run npm pkg set type=module, and start/,
      );
    },
  );

  it("says what a .ts agent needs, where it cannot be had", async () => {
    const loading = loadAgents("a.ts", exporting({ name: "a", run }, false));
    await expect(loading).rejects.toThrow("needs Node >= 22.18, or the package tsx");
    await expect(loadAgents("a.mts", exporting({ name: "a", run }))).resolves.toHaveLength(1);
    await expect(loadAgents("a.mjs", exporting({ name: "a", run }, false))).resolves.toHaveLength(
      1,
    );
  });

  it("says what is wrong with the file", async () => {
    await expect(loadAgents(join(folder, "absent.js"))).rejects.toThrow("absent.js: no such file");
    const broken = join(folder, "broken.mjs");
    await writeFile(broken, "throw new Error('half an agent')");
    await expect(loadAgents(broken)).rejects.toThrow(
      "broken.mjs: while loading this module: Error: half an agent",
    );
    const lost = join(folder, "lost.mjs");
    await writeFile(lost, "import 'no-such-package-of-ours'; export default {}");
    await expect(loadAgents(lost)).rejects.toThrow("no-such-package-of-ours");
  });
});
