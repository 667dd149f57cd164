import { readAbnf, referencesOf, type AbnfRule } from "../../parse/abnf.js";
import { positionIn } from "../build.js";
import { fromGrammar, grammarKey, isCoreRule } from "../language/grammar.js";
import { fromPattern } from "../language/pattern.js";
import { createWorkshop, difference, Unsupported, type Lengths } from "../language/regular.js";
import type { JsonSchema } from "../schema.js";
import type { Rule } from "./rule.js";

/** Grammar rules that are used or announced are defined, and do not take the names of ABNF's own. */
export const definedGrammarRules: Rule = ({ facts, grammar }, report) => {
  const defined = new Set(grammar.map(({ rule }) => grammarKey(rule.name)));
  for (const { rule, abnf, fence } of grammar) {
    for (const { name, offset } of referencesOf(abnf.expression)) {
      if (defined.has(grammarKey(name)) || isCoreRule(name)) continue;
      const message = `${rule.name} uses ${name}, which no grammar defines`;
      report("undefined-grammar-rule", fence.at(offset), message, `write a rule ${name} = …`);
    }
  }
  for (const { name, position } of grammar.map(({ rule }) => rule)) {
    if (!isCoreRule(name)) continue;
    const message = `${name} is a core rule of RFC 5234 as well: the names of ABNF ignore case`;
    report("duplicate-name", position, message, "give the rule another name");
  }
  for (const { role, text, position } of facts.fences) {
    if (role.kind !== "grammar") continue;
    const { rules, problems } = readAbnf(text);
    // A rule that cannot be read has been reported, and may be the one that is missing.
    if (problems.length > 0) continue;
    for (const name of role.rules) {
      if (rules.some((rule) => grammarKey(rule.name) === grammarKey(name))) continue;
      const message = `the fence announces the rule ${name} and does not define it`;
      report("undefined-grammar-rule", position, message, "define it, or strike it from rules=");
    }
  }
};

/** A rule and the `pattern` of the definition of the same name accept the same strings. */
export const patternRules: Rule = ({ schemas, grammar }, report) => {
  const rules = grammar.map(({ abnf }) => abnf);
  for (const text of schemas.values()) {
    const { of, schema } = text;
    const rule = rules.find(({ name }) => grammarKey(name) === grammarKey(of));
    if (rule === undefined || typeof schema.pattern !== "string") continue;
    const found = mismatch(rules, rule.name, schema);
    if (found === undefined) continue;
    const sample = JSON.stringify(found.text);
    const message =
      found.side === "left"
        ? `the grammar ${rule.name} derives ${sample}, which the schema of ${of} refuses`
        : `the schema of ${of} accepts ${sample}, which the grammar ${rule.name} does not derive`;
    const fix = 'mend one of them; strings of ABNF ignore case unless written %s"…"';
    report("grammar-pattern-mismatch", positionIn(text, "/pattern"), message, fix);
  }
};

/**
 * A string on which grammar and pattern disagree. The lengths in the schema may stand in the grammar
 * or not. What cannot be compared exactly (recursion, look-around) passes.
 */
function mismatch(
  rules: readonly AbnfRule[],
  name: string,
  schema: JsonSchema,
): ReturnType<typeof difference> {
  const lengths: Lengths = { min: schema.minLength ?? 0, max: schema.maxLength };
  const compare = (bounds?: Lengths): ReturnType<typeof difference> => {
    const shop = createWorkshop();
    const grammar = fromGrammar(shop, rules, name);
    return difference(shop, grammar, fromPattern(shop, schema.pattern ?? ""), bounds);
  };
  try {
    const found = compare();
    const bounded = lengths.min > 0 || lengths.max !== undefined;
    return found !== undefined && bounded ? compare(lengths) && found : found;
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}
