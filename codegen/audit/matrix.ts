/** Our model beside a draft, name by name. */
import type { DraftFacts, Evidence, Fact, FactKind } from "./facts.js";
import type { Ours } from "./ours.js";

/**
 * `by-name`: a rule of a grammar that is written otherwise, or only named, and may mean the same. `not-mentioned` is no removal: a draft
 * that repeats another one "unchanged" is silent about most of it.
 */
export type Verdict =
  "same" | "by-name" | "differs" | "only-theirs" | "only-ours" | "not-mentioned";

export interface Row {
  readonly kind: FactKind;
  readonly name: string;
  readonly verdict: Verdict;
  /** In what it differs. */
  readonly differences: readonly string[];
  readonly theirs: readonly Evidence[];
  /** Line of our spec; undefined for what we do not have. */
  readonly ours: number | undefined;
}

/** Compares. First what the draft says, in its order; then what it leaves out, in ours. */
export function compare(found: DraftFacts, ours: Ours): Row[] {
  const lines = linesOf(ours);
  const ourLines = new Map([...lines].map(([each, line]) => [key(...split(each)), line]));
  const said = new Set(found.facts.map(({ kind, name }) => key(kind, name)));
  const theirs = found.facts.map((fact): Row => {
    const { kind, name, evidence } = fact;
    const line = kind === "field" ? fieldLine(name, ours) : ourLines.get(key(kind, name));
    const differences = line === undefined ? [] : differencesOf(fact, ours);
    const unlike = kind === "rule" ? "by-name" : "differs";
    const verdict = line === undefined ? "only-theirs" : differences.length > 0 ? unlike : "same";
    return { kind, name, verdict, differences, theirs: evidence, ours: line };
  });
  const left = [...lines].flatMap(([each, line]): Row[] => {
    const [kind, name] = split(each);
    if (said.has(key(kind, name))) return [];
    const shown =
      kind === "field"
        ? found.shown.has(name.slice(0, name.lastIndexOf("/") + 1))
        : found.listed.has(kind);
    const verdict = shown ? "only-ours" : "not-mentioned";
    return [{ kind, name, verdict, differences: [], theirs: [], ours: line }];
  });
  return [...theirs, ...left];
}

/** Names of rules mean the same in capitals and without, as RFC 5234 has it. */
function key(kind: FactKind, name: string): string {
  return `${kind}:${kind === "rule" ? name.toLowerCase() : name}`;
}

function split(key: string): [FactKind, string] {
  const at = key.indexOf(":");
  return [key.slice(0, at) as FactKind, key.slice(at + 1)];
}

/** Everything that we have, by `kind:name`, with its line in our spec. */
function linesOf({ draft, fields }: Ours): Map<string, number> {
  return new Map([
    ...draft.messages.map(({ type, position }) => [`message:${type}`, position.line] as const),
    ...draft.kinds.map(({ kind, position }) => [`kind:${kind}`, position.line] as const),
    ...draft.errors.map(({ code, position }) => [`error:${code}`, position.line] as const),
    ...draft.features.map(({ flag, position }) => [`feature:${flag}`, position.line] as const),
    ...draft.namespaces.map(
      ({ namespace, position }) => [`namespace:${namespace}`, position.line] as const,
    ),
    ...draft.grammar.map(({ rule }) => [`rule:${rule.name}`, rule.position.line] as const),
    ...[...fields.values()].map(({ name, line }) => [`field:${name}`, line] as const),
  ]);
}

/** Of a field whose owner a draft does not tell, `?/agent`, it is enough that somebody has it. */
function fieldLine(name: string, ours: Ours): number | undefined {
  if (!name.startsWith("?/")) return ours.fields.get(name)?.line;
  const last = name.slice(Math.max(name.lastIndexOf("."), 1) + 1);
  return [...ours.fields.values()].find((field) => field.name.endsWith(`/${last}`))?.line;
}

function differencesOf(fact: Fact, ours: Ours): string[] {
  const { kind, name, types, required } = fact;
  if (kind === "rule") return ruleDifferences(fact, ours);
  const field = kind === "field" ? ours.fields.get(name) : undefined;
  if (field === undefined) return [];
  const allowed = new Set(field.types);
  if (allowed.has("number")) allowed.add("integer");
  const foreign = types.filter((type) => field.types.length > 0 && !allowed.has(type));
  return [
    ...(foreign.length > 0
      ? [`${foreign.join(" or ")} there, ${field.types.join(" or ")} here`]
      : []),
    ...(required === true && !field.required ? ["REQUIRED there, not required by our schema"] : []),
    ...(required === false && field.required ? ["OPTIONAL there, required by our schema"] : []),
  ];
}

/** Grammars have no form in common: two rules are the same that read the same, capitals and the mark of a choice aside. */
function ruleDifferences({ name, text }: Fact, { draft }: Ours): string[] {
  const own = draft.grammar.find(({ rule }) => key("rule", rule.name) === key("rule", name));
  if (own === undefined) return [];
  const here = own.rule.expression.replace(/\s+/g, " ").trim();
  if (text === undefined) return [`only named there, ${here} here`];
  const form = (rule: string): string =>
    rule
      .toLowerCase()
      .replace(/\s*\|\s*/g, " / ")
      .replaceAll("'", '"');
  return form(text) === form(here) ? [] : [`${text} there, ${here} here`];
}
