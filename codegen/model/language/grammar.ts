import { coreRules, readAbnf, type AbnfExpression, type AbnfRule } from "../../parse/abnf.js";
import { Unsupported, type Ranges, type Regular, type Workshop } from "./regular.js";

const core = readAbnf(coreRules).rules;

/** ABNF names are the same in any case; ours are also the same with and without hyphens. */
export function grammarKey(name: string): string {
  return name.replaceAll("-", "").toLowerCase();
}

/** True for a rule of RFC 5234's appendix, which every grammar may use. */
export function isCoreRule(name: string): boolean {
  return core.some((rule) => grammarKey(rule.name) === grammarKey(name));
}

/**
 * The language of a grammar rule.
 *
 * @throws Unsupported for recursion (not regular), prose, and rules that do not exist
 */
export function fromGrammar(shop: Workshop, rules: readonly AbnfRule[], name: string): Regular {
  const all = [...rules, ...core];
  const done = new Map<string, Regular>();
  const open = new Set<string>();

  const rule = (wanted: string): Regular => {
    const key = grammarKey(wanted);
    const ready = done.get(key);
    if (ready !== undefined) return ready;
    if (open.has(key)) throw new Unsupported(`${wanted} is recursive`);
    const alternatives = all.filter((candidate) => grammarKey(candidate.name) === key);
    if (alternatives.length === 0) throw new Unsupported(`${wanted} is not defined`);
    open.add(key);
    const result = shop.choice(...alternatives.map(({ expression }) => language(expression)));
    open.delete(key);
    done.set(key, result);
    return result;
  };

  const language = (expression: AbnfExpression): Regular => {
    switch (expression.kind) {
      case "alternation":
        return shop.choice(...expression.items.map(language));
      case "concatenation":
        return shop.sequence(...expression.items.map(language));
      case "repetition":
        return shop.repeat(language(expression.of), expression.min, expression.max);
      case "reference":
        return rule(expression.name);
      case "range":
        return shop.set([[expression.from, expression.to]]);
      case "string": {
        const { caseSensitive } = expression;
        return shop.sequence(
          ...[...expression.text].map((character) => shop.set(bothCases(character, caseSensitive))),
        );
      }
      case "prose":
        throw new Unsupported(`<${expression.text}>`);
    }
  };

  return rule(name);
}

function bothCases(character: string, caseSensitive: boolean): Ranges {
  const cases =
    caseSensitive || !/[A-Za-z]/.test(character)
      ? [character]
      : [character.toUpperCase(), character.toLowerCase()];
  return cases.map((one) => {
    const code = one.codePointAt(0) ?? 0;
    return [code, code] as const;
  });
}
