/** What a page loads: the client in one file, as a bundler makes it. The table of docs/browser.md is held to it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import type { Node } from "acorn";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { bundleOf, sizeOf } from "../../codegen/size.js";

const entry = fileURLToPath(new URL("index.ts", import.meta.url));
const guide = readFileSync(new URL("../../docs/browser.md", import.meta.url), "utf8");

/** Import, minified, gzipped, and the most that it may be gzipped, in KiB. */
const rows = [
  ...guide.matchAll(
    /^\| `import (.+) from "arcp\/client"` +\| ([\d.]+) +\| ([\d.]+) +\| (\d+) +\|$/gm,
  ),
].map(([, names = "", minified, gzipped, most]) => ({
  names: names.startsWith("*") ? [] : names.replaceAll(/[{}\s]/g, "").split(","),
  minified: Number(minified),
  gzipped: Number(gzipped),
  most: Number(most),
}));

/** Text that becomes code or markup; a strict policy forbids all of it. */
function sinksIn(text: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isNode(value)) return;
    const sink = sinkOf(value);
    if (sink !== undefined) found.push(sink);
    Object.values(value).forEach(visit);
  };
  visit(parse(text, { ecmaVersion: 2022, sourceType: "module" }));
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

const MARKUP = new Set([
  "innerHTML",
  "outerHTML",
  "insertAdjacentHTML",
  "write",
  "writeln",
  "srcdoc",
]);

/** What is looked at in a node, whatever its type. */
interface Loose {
  readonly type: string;
  readonly name?: string;
  readonly property?: { readonly name?: string; readonly value?: unknown };
  readonly callee?: { readonly name?: string };
  readonly arguments?: readonly { readonly value?: unknown }[];
}

function sinkOf({ type, name, property, callee, arguments: args }: Loose): string | undefined {
  if (type === "ImportExpression") return "import()";
  if (type === "Identifier" && (name === "eval" || name === "Function")) return name;
  const member = property?.name ?? property?.value;
  if (typeof member === "string" && MARKUP.has(member)) return member;
  const isTimer = /^set(Timeout|Interval)$/.test(callee?.name ?? "");
  return isTimer && typeof args?.[0]?.value === "string" ? `${callee?.name} of a text` : undefined;
}

describe("the client in one file", () => {
  it("imports nothing, and holds nothing of a package or of Node", async () => {
    const { inputs, imports } = await bundleOf(entry);
    expect(imports).toEqual([]);
    expect(inputs.length).toBeGreaterThan(30);
    expect(inputs.filter((path) => !/^(runtime-kit|generated)\//.test(path))).toEqual([]);
  });

  it("is refused by the bundler when anything of Node is reachable", async () => {
    const onNode = fileURLToPath(new URL("../node.ts", import.meta.url));
    await expect(bundleOf(onNode, "connect")).rejects.toThrow(/Could not resolve/);
  });

  it("is ES2022, and turns no text into code or markup", async () => {
    const { text } = await bundleOf(entry);
    expect(sinksIn(text)).toEqual([]);
  });

  it("would be found to do so", () => {
    const planted = [
      "eval('1')",
      "new Function('1')",
      "globalThis.x.innerHTML = '<b>'",
      "setTimeout('1', 1)",
      "import('x')",
    ];
    for (const text of planted) expect(sinksIn(text), text).toHaveLength(1);
    expect(() => sinksIn("using x = null")).toThrow(SyntaxError);
  });

  it("is what the script of the guide becomes, by the command that stands there", async () => {
    const [, contents] = /^```js page\.js\n([^]*?)^```$/m.exec(guide) ?? [];
    const resolveDir = fileURLToPath(new URL("../..", import.meta.url));
    expect(guide).toContain("--bundle --minify --format=esm --target=es2022");
    const { outputFiles, warnings } = await build({
      stdin: { contents: contents ?? "", resolveDir },
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2022",
      write: false,
    });
    expect(warnings).toEqual([]);
    expect(sinksIn(outputFiles[0]?.text ?? "")).toEqual([]);
  });

  it("weighs what docs/browser.md says, to a tenth, and no more than it allows", async () => {
    expect(rows.map(({ names }) => names)).toEqual([[], ["connect"], ["ArcpError"]]);
    for (const { names, minified, gzipped, most } of rows) {
      const size = await sizeOf(entry, ...names);
      const what = `${names.join() || "*"}: ${size.minified / 1024}, ${size.gzipped / 1024} KiB`;
      expect(size.gzipped, what).toBeLessThanOrEqual(most * 1024);
      expect(Math.abs(size.minified / 1024 / minified - 1), what).toBeLessThan(0.1);
      expect(Math.abs(size.gzipped / 1024 / gzipped - 1), what).toBeLessThan(0.1);
    }
  });
});
