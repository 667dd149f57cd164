import { fieldRows, renderFieldTable } from "./model/fieldtable.js";
import type { JsonSchema } from "./model/schema.js";
import { isObject } from "./model/subset.js";
import type { Diagnostic } from "./model/types.js";
import { readJson, valueOf } from "./parse/json.js";
import { parseSpec } from "./parse/markdown.js";

/** A spec with its field tables written from their schemas. */
export interface Formatted {
  readonly text: string;
  /** Subjects of the tables that changed, in the order of the text. */
  readonly changed: readonly string[];
  /** Why nothing could be read, if so. */
  readonly unreadable?: readonly Diagnostic[];
}

/**
 * Writes the table under each `<!-- arcp:fields NAME -->` from the schema of that name, and touches
 * nothing else. A table whose schema cannot be read stays as it is. Run twice, it changes nothing
 * the second time.
 */
export function formatSpec(file: { readonly path: string; readonly text: string }): Formatted {
  const { facts, diagnostics } = parseSpec(file.path, file.text);
  if (!facts.readable) return { text: file.text, changed: [], unreadable: diagnostics };
  const schemas = new Map<string, JsonSchema>();
  for (const { role, text } of facts.fences) {
    if (role.kind !== "schema" || schemas.has(role.of)) continue;
    const { node } = readJson(text);
    const schema = node && valueOf(node);
    if (isObject(schema)) schemas.set(role.of, schema);
  }

  const { source } = facts;
  const edits = facts.tables.flatMap((table) => {
    const schema = table.kind === "fields" ? schemas.get(table.subject) : undefined;
    if (schema === undefined) return [];
    const indent = " ".repeat(table.directive.column - 1);
    const lines = renderFieldTable(fieldRows(schema)).map((line) => indent + line);
    const [first, last] = table.lines ?? [table.directive.line + 1, table.directive.line];
    if (source.lines.slice(first - 1, last).join("\n") === lines.join("\n")) return [];
    const added = table.lines === undefined;
    const followed = (source.lines[last] ?? "").trim() !== "";
    const written = added ? ["", ...lines, ...(followed ? [""] : [])] : lines;
    return [{ subject: table.subject, first, last, written }];
  });

  const result = [...source.lines];
  for (const { first, last, written } of edits.toReversed()) {
    result.splice(first - 1, last - first + 1, ...written);
  }
  const changed = edits.map(({ subject }) => subject);
  const text = edits.length === 0 ? file.text : result.join(source.eol);
  return { text, changed };
}
