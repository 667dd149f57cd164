import { isVendor, type Draft } from "../draft.js";
import { isObject, referenceName } from "../subset.js";
import type { Gate } from "../types.js";
import type { Rule } from "./rule.js";

/** Gates and Feature columns say the same, and gated fields exist. */
export const featureRules: Rule = (draft, report) => {
  const declared: [
    kind: "message" | "kind" | "namespace",
    name: string,
    feature: string | undefined,
  ][] = [
    ...draft.messages.map(({ type, feature }) => ["message", type, feature] as const),
    ...draft.kinds.map(({ kind, feature }) => ["kind", kind, feature] as const),
    ...draft.namespaces.map(({ namespace, feature }) => ["namespace", namespace, feature] as const),
  ].map((entry) => [...entry]);

  for (const { flag, gates, position } of draft.features) {
    const complain = (message: string, fix: string): void =>
      report("feature-gates", position, message, fix);
    for (const [kind, name, feature] of declared) {
      if (feature !== flag || gates.some((gate) => gate.kind === kind && gate.name === name))
        continue;
      const fix = `add \`${word(kind, name)}\` to its Gates, or clear the Feature of ${name}`;
      complain(`${name} has the Feature ${flag}, whose Gates leave it out`, fix);
    }
    for (const gate of gates) {
      if (gate.kind === "field") {
        if (fieldExists(draft, gate.name, gate.path)) continue;
        const written = `field:${[gate.name, ...gate.path].join("/")}`;
        complain(
          `${flag} gates \`${written}\`, which no schema has`,
          "name a property that exists",
        );
        continue;
      }
      const row = declared.find(([kind, name]) => kind === gate.kind && name === gate.name);
      if (row === undefined) {
        // Undeclared messages and kinds have a rule of their own.
        if (gate.kind !== "namespace" || draft.tentative.has(gate.name)) continue;
        complain(`${flag} gates the namespace ${gate.name}, which no table declares`, "declare it");
      } else if (row[2] !== flag) {
        const fix = `write \`${flag}\` in the Feature column of ${gate.name}, or strike the gate`;
        complain(`${flag} gates ${gate.name}, whose Feature is ${row[2] ?? "empty"}`, fix);
      }
    }
  }
};

/** Feature columns and `arcp:gated` name features that exist. */
export const declaredFeatureRules: Rule = (draft, report) => {
  const flags = new Set(draft.features.map(({ flag }) => flag));
  const uses = [...draft.messages, ...draft.kinds, ...draft.namespaces, ...draft.facts.gates];
  for (const { feature, position } of uses) {
    if (feature === undefined || known(draft, flags, feature)) continue;
    const fix = "add a row to the table of features, or mend the name";
    report("undeclared-feature", position, `no table declares the feature ${feature}`, fix);
  }
};

function known(draft: Draft, flags: ReadonlySet<string>, feature: string): boolean {
  return flags.has(feature) || isVendor(feature) || draft.tentative.has(feature);
}

/** Follows property names through references, array items and choices. */
function fieldExists(draft: Draft, name: string, path: readonly string[]): boolean {
  const within = (schema: unknown, rest: readonly string[], depth: number): boolean => {
    if (rest.length === 0) return true;
    if (!isObject(schema) || depth > 50) return false;
    const [key = "", ...more] = rest;
    const { properties, $ref, items, anyOf, oneOf, allOf } = schema;
    if (
      isObject(properties) &&
      Object.hasOwn(properties, key) &&
      within(properties[key], more, depth + 1)
    ) {
      return true;
    }
    const target = draft.schemas.get(referenceName($ref) ?? "")?.schema;
    const others: unknown[] = [target, items, anyOf, oneOf, allOf].flat();
    return others.some((other) => within(other, rest, depth + 1));
  };
  return draft.schemaNames.has(name)
    ? within(draft.schemas.get(name)?.schema, path, 0) || !draft.schemas.has(name)
    : false;
}

function word(kind: Gate["kind"], name: string): string {
  return kind === "message" ? name : `${kind}:${name}`;
}
