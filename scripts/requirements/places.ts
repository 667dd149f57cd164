/** Where sources speak of requirements: the runtime kit in its comments, tests in their titles. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** The files that cite one requirement, each once, sorted. */
export interface Places {
  readonly code: readonly string[];
  readonly tests: readonly string[];
}

/** A source: its path from the root of the project, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const FOLDERS = ["codegen", "docs", "examples", "runtime-kit", "scripts"];
/** The code that implements the draft; elsewhere an id is an example, or what a tool is about. */
const CODE = "runtime-kit/";
const ID = /\b[A-Z]{2,8}-\d{2,3}\b/g;

/** The sources in which citations are looked for. Checks of the suite are no text: they name requirements as data. */
export function readSources(root: string): Source[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .filter((path) => !path.includes("/fixtures/"))
      .sort()
      .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })),
  );
}

/** An id that is cited, and that the newest draft has not. */
export interface LostId {
  readonly id: string;
  readonly paths: readonly string[];
}

/**
 * The ids that sources cite and the newest draft has not: given up by it, or never there. `ids` are those of each draft,
 * from the first to the newest. What only the oldest drafts have bears a number from 101 on, and may be cited as theirs.
 */
export function lostIds(
  places: ReadonlyMap<string, Places>,
  ids: readonly (readonly string[])[],
): LostId[] {
  const now = new Set(ids.at(-1));
  const theirs = new Set(ids.flat().filter((id) => Number(id.split("-")[1]) > 100));
  const mnemonics = new Set([...now].map((id) => id.split("-")[0]));
  return [...places].flatMap(([id, { code, tests }]) =>
    !mnemonics.has(id.split("-")[0]) || now.has(id) || theirs.has(id)
      ? []
      : [{ id, paths: [...new Set([...code, ...tests])] }],
  );
}

/** Requirement → the files that cite it. Words that only look like an id, such as UTF-16, are among them. */
export function placesOf(sources: readonly Source[]): ReadonlyMap<string, Places> {
  const found = new Map<string, { readonly code: Set<string>; readonly tests: Set<string> }>();
  for (const { path, text } of sources) {
    const isTest = /\.test\.ts$|\/contract\.ts$/.test(path);
    if (!isTest && !path.startsWith(CODE)) continue;
    for (const [id] of (isTest ? titlesOf(path, text) : text).matchAll(ID)) {
      const places = found.get(id) ?? { code: new Set(), tests: new Set() };
      places[isTest ? "tests" : "code"].add(path);
      found.set(id, places);
    }
  }
  return new Map(
    [...found].map(([id, { code, tests }]) => [id, { code: [...code], tests: [...tests] }]),
  );
}

/** The titles of a file's tests, a line each. */
function titlesOf(path: string, text: string): string {
  // Most files name none; reading them as a tree is what takes the time.
  if (text.search(ID) < 0) return "";
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && TESTS.has(calledOf(node.expression))) {
      const [title] = node.arguments;
      if (title !== undefined && isText(title)) titles.push(title.getText(tree));
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return titles.join("\n");
}

const TESTS = new Set(["it", "test", "describe"]);

/** The first name of what is called: `it` of `it.each(rows)`. */
function calledOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  const outer = ts.isPropertyAccessExpression(node) || ts.isCallExpression(node);
  return outer ? calledOf(node.expression) : "";
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}
