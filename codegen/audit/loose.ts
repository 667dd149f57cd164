/** What the tolerant reader of JSON gives: values with places that are left open, and where they are no JSON. */

/** In which way a place is no JSON. */
export type DeviationKind =
  | "alternative"
  | "bare-key"
  | "bare-word"
  | "comment"
  | "duplicate-key"
  | "ellipsis"
  | "fragment"
  | "line-end-in-string"
  | "missing-comma"
  | "no-value"
  | "number-form"
  | "optional-mark"
  | "other-quotes"
  | "other-separator"
  | "placeholder"
  | "several-values"
  | "spare-comma"
  | "unclosed"
  | "unknown-escape";

export interface Deviation {
  readonly kind: DeviationKind;
  readonly offset: number;
}

export interface LooseMember {
  readonly key: string;
  readonly start: number;
  /** Marked with `?`, or one of several that exclude each other. */
  readonly optional: boolean;
  readonly node: LooseNode;
}

export type LooseNode = { readonly start: number; readonly end: number } & (
  | { readonly type: "object"; readonly members: readonly LooseMember[]; readonly open: boolean }
  | { readonly type: "array"; readonly items: readonly LooseNode[]; readonly open: boolean }
  | { readonly type: "scalar"; readonly value: string | number | boolean | null }
  | { readonly type: "choice"; readonly options: readonly LooseNode[] }
  /** Something stands here and the draft does not say what: `...`, `<integer>`, or a name alone. */
  | { readonly type: "unknown"; readonly text: string }
);

export interface LooseReading {
  /** One, or several if the text says several values in a row. Empty only beside a problem. */
  readonly values: readonly LooseNode[];
  readonly deviations: readonly Deviation[];
  readonly problem: { readonly offset: number; readonly message: string } | undefined;
  /** Just behind what was read. */
  readonly end: number;
}

/**
 * The plain value of a node; `elided` gets the JSON pointer of each place that the draft leaves open. An open object or
 * list is one, and holds what is said of it.
 */
export function looseValue(node: LooseNode, elided: string[] = [], pointer = ""): unknown {
  switch (node.type) {
    case "scalar":
      if (typeof node.value === "string" && isAbbreviated(node.value)) elided.push(pointer);
      return node.value;
    case "unknown":
      elided.push(pointer);
      return null;
    case "choice": {
      elided.push(pointer);
      const [first] = node.options;
      return first && looseValue(first, elided, pointer);
    }
    case "array":
      if (node.open) elided.push(pointer);
      return node.items.map((item, index) => looseValue(item, elided, `${pointer}/${index}`));
    case "object": {
      if (node.open) elided.push(pointer);
      return Object.fromEntries(
        node.members.map(({ key, node: member }) => [
          key,
          looseValue(
            member,
            elided,
            `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
          ),
        ]),
      );
    }
  }
}

/** Text cut short: `sess_...`, `4bf92f…`, `<message type>`. */
function isAbbreviated(text: string): boolean {
  return text.includes("...") || text.includes("…") || /^<.*>$/.test(text);
}
