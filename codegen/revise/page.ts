import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { renderTable } from "../model/fieldtable.js";
import { withoutRuling } from "../model/rules/requirements.js";
import type { RuleId } from "../model/rules/ids.js";
import type { Model } from "../model/types.js";
import { readModel } from "../revisions.js";
import type { Revision } from "../revisions.js";
import type { Surroundings } from "../surroundings.js";

/** The page whose tables say which draft has what. */
const PAGE = "docs/revisions.md";

/** The tables of words: the heading that each stands below, the head of its first column, and a draft's words. */
const VOCABULARIES: readonly (readonly [string, string, (model: Model) => readonly string[]])[] = [
  ["Messages", "type", (model) => model.messages.map(({ type }) => type)],
  ["Kinds of events", "kind", (model) => model.kinds.map(({ kind }) => kind)],
  ["Features", "flag", (model) => model.features.map(({ flag }) => flag)],
  ["Lease namespaces", "namespace", (model) => model.namespaces.map(({ namespace }) => namespace)],
  ["Error codes", "code", (model) => model.errors.map(({ code }) => code)],
];

/** Findings of a draft that says what it means to say: the tables are written here, and the lock is for a person. */
const HARMLESS: ReadonlySet<string> = new Set<RuleId>([
  "stale-field-table",
  "missing-lock-entry",
  "reworded-requirement",
  "changed-requirement",
  "removed-requirement",
]);

/** Brings the page up to date, or says that it is not; a project may have none. Whether it was stale. */
export async function formatPage(
  at: Surroundings,
  revisions: readonly Revision[],
  check: boolean,
): Promise<boolean> {
  const path = join(at.root, PAGE);
  const before = await readFile(path, "utf8").catch(() => undefined);
  if (before === undefined) return false;
  const readings = await Promise.all(revisions.map((one) => readModel(at.root, one)));
  const models = readings.flatMap(({ model }) => model ?? []);
  const page = withTables(before, models);
  if (page === before) return false;
  const bad = readings.flatMap((one) => one.diagnostics).find(({ rule }) => !HARMLESS.has(rule));
  if (bad !== undefined) {
    // Of a draft that is cut short the page would say that it lacks what was cut off.
    at.err(
      `${PAGE}: left as it is, since ${bad.position.file} has findings; see npm run spec:lint\n`,
    );
    return false;
  }
  if (check) at.out(`${PAGE}: stale tables. Run: npm run spec:fmt\n`);
  else {
    await writeFile(path, page);
    at.out(`${PAGE}: wrote the tables\n`);
  }
  return true;
}

/**
 * Writes the tables of `docs/revisions.md` that the drafts themselves decide, from the first draft to the newest. What
 * stands around them is left as it is, and so is a page without these headings.
 */
export function withTables(page: string, models: readonly Model[]): string {
  const words = VOCABULARIES.reduce(
    (text, [heading, first, of]) => below(text, heading, vocabulary(first, models, of)),
    page,
  );
  return below(words, "Requirements", requirements(models));
}

/** The words of all drafts, those of the newest first, and who has them. */
function vocabulary(
  first: string,
  models: readonly Model[],
  words: (model: Model) => readonly string[],
): string[][] {
  const own = models.map((model) => new Set(words(model)));
  const all = [...new Set(own.toReversed().flatMap((one) => [...one]))];
  const head = [first, ...models.map(({ revision }) => revision)];
  return [
    head,
    ...all.map((word) => [`\`${word}\``, ...own.map((one) => (one.has(word) ? "yes" : ""))]),
  ];
}

/** How many requirements of each older draft the newest has as well, and how many it has not. */
function requirements(models: readonly Model[]): string[][] {
  const newest = models.at(-1);
  const older = models.slice(0, -1);
  const now = new Map(
    newest?.requirements.map(({ id, sentence }) => [id, withoutRuling(sentence)]),
  );
  const shared = older.map(
    (model) =>
      model.requirements.filter(({ id, sentence }) => now.get(id) === withoutRuling(sentence))
        .length,
  );
  const rest = older.map((model, i) => model.requirements.length - (shared[i] ?? 0));
  return [
    ["", ...older.map(({ revision }) => revision)],
    [`as in ${newest?.revision}`, ...shared.map(String)],
    ["only there", ...rest.map(String)],
  ];
}

/** The page with these rows in place of the table below a heading. */
function below(page: string, heading: string, rows: readonly (readonly string[])[]): string {
  const lines = page.split("\n");
  const at = lines.indexOf(`## ${heading}`);
  const first = lines.findIndex((line, i) => i > at && line.startsWith("|"));
  if (at === -1 || first === -1) return page;
  const length = lines.slice(first).findIndex((line) => !line.startsWith("|"));
  const count = length === -1 ? lines.length - first : length;
  return lines.toSpliced(first, count, ...renderTable(rows)).join("\n");
}
