/** What else the spec says against a wrong cell: an example, a trace, another table, a word that is used. */
import { rules } from "../../codegen/model/rules/index.js";
import type { Draft } from "../../codegen/model/draft.js";
import { createReport } from "../../codegen/parse/report.js";
import type { Notice } from "./mutant.js";

/** The first finding of the lint. Whether the lock, the rulings and older drafts fit is not asked: no cell of a table is in them. */
export function contradiction(draft: Draft): Notice | undefined {
  const { diagnostics, report } = createReport();
  const beside = { lock: undefined, rulings: undefined, citations: {}, older: [] };
  for (const rule of rules) {
    rule(draft, report, beside);
    const [found] = diagnostics;
    if (found !== undefined) return { by: "rule", where: `${found.rule}: ${found.message}` };
  }
  return undefined;
}
