/** Blocks -> facts. First what a draft declares and shows; then its prose, whose names are told by what it declared. */
import { readJson } from "../parse/json.js";
import { createSource } from "../parse/source.js";
import { createDeclarationReader, shownIn } from "./declared.js";
import type { Around } from "./declared.js";
import { createFactStore, fingerprint } from "./facts.js";
import type { DraftExample, DraftFacts, FactKind, JsonBlock, Sentence, Silent } from "./facts.js";
import { isLabelledJson, readContent } from "./fence.js";
import { readLoosely } from "./lenient.js";
import { looseValue } from "./loose.js";
import type { LooseNode } from "./loose.js";
import type { Ours } from "./ours.js";
import type { Block, FenceBlock, Page, Section, Span, TextBlock } from "./page.js";
import { readProse } from "./prose.js";
import { readSentences } from "./sentence.js";
import { createShapeReader } from "./shapes.js";
import type { Shape } from "./shapes.js";
import { createNames, FIELD } from "./words.js";

/** Reads all that a page says, as far as it concerns a protocol like ours. */
export function collectFacts(page: Page, ours: Ours): DraftFacts {
  const store = createFactStore();
  const names = createNames(ours, store);
  const shown = new Set<string>();
  const whole = new Map<FactKind, Set<string>>();
  const examples: DraftExample[] = [];
  const sentences: Sentence[] = [];
  const silent: Silent[] = [];
  const json: JsonBlock[] = [];
  const unevenRows: number[] = [];
  const declared = createDeclarationReader(ours, store, shown, names);
  const shapes = new Map<Section, Shape[]>();
  /** Items of lists of fields: REQUIRED in them is a fact about the field. */
  const fieldItems = new Set<Block>();

  const shapesOf = (section: Section): Shape[] => {
    const found = shapes.get(section) ?? [];
    shapes.set(section, found);
    return found;
  };
  const around = (block: Block, lead: readonly Span[]): Around => ({
    section: block.section,
    lead,
    shapes: shapesOf(block.section),
  });
  const pass = (what: Silent["what"], text: string, line: number): void => {
    silent.push({ what, text, line, hash: fingerprint(text) });
  };
  const example = (
    of: string | undefined,
    node: LooseNode,
    line: number,
    text: string,
    step: boolean,
  ): void => {
    const elided: string[] = [];
    const value = looseValue(node, elided);
    examples.push({ of, step, value, elided, line, hash: fingerprint(`${of ?? ""} ${text}`) });
  };
  const fence = (block: FenceBlock): void => {
    const { text, language, section, first, line } = block;
    const content = readContent(language, text);
    const source = createSource("", text);
    const at = (offset: number) => {
      const { line: below, column } = source.at(offset);
      return { line: first + below - 1, column };
    };
    const lineOf = (offset: number): number => at(offset).line;
    const before = store.size();
    if (content.kind === "grammar") {
      for (const rule of content.rules)
        store.add(
          "rule",
          rule.name,
          { form: "grammar", line: first + rule.line },
          { text: rule.text },
        );
    } else if (content.kind === "trace") {
      for (const step of content.steps) {
        const stands = first + step.line;
        store.add("message", step.type, { form: "trace", line: stands });
        if (step.unread) pass("step", step.type, stands);
        if (step.node === undefined) continue;
        const reader = createShapeReader(ours, store, shown, "trace", () => stands);
        reader.step(step.type, step.node);
        example(step.type, step.node, stands, `${step.line} ${text}`, true);
      }
    } else if (content.kind === "json") {
      const { values, deviations, problem } = readLoosely(text);
      const strict = readJson(text).problems.length === 0;
      if (isLabelledJson(language) || problem === undefined) {
        const noted = deviations.map(({ kind, offset }) => ({ kind, ...at(offset) }));
        const failed = problem && { ...at(problem.offset), message: problem.message };
        json.push({ line, strict, deviations: noted, problem: failed, hash: fingerprint(text) });
      }
      const reader = createShapeReader(ours, store, shownIn(section, shown), "json", lineOf);
      for (const value of values) {
        const { of, node } = reader.value(value);
        example(of, node, lineOf(value.start), text.slice(value.start, value.end), false);
      }
      shapesOf(section).push(...reader.shapes);
    }
    // What is no JSON either is reported as that.
    const failed = content.kind === "json" && json.at(-1)?.line === line && json.at(-1)?.problem;
    if (store.size() === before && !failed) pass("fence", text, line);
  };

  /** Items that stand one after the other below the same words. */
  const list = (items: readonly TextBlock[]): void => {
    const [first] = items;
    if (first === undefined) return;
    const begun = items.filter(({ spans }) => spans[0]?.code || spans[0]?.strong);
    const found = declared.list(begun, around(first, first.lead));
    if (found === undefined) return;
    if (found.category === "field") for (const item of begun) fieldItems.add(item);
    else keep(found.category, found.names, first.section);
  };

  const keep = (category: FactKind, found: readonly string[], section: Section): void => {
    if (section.inherited) return;
    const known = whole.get(category) ?? new Set<string>();
    whole.set(category, known);
    for (const name of found) known.add(name);
  };

  let above: TextBlock | undefined;
  let run: TextBlock[] = [];
  const endRun = (): void => {
    list(run);
    run = [];
  };
  for (const block of page.blocks) {
    const [last] = run;
    const continues =
      block.type === "text" &&
      block.item &&
      last?.section === block.section &&
      last.lead === block.lead;
    if (!continues) endRun();
    if (block.type === "text" && block.item) run.push(block);
    else if (block.type === "text") above = block;
    else if (block.type === "fence") fence(block);
    else if (block.type === "table") {
      unevenRows.push(...block.uneven);
      const lead = above?.section === block.section ? above.spans : [];
      const found = declared.table(block, around(block, lead));
      if (found === undefined) pass("table", block.header.join(" | "), block.line);
      else if (found.category !== "field") keep(found.category, found.names, block.section);
    } else pass("html", block.text, block.line);
  }
  endRun();

  for (const block of page.blocks) {
    if (block.type === "fence" || block.type === "html") continue;
    const texts = block.type === "table" ? block.rows.flatMap(({ cells }) => cells) : [block.spans];
    for (const spans of texts) {
      readProse(spans, { ours, store, names, around: around(block, spans), declared }, pass);
      const { section } = block;
      const lead = block.type === "text" ? block.lead : [];
      const fieldItem = fieldItems.has(block) && FIELD.test(spans[0]?.text.trim() ?? "");
      sentences.push(...readSentences(spans, { section, lead, fieldItem }));
    }
  }

  return {
    facts: store.all(),
    shown,
    listed: new Set(
      [...whole].flatMap(([kind, found]) => (isWhole(kind, found, ours) ? [kind] : [])),
    ),
    examples,
    sentences,
    silent: once(silent),
    json,
    tables: page.blocks.filter(({ type }) => type === "table").length,
    unevenRows,
    inherited: page.sections.flatMap(({ inherited, line, title }) =>
      inherited ? [{ line, title }] : [],
    ),
  };
}

/** A table with most of what we have means to be whole; one with three new codes does not. */
function isWhole(kind: FactKind, found: ReadonlySet<string>, ours: Ours): boolean {
  const sets: Partial<Record<FactKind, ReadonlySet<string>>> = {
    message: ours.messages,
    kind: ours.kinds,
    error: ours.errors,
    feature: ours.features,
    namespace: ours.namespaces,
  };
  const own = [...(sets[kind] ?? [])];
  return own.length > 0 && own.filter((name) => found.has(name)).length * 2 > own.length;
}

/** A word that says nothing says it wherever it stands: the first place is enough. */
function once(silent: readonly Silent[]): Silent[] {
  return [
    ...new Map(silent.toReversed().map((found) => [`${found.what} ${found.hash}`, found])).values(),
  ].toReversed();
}
