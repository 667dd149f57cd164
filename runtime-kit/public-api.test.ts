/**
 * What the package shows to the world. `docs/api/` lists it, an entry a file, so that a change is seen:
 * `npx vitest run runtime-kit/public-api.test.ts -u` writes the lists anew.
 */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** The source of each entry of package.json, by its subpath. */
const entries = entriesOf(
  JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: object },
);

function entriesOf({ exports }: { readonly exports: object }): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [subpath, target] of Object.entries(exports)) {
    for (const [condition, types] of typesOf(target)) {
      const name = subpath === "." ? "arcp" : subpath.slice(2).replaceAll("/", "-");
      found.set(condition === "" ? name : `${name}-${condition}`, types);
    }
  }
  return found;
}

/** The sources of the declarations that a target names; one more for the condition `default` of several. */
function typesOf(target: unknown): [condition: string, source: string][] {
  if (typeof target !== "object" || target === null) return [];
  const { types, node, default: other } = target as Record<string, unknown>;
  if (typeof types === "string") {
    const source = types.replace("./dist/", "").replace(/\.d\.ts$/, ".ts");
    return [["", join(root, source)]];
  }
  const [first] = typesOf(node);
  const [second] = typesOf(other);
  return [
    ...(first ? [first] : []),
    ...(second ? [["browser", second[1]] as [string, string]] : []),
  ];
}

const config = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path));
const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
const program = ts.createProgram([...entries.values()], options);
const checker = program.getTypeChecker();

interface Export {
  readonly name: string;
  readonly kind: string;
  readonly documented: boolean;
}

function exportsOf(source: string): readonly Export[] {
  const file = program.getSourceFile(source)!;
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(file)!);
  return exported
    .map((alias) => {
      const symbol = alias.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(alias) : alias;
      const comments = [alias, symbol].map((one) => one.getDocumentationComment(checker));
      return {
        name: alias.name,
        kind: kindOf(alias, symbol),
        documented: comments.some((comment) => comment.length > 0),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function kindOf(alias: ts.Symbol, symbol: ts.Symbol): string {
  const isType = alias.declarations?.some((one) => ts.isTypeOnlyImportOrExportDeclaration(one));
  if (isType === true || !(symbol.flags & ts.SymbolFlags.Value)) return "type";
  if (symbol.flags & ts.SymbolFlags.Class) return "class";
  return symbol.flags & ts.SymbolFlags.Function ? "function" : "value";
}

it.each([...entries])("docs/api lists what %s exports", async (name, source) => {
  const lines = exportsOf(source).map((one) => `${one.kind} ${one.name}\n`);
  expect(lines.length).toBeGreaterThan(0);
  await expect(lines.join("")).toMatchFileSnapshot(join(root, "docs/api", `${name}.txt`));
});

it.each([...entries])("everything that %s exports has a doc comment", (_name, source) => {
  const bare = exportsOf(source).filter(({ documented }) => !documented);
  expect(bare.map(({ name }) => name)).toEqual([]);
});
