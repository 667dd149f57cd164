import { fieldRows } from "../fieldtable.js";
import type { Rule } from "./rule.js";

/** Field tables say what the schemas say. */
export const fieldTableRules: Rule = ({ facts, schemas }, report) => {
  for (const { kind, subject, rows, lines, directive, position } of facts.tables) {
    const text = kind === "fields" ? schemas.get(subject) : undefined;
    if (text === undefined) continue;
    const fix = "run `npm run spec:fmt`";
    if (lines === undefined) {
      report("stale-field-table", directive, `the field table of ${subject} is missing`, fix);
      continue;
    }
    const expected = fieldRows(text.schema);
    const differs = (row: number): boolean =>
      rows[row]?.cells.map(({ source }) => fold(source)).join("\n") !==
      expected[row]?.map(fold).join("\n");
    const count = Math.max(rows.length, expected.length);
    const row = Array.from({ length: count }, (_, index) => index).find(differs);
    if (row === undefined) continue;
    const field = expected[row]?.[0] ?? rows[row]?.cells[0]?.source ?? "";
    const message = `the field table of ${subject} differs from its schema at ${field}`;
    report("stale-field-table", rows[row]?.position ?? position, message, fix);
  }
};

function fold(cell: string): string {
  return cell.replace(/\s+/g, " ").trim();
}
