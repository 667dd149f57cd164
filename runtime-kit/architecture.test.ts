/** Laws 1, 6, 7 and 8 of docs/architecture.md, read from the sources with the compiler's parser. */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { DRAFT } from "../generated/current/constants.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

interface Source {
  readonly path: string;
  readonly room: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

interface Import {
  readonly specifier: string;
  /** Project path, for a relative import. */
  readonly target: string | undefined;
  /** Whether it is gone once types are erased. */
  readonly typeOnly: boolean;
  readonly names: readonly string[];
}

/** What each room may import besides itself (law 7). Rooms of `runtime-kit/` by their names. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  generated: [],
  wire: ["generated"],
  leases: ["wire", "generated"],
  jobs: ["leases", "wire", "generated"],
  sessions: ["wire", "generated"],
  transports: ["wire", "generated"],
  stores: ["wire/options", "generated"],
  keepers: ["wire", "generated"],
  runtime: ["stores", "transports", "sessions", "jobs", "leases", "wire", "generated"],
  tools: ["runtime", "leases", "wire", "generated"],
  jwt: ["runtime", "transports", "wire", "generated"],
  provisioners: ["runtime", "leases", "wire", "generated"],
  client: ["keepers", "transports", "sessions", "jobs/chunks", "wire", "generated"],
  testing: ["runtime", "client", "transports", "wire", "generated"],
  fuzzing: [],
  hosts: ["runtime", "stores", "transports", "sessions", "jobs", "leases", "wire", "generated"],
  conformance: ["generated"],
};

const PURE = ["wire", "sessions", "jobs", "leases", "fuzzing"];

/** What runs anywhere: no package and no built-in may be reachable from it. */
const BROWSER_ENTRIES = [
  "runtime-kit/client/index.ts",
  "runtime-kit/transports/websocket.ts",
  "runtime-kit/index.ts",
  "runtime-kit/protocol.ts",
  "runtime-kit/testing/index.ts",
  "runtime-kit/fuzzing/index.ts",
];

/** The entries that promise the law of the pure rooms for all that they lead to. */
const PURE_ENTRIES = ["runtime-kit/protocol.ts"];

const sources = ["generated", "runtime-kit", "conformance"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !isTest(path))
    .map(load),
);
const byPath = new Map(sources.map((source) => [source.path, source]));

function isTest(path: string): boolean {
  return /\.test\.ts$|\.test-helper\.ts$|\/contract\.ts$/.test(path);
}

function load(path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node, path);
    if (found !== undefined) imports.push(found);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path, room: roomOf(path), tree, imports };
}

function importOf(node: ts.Node, path: string): Import | undefined {
  let literal: ts.Node | undefined;
  let typeOnly = false;
  let names: string[] = [];
  if (ts.isImportDeclaration(node)) {
    literal = node.moduleSpecifier;
    typeOnly = node.importClause?.isTypeOnly ?? false;
    const bindings = node.importClause?.namedBindings;
    if (bindings !== undefined && ts.isNamedImports(bindings)) {
      names = bindings.elements.map((element) => (element.propertyName ?? element.name).text);
    }
  } else if (ts.isExportDeclaration(node)) {
    literal = node.moduleSpecifier;
    typeOnly = node.isTypeOnly;
  } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    literal = node.arguments[0];
  }
  if (literal === undefined || !ts.isStringLiteral(literal)) return undefined;
  const specifier = literal.text;
  const target = specifier.startsWith(".")
    ? relative(root, resolve(root, dirname(path), specifier))
        .replaceAll("\\", "/")
        .replace(/\.js$/, ".ts")
    : undefined;
  return { specifier, target, typeOnly, names };
}

/** The room of a file; the entries directly in `runtime-kit/` are a room that may import everything. */
function roomOf(path: string): string {
  const [first, second, third] = path.split("/");
  if (first !== "runtime-kit") return first!;
  return third === undefined ? "entries" : second!;
}

function allowed(from: Source, target: string): boolean {
  const rooms = MAY_IMPORT[from.room];
  const room = roomOf(target);
  if (rooms === undefined || room === from.room) return true;
  return rooms.includes(room) || rooms.some((one) => target === `runtime-kit/${one}.ts`);
}

/** Files reachable at run time. */
function reachable(entry: string): Set<string> {
  const seen = new Set<string>();
  const queue = [entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (target !== undefined && !typeOnly) queue.push(target);
    }
  }
  return seen;
}

