/**
 * How the patterns and targets of a namespace are read. Which namespace has which kind of pattern is
 * the generated table's to say; a kind without a row here cannot be enforced, and so is not served.
 */
import { namespaces } from "../../generated/draft-1.1/namespaces.js";
import type { Parsed } from "./glob.js";
import { canonicalName, parseNamePattern } from "./names.js";
import { canonicalPath, parsePathPattern } from "./paths.js";
import type { Canonical } from "./text.js";

type PatternKind = (typeof namespaces)[keyof typeof namespaces]["pattern"];

/** One kind of pattern. Both functions are total: any text gives an answer. */
export interface Grammar {
  readonly pattern: (text: string) => Parsed;
  readonly target: (text: string) => Canonical;
  /** Whether targets are real paths, and so the prefixes of patterns, too. */
  readonly onDisc: boolean;
}

const grammars: { readonly [Kind in PatternKind]?: Grammar } = {
  path: { pattern: parsePathPattern, target: canonicalPath, onDisc: true },
  name: { pattern: parseNamePattern, target: canonicalName, onDisc: false },
};

/** The namespace's row of the generated table, if the draft has one. */
export function rowOf(namespace: string): (typeof namespaces)[keyof typeof namespaces] | undefined {
  return Object.hasOwn(namespaces, namespace)
    ? namespaces[namespace as keyof typeof namespaces]
    : undefined;
}

/** How the namespace's patterns are read; nothing for one that this toolkit cannot enforce. §9.2 */
export function grammarOf(namespace: string): Grammar | undefined {
  const row = rowOf(namespace);
  return row === undefined ? undefined : grammars[row.pattern];
}
