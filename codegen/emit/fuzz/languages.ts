import { readAbnf } from "../../parse/abnf.js";
import { formats } from "../../model/formats.js";
import { toAutomaton } from "../../model/language/automaton.js";
import type { Automaton } from "../../model/language/automaton.js";
import { fromGrammar } from "../../model/language/grammar.js";
import { fromPattern } from "../../model/language/pattern.js";
import { Unsupported, createWorkshop } from "../../model/language/regular.js";
import type { Regular, Workshop } from "../../model/language/regular.js";
import { remembered } from "../../memo.js";
import type { Model } from "../../model/types.js";

/** A set of strings that the draft defines, and the automaton that decides it. */
export type Language = {
  /** Of the grammar rule; else the regular expression itself. */
  readonly name: string;
  /** Where a rule stands. */
  readonly section?: string;
  /** The rule, or the regular expression, as written. */
  readonly text: string;
} & (Automaton | { readonly undecided: string });

/** Every rule of the draft's grammars. */
export function rulesOf(model: Model): Language[] {
  const text = model.rules.map(({ name, expression }) => `${name} = ${expression}`).join("\n");
  const names = new Map(model.rules.map((rule) => [rule.name, rule]));
  return [...names.values()].map(({ name, section, expression }) => ({
    name,
    section,
    text: expression,
    ...decidedRule(text, name),
  }));
}

const decidedRule = remembered((grammar: string, name: string) =>
  decided((shop) => fromGrammar(shop, readAbnf(grammar).rules, name)),
);

/** Every `pattern` of these schemas, and the regular expression of every format that they name. */
export function patternsOf(schemas: unknown): Language[] {
  const found = new Set<string>();
  const visit = (value: unknown, named = false): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const [key, member] of Object.entries(value)) {
      if (!named && key === "pattern" && typeof member === "string") found.add(member);
      const format = formats[member as keyof typeof formats];
      if (!named && key === "format" && format !== undefined) found.add(format);
      visit(member, !named && key === "properties");
    }
  };
  visit(schemas);
  return [...found].map((pattern) => ({
    name: pattern,
    text: pattern,
    ...decidedPattern(pattern),
  }));
}

const decidedPattern = remembered((pattern: string) =>
  decided((shop) => fromPattern(shop, pattern)),
);

function decided(language: (shop: Workshop) => Regular): Automaton | { undecided: string } {
  try {
    const shop = createWorkshop();
    return toAutomaton(shop, language(shop));
  } catch (error) {
    if (error instanceof Unsupported) return { undecided: error.message };
    throw error;
  }
}
