import { createSource } from "../parse/source.js";
import type { TextFile } from "./read.js";
import type { RuleId } from "./rules/ids.js";
import type { Diagnostic, Position } from "./types.js";

const RULE: RuleId = "broken-succession";

/** A draft by its name, and its text. */
interface Named {
  readonly name: string;
  readonly spec: TextFile;
}

/** The drafts from the first to the newest; by their names where `findings` say that they are no chain. */
export interface Succession<T> {
  readonly ordered: readonly T[];
  /** By the name of the draft that they speak of. */
  readonly findings: ReadonlyMap<string, readonly Diagnostic[]>;
}

interface Link<T> {
  readonly draft: T;
  /** The draft that it replaces, and where it says so. */
  readonly replaces: { readonly name: string; readonly position: Position } | undefined;
}

const REPLACES = /^( {0,3})<!--\s*arcp:replaces\s+(\S+)\s*-->\s*$/;

/**
 * Puts drafts in the order that they say: each but the first has `<!-- arcp:replaces NAME -->` below its title, and the
 * newest is the one that nobody replaces. Names tell nothing: draft 02 is older than 1.1, and 03 would be newer.
 */
export function succession<T extends Named>(drafts: readonly T[]): Succession<T> {
  const links = drafts.map(linkOf).sort((a, b) => (a.draft.name < b.draft.name ? -1 : 1));
  const byName = new Map(links.map((link) => [link.draft.name, link]));
  const successors = (name: string): Link<T>[] =>
    links.filter(({ replaces }) => replaces?.name === name);
  const findings = new Map<string, Diagnostic[]>();
  const report = ({ draft, replaces }: Link<T>, message: string, fix: string): void => {
    const position = replaces?.position ?? { file: draft.spec.path, line: 1, column: 1 };
    const found = findings.get(draft.name) ?? [];
    findings.set(draft.name, [...found, { rule: RULE, position, message, fix }]);
  };

  for (const link of links) {
    const { name } = link.draft;
    const before = link.replaces?.name;
    if (before === undefined) continue;
    const rivals = successors(before).filter((other) => other !== link);
    if (!byName.has(before)) {
      const others = links.filter((other) => other !== link).map(({ draft }) => draft.name);
      const fix = `name one of ${others.join(", ") || "those in spec/"}, or leave the comment out if ${name} is the first`;
      report(link, `${name} replaces ${before}, and there is no draft-arcp-${before}.md`, fix);
    } else if (comesBack(link, byName)) {
      report(link, `${name} replaces ${before}, which comes after it`, `name the one before it`);
    } else if (rivals.length > 0) {
      const names = [link, ...rivals].map(({ draft }) => draft.name).sort();
      const fix = `let one of them replace the other: only one draft can be the newest`;
      report(link, `${names.join(" and ")} both replace ${before}`, fix);
    }
  }
  const first = links.filter(({ replaces }) => replaces === undefined);
  const replaced = first.filter(({ draft }) => successors(draft.name).length > 0);
  for (const link of first) {
    const others = (replaced.length > 0 ? replaced : first.slice(0, 1)).filter((it) => it !== link);
    const [other] = others;
    if (other === undefined || (replaced[0] ?? first[0]) === link) continue;
    const message = `${link.draft.name} does not say which draft it replaces, and neither does ${other.draft.name}`;
    report(
      link,
      message,
      "put <!-- arcp:replaces NAME --> below the title: only the first has none",
    );
  }

  const ordered: T[] = [];
  let next = findings.size === 0 ? first[0] : undefined;
  for (; next !== undefined; [next] = successors(next.draft.name)) ordered.push(next.draft);
  return { ordered: findings.size === 0 ? ordered : links.map(({ draft }) => draft), findings };
}

/** What the head of a draft says: what stands above its first section. */
function linkOf<T extends Named>(draft: T): Link<T> {
  const { path, text } = draft.spec;
  for (const [index, line] of createSource(path, text).lines.entries()) {
    if (/^ {0,3}##/.test(line)) break;
    const [, indent = "", name] = REPLACES.exec(line) ?? [];
    if (name === undefined) continue;
    const position = { file: path, line: index + 1, column: indent.length + 1 };
    return { draft, replaces: { name, position } };
  }
  return { draft, replaces: undefined };
}

/** Whether who follows what each replaces meets the same draft again. */
function comesBack<T>(link: Link<T>, byName: ReadonlyMap<string, Link<T>>): boolean {
  const seen = new Set<Link<T>>();
  let at: Link<T> | undefined = link;
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    at = at.replaces && byName.get(at.replaces.name);
  }
  return at === link;
}
