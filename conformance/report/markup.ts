/** HTML put together so that nothing gets in unescaped: only `markup` makes `Markup`, and it escapes every string. */
import { escape } from "./escape.js";

/** A piece of HTML that is safe to put into another. */
export interface Markup {
  readonly html: string;
}

type Value = string | number | Markup | readonly Markup[];

/** A template whose strings and numbers are escaped and whose markup is taken as it is. */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const pieces = strings.map((text, i) => text + (i < values.length ? show(values[i]!) : ""));
  return { html: pieces.join("") };
}

function show(value: Value): string {
  if (typeof value === "string" || typeof value === "number") return escape(String(value));
  return "html" in value ? value.html : value.map(({ html }) => html).join("");
}
