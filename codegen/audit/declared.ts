/** Lists and tables that declare names and fields, whatever their columns are called and wherever they stand. */
import { columnOf, itemEntry, tableEntries } from "./entries.js";
import type { Category, Entry } from "./entries.js";
import type { EvidenceForm, FactStore } from "./facts.js";
import { readLoosely } from "./lenient.js";
import type { Ours, Place } from "./ours.js";
import { plainText } from "./page.js";
import type { Section, Span, TableBlock, TextBlock } from "./page.js";
import { createShapeReader } from "./shapes.js";
import type { Shape } from "./shapes.js";
import { couldBe, FIELD } from "./words.js";
import type { Names } from "./words.js";

export interface Declared {
  readonly category: Category;
  readonly names: readonly string[];
}

/** What is around a declaration. */
export interface Around {
  readonly section: Section;
  /** The paragraph above. */
  readonly lead: readonly Span[];
  /** The objects that its section has shown so far. */
  readonly shapes: readonly Shape[];
}

export interface DeclarationReader {
  /** A run of items that each begin with a name; gives the items that it took for fields. */
  list(items: readonly TextBlock[], around: Around): Declared | undefined;
  table(table: TableBlock, around: Around): Declared | undefined;
  /** Where fields of these names belong. */
  placeOf(names: readonly string[], around: Around): Place | undefined;
}

export function createDeclarationReader(
  ours: Ours,
  store: FactStore,
  shown: Set<string>,
  names: Names,
): DeclarationReader {
  const declare = (
    category: Category,
    entries: readonly Entry[],
    form: EvidenceForm,
    around: Around,
  ): Declared => {
    const all = entries.flatMap((entry) => entry.names);
    if (category === "field") {
      const place = placeOf(all, around);
      for (const { names: paths, line, types, required } of entries) {
        for (const path of paths) addField(path, place, { form, line }, { types, required });
      }
      const kept = shownIn(around.section, shown);
      for (const { subject, path, schema } of place ?? []) {
        if (schema === undefined || schema.properties !== undefined) kept.add(`${subject}/${path}`);
      }
      return { category, names: all };
    }
    for (const { names: found, line, rest } of entries) {
      for (const name of found) {
        store.add(category, name, { form, line });
        // `body: { level, message }` beside the name of a kind or a message.
        if (category === "kind" || category === "message") {
          bodies(rest, ours.place(name), form, shownIn(around.section, shown));
        }
      }
    }
    return { category, names: all };
  };

  const bodies = (
    spans: readonly Span[],
    place: Place,
    form: EvidenceForm,
    kept: Set<string>,
  ): void => {
    for (const { text, code, line } of spans) {
      const start = text.indexOf("{");
      if (!code || start < 0 || !/^(?:[\w.]+\s*[:=]\s*)?$/.test(text.slice(0, start))) continue;
      const [node] = readLoosely(text.slice(start), { prefix: true }).values;
      if (node !== undefined)
        createShapeReader(ours, store, kept, form, () => line).members(node, place);
    }
  };

  const addField = (
    path: string,
    place: Place | undefined,
    evidence: { form: EvidenceForm; line: number },
    said: { types: readonly string[]; required: boolean | undefined },
  ): void => {
    const optional = path.endsWith("?");
    const steps = path.replace(/\?$/, "").split(".");
    let at = place;
    for (const [index, step] of steps.entries()) {
      const key = step.replace(/\[\]$/, "");
      if (at?.some(({ subject }) => subject === key) && steps.length > 1) continue;
      const member = at && ours.member(at, key);
      // Under a member that is free, or where nobody knows whose field it is, the name alone is kept.
      const name = member?.name ?? `?/${path.replace(/\?$/, "")}`;
      if (index === steps.length - 1 || member === undefined) {
        store.add("field", name, evidence, { ...said, ...(optional ? { required: false } : {}) });
        return;
      }
      at = step.endsWith("[]") ? ours.items(member.place) : member.place;
    }
  };

  const placeOf: DeclarationReader["placeOf"] = (fields, { section, lead, shapes }) => {
    const keys = fields.map((field) => field.split(/[.[?]/)[0] ?? field);
    const named = subjectsIn(lead);
    const [only] = named;
    if (named.length === 1 && only !== undefined) return ours.place(only);
    const scored = shapes.map((shape, index) => ({
      shape,
      index,
      shared: keys.filter((key) => shape.keys.includes(key)).length,
    }));
    const [best] = scored.sort((a, b) => b.shared - a.shared || b.index - a.index);
    if (best !== undefined && best.shared > 0 && best.shape.place.length > 0)
      return best.shape.place;
    const titled = section.title.match(/[\w.]+/g)?.find((word) => isSubject(word));
    if (titled !== undefined) return ours.place(titled);
    const closest = ours.closest(keys);
    if (closest !== undefined) return ours.place(closest);
    return shapes.findLast(({ place }) => place.length > 0)?.place;
  };

  const isSubject = (word: string): boolean =>
    names.known(word).some((kind) => kind === "message" || (kind === "kind" && word.includes("_")));
  const subjectsIn = (spans: readonly Span[]): string[] => {
    const text = plainText(spans);
    if (/\benvelope\b/i.test(text) && ours.draft.schemas.has("Envelope")) return ["Envelope"];
    const subjects = spans.flatMap(({ text: word, code }) => {
      if (!code) return [];
      const bare = word.replace(/\.payload$/, "");
      const kinds = names.known(bare);
      return kinds.includes("message") || (kinds.includes("kind") && /\bbody\b|\bkind\b/.test(text))
        ? [bare]
        : [];
    });
    return [...new Set(subjects)];
  };

  /** What the paragraph above says that follows, or else the title. */
  const announcedBy = ({ lead, section }: Around): Category | undefined => {
    const above = plainText(lead);
    return names.announced(above === "" ? section.title : above);
  };

  /** The kind of facts that names are: what is announced if they can be that, or else what most are known to be. */
  const categoryOf = (
    found: readonly string[],
    announced: Category | undefined,
  ): Category | undefined => {
    if (announced !== "field") {
      if (announced && found.some((name) => couldBe(announced, name))) return announced;
      const kinds = ["error", "message", "namespace", "kind", "feature"] as const;
      const most = kinds.find((kind) => {
        const known = found.filter(
          (name) => names.known(name).includes(kind) || names.byForm(name) === kind,
        );
        return known.length * 2 > found.length && found.every((name) => couldBe(kind, name));
      });
      if (most !== undefined) return most;
    }
    return found.some((name) => FIELD.test(name)) ? "field" : undefined;
  };

  return {
    placeOf,
    list: (items, around) => {
      const entries = items.flatMap(({ spans }) => itemEntry(spans) ?? []);
      const found = entries.flatMap((entry) => entry.names);
      const category = categoryOf(found, announcedBy(around));
      return category && declare(category, entries, "list", around);
    },
    table: (table, around) => {
      const announced = announcedBy(around);
      const found = columnOf(table, names, (inColumn) => categoryOf(inColumn, announced));
      const entries = found === undefined ? [] : tableEntries(table, found);
      return found && entries.length > 0
        ? declare(found.category, entries, "table", around)
        : undefined;
    },
  };
}

/** Where to note what is shown in full: a section that repeats another document removes nothing by leaving it out. */
export function shownIn(section: Section, shown: Set<string>): Set<string> {
  return section.inherited ? new Set<string>() : shown;
}
