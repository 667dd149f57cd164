/** The words of the draft in the code: those that nothing says yet, those that are gone and still said. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { NO_MOVE, movesOf } from "../../codegen/emit/fuzz/moves.js";
import { camel } from "../../codegen/emit/names.js";
import type { Model } from "../../codegen/model/types.js";
import type { Source } from "./places.js";

/** A word of a draft: a field, a code, a flag, a type, a kind, a namespace, a limit as it is generated. */
export interface Word {
  readonly word: string;
  /** "field", "error code" */
  readonly what: string;
}

/** A line that says a word which the newest draft has no more. */
export interface StaleWord extends Word {
  /** "runtime-kit/jobs/job.ts:12" */
  readonly at: string;
}

/** Words that wait for nobody, and why. */
export const EXCUSED: Readonly<Record<string, string>> = {
  max_input_bytes: "a runtime may announce it, and ours has no such bound: the frame has one",
  maxIdempotencyKeyLength: "the schema holds it, and a test that both say the same",
  maxTokenLength: "the schema holds it, and a test that both say the same",
  byte_size: "an agent writes it into its event, and the runtime hands the event on",
};

const FOLDERS = ["bench", "conformance", "docs", "examples", "runtime-kit", "scripts"];
/** What speaks of every draft, or is written from one. */
const OF_ALL = new Set(["docs/revisions.md", "docs/requirements.md"]);

/** Whatever people read or run that says words of the draft: sources, guides, vectors. */
export function readTexts(root: string): Source[] {
  const paths = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(?:ts|md|json)$/.test(name) && !name.includes("node_modules"))
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .sort(),
  );
  return paths
    .filter((path) => !OF_ALL.has(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** What a draft says as code, line by line: in its prose a word may be one of everyday English. */
export function codeOf({ path, text }: Source): Source {
  const code = (line: string): string => (line.match(/`[^`]+`/g) ?? []).join(" ");
  return { path, text: text.split("\n").map(code).join("\n") };
}

/** All words of a draft, each once. */
export function wordsOf(model: Model): Word[] {
  const blocks = [model.envelope, ...model.messages.map(({ schema }) => schema)];
  for (const { schema } of [...model.kinds, ...model.definitions]) blocks.push(schema);
  const fields = new Set(blocks.flatMap(({ schema }) => fieldsOf(schema)));
  const all = {
    "message type": model.messages.map(({ type }) => type),
    "event kind": model.kinds.map(({ kind }) => kind),
    "error code": model.errors.map(({ code }) => code),
    feature: model.features.map(({ flag }) => flag),
    namespace: model.namespaces.map(({ namespace }) => namespace),
    limit: model.limits.map(({ name }) => camel(name)),
    field: [...fields],
  };
  return Object.entries(all).flatMap(([what, words]) => words.map((word) => ({ word, what })));
}

/**
 * The words of the newest draft that no code of ours says, tables that are generated left out, and that have no excuse. A
 * word may be one of everyday English, so it counts where a word of the draft would stand: in a text without blanks, as
 * the key of a table, and a field as a member too. A function that is called `pause` says nothing of a flag `pause`.
 */
export function unsaid(newest: Model, sources: readonly Source[]): Word[] {
  const said: Said = { words: new Set(), fields: new Set() };
  for (const source of sources)
    if (CODE.test(source.path) && !TEST.test(source.path)) saysIn(source, said);
  return wordsOf(newest).filter(
    ({ word, what }) =>
      !said.words.has(word) &&
      !((what === "field" || what === "limit") && said.fields.has(word)) &&
      !Object.hasOwn(EXCUSED, word),
  );
}

/** What code says: in texts and as keys of tables, and besides as members. */
interface Said {
  readonly words: Set<string>;
  readonly fields: Set<string>;
}

function saysIn({ path, text }: Source, { words, fields }: Said): void {
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node))
      for (const token of PROSE_OR_FILE.test(node.text) ? [] : tokensOf(node.text))
        words.add(token);
    else if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) words.add(node.name.text);
    else if (isMember(node) && ts.isIdentifier(node.name)) fields.add(node.name.text);
    else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent))
      fields.add((node.propertyName ?? node.name).getText(tree));
    ts.forEachChild(node, visit);
  };
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  visit(tree);
}

type Member = ts.PropertyAccessExpression | ts.ShorthandPropertyAssignment | ts.PropertySignature;

/** Whether a node names a member that is data: one that is called is no field. */
function isMember(node: ts.Node): node is Member {
  if (ts.isPropertyAccessExpression(node)) {
    const by = ts.isNonNullExpression(node.parent) ? node.parent : node;
    return !(ts.isCallExpression(by.parent) && by.parent.expression === by);
  }
  return ts.isShorthandPropertyAssignment(node) || ts.isPropertySignature(node);
}

/** The triggers of its tables of states that nobody has thought of: no sequence of the fuzzers plays them. */
export function unmoved(newest: Model): Word[] {
  return movesOf(newest).unwalked.flatMap(({ machine, on, why }) =>
    why === NO_MOVE ? [{ word: on, what: `trigger of the ${machine}` }] : [],
  );
}

const PROSE_OR_FILE = /\s|^\.{1,2}\//;
const CODE = /^runtime-kit\/.*\.ts$/;
const TEST = /\.test(?:-helper)?\.ts$|\/contract\.ts$/;

/** Where words are said that older drafts have and the newest has not. Comments count: they tell what is no longer so. */
export function stale(models: readonly Model[], sources: readonly Source[]): StaleWord[] {
  const [newest, ...older] = models.toReversed();
  if (newest === undefined) return [];
  const now = new Set(wordsOf(newest).map(({ word }) => word));
  const gone = new Map(
    older.flatMap(wordsOf).flatMap((one) => (now.has(one.word) ? [] : [[one.word, one]])),
  );
  if (gone.size === 0) return [];
  return sources.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, i) =>
      [...tokensOf(line)].flatMap((token) => {
        const word = gone.get(token);
        return word === undefined ? [] : [{ ...word, at: `${path}:${i + 1}` }];
      }),
    ),
  );
}

function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (key !== "properties" || typeof value !== "object" || value === null) return fieldsOf(value);
    return Object.entries(value).flatMap(([name, property]) => [name, ...fieldsOf(property)]);
  });
}

/** Words of a text, those with dots as a whole and in their parts: `payload.job_id`, `"job.submit"`. */
function tokensOf(text: string): Set<string> {
  const tokens = text.match(/[\w.]*\w/g) ?? [];
  return new Set(tokens.flatMap((token) => [token, ...token.split(".")]));
}