function lineOf(source: Source, node: ts.Node): string {
  return `${source.path}:${source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

/** Globals that tell time, make chance, or reach outside. */
const IMPURE = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "performance",
  "crypto",
  "process",
  "fetch",
  "WebSocket",
  "Buffer",
]);

/** What in a pure room breaks law 1. */
function impurities(source: Source): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const where = lineOf(source, node);
    if (ts.isAwaitExpression(node)) found.push(`${where} await`);
    if (ts.isIdentifier(node) && IMPURE.has(node.text) && isReference(node)) {
      found.push(`${where} ${node.text}`);
    }
    if (ts.isPropertyAccessExpression(node)) {
      const text = node.getText();
      if (text === "Date.now" || text === "Math.random") found.push(`${where} ${text}`);
    }
    if (
      ts.isNewExpression(node) &&
      node.expression.getText() === "Date" &&
      !node.arguments?.length
    ) {
      found.push(`${where} new Date()`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
}

/** Whether an identifier means the global, and is not a member's or a parameter's name. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return ts.isCallExpression(parent) || ts.isNewExpression(parent);
}

describe("the house", () => {
  it("has the rooms that the laws speak of", () => {
    const rooms = new Set(sources.map((source) => source.room));
    for (const room of Object.keys(MAY_IMPORT)) expect(rooms).toContain(room);
  });

  it("law 1: pure rooms have no clock, no chance, no wait, no outside", () => {
    const pure = sources.filter((source) => PURE.includes(source.room));
    expect(pure.length).toBeGreaterThan(20);
    expect(pure.flatMap(impurities)).toEqual([]);
    const outside = pure.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target === undefined)
        .map(({ specifier }) => `${path} ${specifier}`),
    );
    expect(outside).toEqual([]);
  });

  it("law 7: each room imports only what it may", () => {
    const broken = sources.flatMap((source) =>
      source.imports
        .filter(({ target }) => target !== undefined && !allowed(source, target))
        .map(({ target }) => `${source.path} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("law 7: every relative import leads somewhere", () => {
    const broken = sources.flatMap((source) =>
      source.imports
        .filter(({ target }) => target !== undefined && !byPath.has(target))
        .filter(({ target }) => !target!.endsWith(".json"))
        .map(({ target }) => `${source.path} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("law 7: nothing imports itself by a detour", () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
        return;
      }
      if (done.has(path)) return;
      for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
        if (target !== undefined && !typeOnly) visit(target, [...trail, path]);
      }
      done.add(path);
    };
    for (const { path } of sources) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it.each(BROWSER_ENTRIES)(
    "law 7: nothing of Node and no package is reachable from %s",
    (entry) => {
      const files = reachable(entry);
      expect(files.size).toBeGreaterThan(3);
      const found = [...files].flatMap((path) =>
        (byPath.get(path)?.imports ?? [])
          .filter(({ target, typeOnly }) => target === undefined && !typeOnly)
          .map(({ specifier }) => `${path} ${specifier}`),
      );
      expect(found).toEqual([]);
    },
  );

  it.each(PURE_ENTRIES)(
    "law 1: nothing reachable from %s waits, tells the time or makes chance",
    (entry) => {
      const files = [...reachable(entry)].map((path) => byPath.get(path)!);
      expect(files.length).toBeGreaterThan(20);
      expect(files.flatMap(impurities)).toEqual([]);
    },
  );

  it("law 7: generated code imports nothing outside itself", () => {
    const found = sources
      .filter(({ room }) => room === "generated")
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ target }) => !target?.startsWith("generated/"))
          .map(({ specifier }) => `${path} ${specifier}`),
      );
    expect(found).toEqual([]);
  });

  it("law 7: who means the newest draft imports generated/current, so that a next one is no edit", () => {
    const newest = `generated/draft-${DRAFT}/`;
    const found = sources
      .filter(({ room }) => room !== "generated")
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ target }) => target?.startsWith(newest))
          .map(({ specifier }) => `${path} ${specifier}`),
      );
    expect(found).toEqual([]);
  });

  it("law 6: validators are called from wire only", () => {
    const found = sources
      .filter(({ room }) => !["generated", "wire", "conformance"].includes(room))
      .flatMap(({ path, imports }) =>
        imports
          .flatMap(({ names }) => names)
          .filter((name) => /^validate[A-Z]/.test(name))
          .map((name) => `${path} ${name}`),
      );
    expect(found).toEqual([]);
  });

  it("law 8: a file above 400 lines says why at its top", () => {
    const long = sources.filter(
      ({ room, tree }) =>
        room !== "generated" &&
        tree.getLineStarts().length > 400 &&
        !/^\/\*\*[^]*?\blong because\b/i.test(tree.text),
    );
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it("sees what it is meant to see", () => {
    const planted = ts.createSourceFile(
      "planted.ts",
      "export async function f() { await 1; return Date.now() + Math.random() + new Date().getTime(); }\nsetTimeout(f, 1);",
      ts.ScriptTarget.Latest,
      true,
    );
    const found = impurities({ path: "planted.ts", room: "wire", tree: planted, imports: [] });
    expect(found.map((line) => line.split(" ").slice(1).join(" "))).toEqual([
      "await",
      "Date.now",
      "Math.random",
      "new Date()",
      "setTimeout",
    ]);
  });
});
