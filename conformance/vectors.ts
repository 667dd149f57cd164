/** How the files in `vectors/` write long texts and long lists; their README.md says it in words. */

/** A text, or pieces of one to be joined. */
export type Text =
  string | readonly (string | { readonly repeat: string; readonly times: number })[];

/** Patterns, some of them several times over. */
export type Patterns = readonly (Text | { readonly copies: number; readonly pattern: Text })[];

/** One attack on a lease, and the answer that a runtime has to give. */
export interface Attack {
  readonly id: string;
  readonly attack: string;
  readonly lease: Readonly<Record<string, Patterns>>;
  readonly namespace: string;
  readonly target: Text;
  readonly answer: string;
}

/** The whole of a text. */
export function joined(text: Text): string {
  if (typeof text === "string") return text;
  return text.map((p) => (typeof p === "string" ? p : p.repeat.repeat(p.times))).join("");
}

/** A lease as it goes on the wire. */
export function leaseOf(lease: Attack["lease"]): Record<string, string[]> {
  return Object.fromEntries(Object.entries(lease).map(([name, items]) => [name, listed(items)]));
}

/** The whole of a list. */
export function listed(patterns: Patterns): string[] {
  return patterns.flatMap((item) =>
    typeof item === "object" && "copies" in item
      ? Array.from({ length: item.copies }, () => joined(item.pattern))
      : [joined(item)],
  );
}
