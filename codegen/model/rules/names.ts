import type { Draft } from "../draft.js";
import type { RuleId } from "./ids.js";
import type { Position } from "../types.js";
import { grammarKey } from "../language/grammar.js";
import { reportRepeats, type Rule } from "./rule.js";

interface Named {
  readonly name: string;
  readonly position: Position;
}

/** Names and ids that two things share. */
export const nameRules: Rule = (draft, report) => {
  for (const [what, items, rule] of groups(draft)) {
    reportRepeats(
      items,
      ({ name }) => name,
      ({ name, position }, first) => {
        const { file, line } = first.position;
        report(
          rule,
          position,
          `the ${what} ${name} stands already at ${file}:${line}`,
          "rename one",
        );
      },
    );
  }
};

function groups(draft: Draft): [what: string, items: Named[], rule: RuleId][] {
  const rule: RuleId = "duplicate-name";
  const exampleIds = draft.facts.fences.flatMap(({ role, position }) =>
    role.kind === "example" || role.kind === "trace" ? [{ name: role.id, position }] : [],
  );
  const grammar = draft.grammar.filter(({ abnf }) => !abnf.incremental);
  return [
    [
      "message or event kind",
      [...named(draft.messages, "type"), ...named(draft.kinds, "kind")],
      rule,
    ],
    ["error code", named(draft.errors, "code"), rule],
    ["feature", named(draft.features, "flag"), rule],
    ["namespace", named(draft.namespaces, "namespace"), rule],
    ["limit", named(draft.limits, "name"), rule],
    ["id", exampleIds, rule],
    [
      "grammar rule",
      grammar.map(({ rule: { name, position } }) => ({ name: grammarKey(name), position })),
      rule,
    ],
    ["requirement", named(draft.facts.requirements, "id"), "duplicate-requirement"],
  ];
}

function named<K extends string>(
  items: readonly (Readonly<Record<K, string>> & { readonly position: Position })[],
  key: K,
): Named[] {
  return items.map((item) => ({ name: item[key], position: item.position }));
}
