/**
 * How the patterns and targets of a namespace are read. Which namespace has which kind of pattern is
 * the generated table's to say, and for a vendor's the operator's.
 */
import { namespaces } from "../../generated/current/namespaces.js";
import { noTarget, parseAmount } from "./amounts.js";
import type { Parsed } from "./glob.js";
import { canonicalName, parseNamePattern } from "./names.js";
import { canonicalPath, parsePathPattern } from "./paths.js";
import type { Canonical } from "./text.js";
import { canonicalUrl, parseUrlPattern, shownUrl, urlParts } from "./urls.js";

type PatternKind = (typeof namespaces)[keyof typeof namespaces]["pattern"];

/** The name of a vendor's namespace. §5.4 */
export type VendorNamespace = `x-vendor.${string}.${string}`;

/** How a vendor's namespace may be matched. A `path` of a vendor's is a text, never looked up on the disc. */
export type VendorKind = Extract<PatternKind, "name" | "path" | "url">;

/** The namespaces of vendors that a runtime serves, each with its kind of pattern. */
export type VendorNamespaces = Readonly<Record<VendorNamespace, VendorKind>>;

/** One kind of pattern. All functions are total: any text gives an answer. */
export interface Grammar {
  readonly pattern: (text: string) => Parsed;
  readonly target: (text: string) => Canonical;
  /** What is matched each by itself, of a canonical target or of a parsed pattern. */
  readonly parts: <Text extends string>(canonical: Text) => readonly Text[];
  /** A target as it may stand in a message. */
  readonly shown: (target: string) => string;
  /** Whether targets are real paths, and so the prefixes of patterns, too. */
  readonly onDisc: boolean;
  /** Whether its patterns are amounts, which are counted and match nothing. */
  readonly counted: boolean;
}

const whole = {
  parts: <Text extends string>(canonical: Text): readonly Text[] => [canonical],
  shown: (target: string): string => target,
  onDisc: false,
  counted: false,
};

const grammars: { readonly [Kind in PatternKind]: Grammar } = {
  path: { ...whole, pattern: parsePathPattern, target: canonicalPath },
  name: { ...whole, pattern: parseNamePattern, target: canonicalName },
  amount: { ...whole, pattern: parseAmount, target: noTarget, counted: true },
  url: {
    ...whole,
    pattern: parseUrlPattern,
    target: canonicalUrl,
    parts: urlParts,
    shown: shownUrl,
  },
};

const onDisc: Grammar = { ...grammars.path, onDisc: true };

/** The namespace's row of the generated table, if the draft has one. */
export function rowOf(namespace: string): (typeof namespaces)[keyof typeof namespaces] | undefined {
  return Object.hasOwn(namespaces, namespace)
    ? namespaces[namespace as keyof typeof namespaces]
    : undefined;
}

/**
 * How the namespace's patterns are read; nothing for one that this toolkit cannot enforce. §9.2
 *
 * @param kind of a vendor's namespace, of which the draft's table says nothing
 */
export function grammarOf(namespace: string, kind?: VendorKind): Grammar | undefined {
  const row = rowOf(namespace);
  if (row?.pattern === "path") return onDisc;
  const known = row?.pattern ?? kind;
  return known === undefined ? undefined : grammars[known];
}

const LABEL = "[a-z0-9][a-z0-9_-]*";
const VENDOR = new RegExp(`^x-vendor(?:\\.${LABEL}){2,}$`);
const VENDOR_KINDS: readonly string[] = ["name", "path", "url"] satisfies VendorKind[];

/** Why these namespaces cannot be served, if so. */
export function vendorProblem(vendors: Readonly<Record<string, unknown>>): string | undefined {
  for (const [namespace, kind] of Object.entries(vendors)) {
    const name = JSON.stringify(namespace);
    if (!VENDOR.test(namespace))
      return `namespace ${name} is not x-vendor.<vendor>.<name>, in lower case`;
    if (!VENDOR_KINDS.includes(kind as string)) {
      return `the patterns of ${name} must be one of ${VENDOR_KINDS.join(", ")}, not ${JSON.stringify(kind)}`;
    }
  }
  return undefined;
}
