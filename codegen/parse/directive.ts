import type { Html } from "mdast";
import type { Position } from "../model/types.js";
import { tableHeaders, tablesWithSubject, type TableKind } from "./facts.js";
import { quote, type Report } from "./report.js";

const DIRECTIVE = /^<!--\s*arcp:(?<kind>[a-z]+)(?:\s+(?<subject>\S+))?\s*-->$/;

/** What an `<!-- arcp:… -->` comment orders. */
export type Directive =
  | { readonly order: "table"; readonly kind: TableKind; readonly subject: string }
  | { readonly order: "informative" }
  | { readonly order: "gated"; readonly feature: string }
  | { readonly order: "replaces"; readonly draft: string };

/** True for a comment that means us, rightly written or not. */
export function isDirective(html: string): boolean {
  return /<!--\s*arcp\b/i.test(html);
}

/** Reads a directive comment. One that means nothing is reported. */
export function readDirective(
  html: Html,
  position: Position,
  report: Report,
): Directive | undefined {
  const groups = DIRECTIVE.exec(html.value.trim())?.groups;
  const kind = groups?.["kind"] ?? "";
  const subject = groups?.["subject"] ?? "";
  const words = [...Object.keys(tableHeaders), "informative", "gated", "replaces"];
  const complain = (message: string, fix: string): undefined => {
    report("unknown-directive", position, message, fix);
  };
  if (groups === undefined) {
    const fix = "write it alone on its line: <!-- arcp:KIND --> or <!-- arcp:KIND subject -->";
    return complain(`${quote(html.value)} is no directive`, fix);
  }
  if (!words.includes(kind)) {
    return complain(`there is no directive arcp:${kind}`, `write one of ${words.join(", ")}`);
  }
  const wantsSubject =
    kind === "gated" || kind === "replaces" || tablesWithSubject.has(kind as TableKind);
  if (wantsSubject !== (subject !== "")) {
    return wantsSubject
      ? complain(`arcp:${kind} does not say of what`, `write <!-- arcp:${kind} NAME -->`)
      : complain(`arcp:${kind} takes no subject`, `write <!-- arcp:${kind} -->`);
  }
  if (kind === "informative") return { order: "informative" };
  if (kind === "gated") return { order: "gated", feature: subject };
  if (kind === "replaces") return { order: "replaces", draft: subject };
  return { order: "table", kind: kind as TableKind, subject };
}
