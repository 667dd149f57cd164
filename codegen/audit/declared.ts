/** Lists and tables that declare names and fields, whatever their columns are called and wherever they stand. */
import type { EvidenceForm, FactKind, FactStore } from "./facts.js";
import { readLoosely } from "./lenient.js";
import type { Ours, Place } from "./ours.js";
import { plainText } from "./page.js";
import type { Section, Span, TableBlock, TextBlock } from "./page.js";
import { createShapeReader, typeWords } from "./shapes.js";
import type { Shape } from "./shapes.js";
import { couldBe, FIELD } from "./words.js";
import type { Names } from "./words.js";

type Category = FactKind;

/** An entry: a name, and what is said of it. */
interface Entry {
  readonly names: readonly string[];
  readonly line: number;
  /** Everything but the name. */
  readonly rest: readonly Span[];
  readonly types: readonly string[];
  readonly required: boolean | undefined;
}

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

const CONDITION = /\b(?:on|after|when|where|unless|if|for|in)\b/i;
const SEPARATED = /^\s*(?:[:—–(=]|-\s|$)/;

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
      for (const { subject, path, schema } of place ?? []) {
        if (schema === undefined || schema.properties !== undefined)
          shown.add(`${subject}/${path}`);
      }
      return { category, names: all };
    }
    for (const { names: found, line, rest } of entries) {
      for (const name of found) {
        store.add(category, name, { form, line });
        // `body: { level, message }` beside the name of a kind or a message.
        if (category === "kind" || category === "message") bodies(rest, ours.place(name), form);
      }
    }
    return { category, names: all };
  };

  const bodies = (spans: readonly Span[], place: Place, form: EvidenceForm): void => {
    for (const { text, code, line } of spans) {
      const start = text.indexOf("{");
      if (!code || start < 0 || !/^(?:[\w.]+\s*[:=]\s*)?$/.test(text.slice(0, start))) continue;
      const [node] = readLoosely(text.slice(start), { prefix: true }).values;
      if (node !== undefined)
        createShapeReader(ours, store, shown, form, () => line).members(node, place);
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

  /** The kind of facts that names are, when what stands above says one thing and they may be another. */
  const categoryOf = (
    found: readonly string[],
    announced: Category | undefined,
  ): Category | undefined => {
    if (
      announced !== undefined &&
      announced !== "field" &&
      found.some((name) => couldBe(announced, name))
    ) {
      return announced;
    }
    if (announced === undefined || announced !== "field") {
      for (const kind of ["error", "message", "namespace", "kind", "feature"] as const) {
        const known = found.filter(
          (name) => names.known(name).includes(kind) || names.byForm(name) === kind,
        );
        if (known.length * 2 > found.length && found.every((name) => couldBe(kind, name)))
          return kind;
      }
    }
    return found.some((name) => FIELD.test(name)) ? "field" : undefined;
  };

  return {
    placeOf,
    list: (items, around) => {
      const entries = items.flatMap(({ spans }) => itemEntry(spans));
      if (entries.length === 0) return undefined;
      const above = plainText(around.lead);
      const announced = names.announced(above === "" ? around.section.title : above);
      const category = categoryOf(
        entries.flatMap((entry) => entry.names),
        announced,
      );
      return category && declare(category, entries, "list", around);
    },
    table: (table, around) => {
      const { column, category } = columnOf(table, names, categoryOf);
      if (column === undefined || category === undefined) return undefined;
      const typeColumn = table.header.findIndex(
        (word, index) => index !== column && /\btypes?\b/.test(word),
      );
      const requiredColumn = table.header.findIndex((word) =>
        /\b(?:required|presence|req|optional|mandatory)\b/.test(word),
      );
      const entries = table.rows.flatMap(({ cells, line }): Entry[] => {
        const found = cellNames(cells[column] ?? []).filter(
          (name) => category === "field" || couldBe(category, name),
        );
        const said = plainText(cells[requiredColumn] ?? []);
        const required = /^(?:yes|required|must|✓|true|y)\b/i.test(said)
          ? true
          : /^(?:no|optional|may|false|n)\b/i.test(said)
            ? false
            : undefined;
        const flipped =
          /optional/.test(table.header[requiredColumn] ?? "") && required !== undefined
            ? !required
            : required;
        const types = typeWords(cells[typeColumn]?.map(({ text }) => text).join("") ?? "");
        const rest = cells.flatMap((cell, index) => (index === column ? [] : cell));
        return found.length === 0 ? [] : [{ names: found, line, rest, types, required: flipped }];
      });
      return entries.length === 0 ? undefined : declare(category, entries, "table", around);
    },
  };
}

/** An item that begins with a name and then says something of it. */
function itemEntry(spans: readonly Span[]): Entry[] {
  const found: string[] = [];
  let at = 0;
  for (; at < spans.length; at += 1) {
    const span = spans[at]!;
    const text = span.text.trim();
    if ((span.code || span.strong) && /^[\w.?[\]-]+:?$/.test(text))
      found.push(text.replace(/:$/, ""));
    else if (found.length === 0 || !/^\s*(?:\/|,|and|or)\s*$/.test(span.text)) break;
  }
  const rest = spans.slice(at);
  const first = rest[0]?.text ?? "";
  if (
    found.length === 0 ||
    (rest.length > 0 &&
      !SEPARATED.test(rest[0]?.code ? " x" : first) &&
      !spans[at - 1]?.text.endsWith(":"))
  )
    return [];
  const written = plainText(rest);
  const head =
    /^\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)/.exec(written)?.[1] ??
    /^\s*[:—–-]?\s*([^.:—–]{0,60})/.exec(written)?.[1] ??
    "";
  return [
    {
      names: found,
      line: spans[0]?.line ?? 1,
      rest,
      types: /^\s*\(|^\s*[:—–-]?\s*`?[a-z]+`?\s*[,;(—–]/.test(written) ? typeWords(head) : [],
      required: presence(head),
    },
  ];
}

/** What "string, REQUIRED" says; nothing where it depends: "REQUIRED on `job.event`". */
function presence(head: string): boolean | undefined {
  const said = /\b(required|optional|mandatory)\b/i.exec(head);
  if (said === null) return undefined;
  const required = said[1]?.toLowerCase() !== "optional";
  if (required && CONDITION.test(head.slice(said.index))) return undefined;
  return required;
}

const COLUMNS: readonly (readonly [Category, RegExp])[] = [
  ["error", /^(?:error )?codes?$|^errors?$/],
  ["kind", /^(?:event )?kinds?$|^events?$/],
  ["namespace", /^(?:capability )?namespaces?$|^capabilit(?:y|ies)$/],
  ["feature", /^(?:feature )?flags?$|^features?$/],
  ["message", /^messages?(?: types?)?$/],
  ["field", /^(?:field|name|property|member|key|parameter|attribute)s?(?: name)?$/],
  ["message", /^types?$/],
];

/** The column that holds names, and what they are names of: by its header, or else by what stands in it. */
function columnOf(
  { header, rows }: TableBlock,
  names: Names,
  categoryOf: (found: readonly string[], announced: Category | undefined) => Category | undefined,
): { column: number | undefined; category: Category | undefined } {
  const inColumn = (column: number): string[] =>
    rows.flatMap(({ cells }) => cellNames(cells[column] ?? []));
  for (const [category, pattern] of COLUMNS) {
    const column = header.findIndex((word) => pattern.test(word));
    const found = column < 0 ? [] : inColumn(column);
    const fits = found.filter((name) =>
      category === "field" ? FIELD.test(name) : couldBe(category, name),
    );
    // A table of properties with a name here and there compares something; it declares nothing.
    if (fits.length * 2 > rows.length)
      return { column, category: category === "field" ? categoryOf(found, "field") : category };
  }
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
  for (let column = 0; column < width; column += 1) {
    const found = inColumn(column);
    const known = found.filter(
      (name) => names.known(name).length > 0 || names.byForm(name) !== undefined,
    );
    if (known.length > 1 && known.length * 2 > rows.length)
      return { column, category: categoryOf(found, undefined) };
  }
  return { column: undefined, category: undefined };
}

/** The names in a cell: its code spans, or its text if that is one word. */
function cellNames(cell: readonly Span[]): string[] {
  const code = cell.filter((span) => span.code).map(({ text }) => text);
  const found =
    code.length > 0
      ? code
      : [
          cell
            .map(({ text }) => text)
            .join("")
            .replaceAll("*", "")
            .trim(),
        ];
  return found.filter((name) => /^[\w.?[\]-]+$/.test(name));
}
