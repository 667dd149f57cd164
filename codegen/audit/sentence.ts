/**
 * The sentences of a text that order something: those with a keyword of RFC 2119, in capitals and outside of code, and
 * those that say without one what is done: "rejected with `INVALID_REQUEST`" binds as much.
 */
import { normativeKeywords } from "../parse/keywords.js";
import { fingerprint } from "./facts.js";
import type { Sentence } from "./facts.js";
import { plainText } from "./page.js";
import type { Section, Span } from "./page.js";

/** Stands for each character of code: no keyword, no end of a sentence, but a fine beginning of one. */
const CODE = "\uE000";
const END = /[.!?][)"'\]]*(?=\s+["'(<[]*(?:[\p{Lu}\p{N}\uE000]|v\d))/gu;
/** Full stops that end nothing. */
const ABBREVIATION =
  /\b(?:e\.g|i\.e|[Ee]tc|vs|[Cc]f|[Rr]esp|No|[Ss]ec|[Ff]ig|approx|incl|\p{Lu})\.$/u;
/** What is done to a request, or by a peer, in a sentence without a keyword. */
const DONE =
  /\b(?:is|are|be) (?:rejected|refused|returned|reserved|ignored|replayed|fixed|dropped|discarded)\b|\b(?:returns|rejects|refuses|replays|rotates|acknowledges|inherits|carries|rejected with)\b/;
/** Drafts also shout a plain "does NOT". */
const PLAIN_NOT = /\b(?:is|are|does|do|will|can)\s+NOT\b/g;

/** The orders in a paragraph, an item or a cell. `fieldItem`: REQUIRED and OPTIONAL in it speak of a field, and are facts. */
export function readSentences(
  spans: readonly Span[],
  {
    section,
    lead = [],
    fieldItem = false,
  }: { section: Section; lead?: readonly Span[]; fieldItem?: boolean },
): Sentence[] {
  const text = spans.map((span) => span.text).join("");
  const mask = spans
    .map((span) => (span.code ? CODE.repeat(span.text.length) : span.text))
    .join("");
  const found: Sentence[] = [];
  let start = 0;
  for (const end of [...ends(mask), text.length]) {
    const piece = mask.slice(start, end);
    const ordered = keywordsOf(piece).filter((word) => !(fieldItem && isPresence(word)));
    const keywords = ordered.length === 0 && DONE.test(piece) ? ["says"] : ordered;
    const written = text.slice(start, end).replace(/\s+/g, " ").trim();
    const inside = spansBetween(spans, start, end);
    if (keywords.length > 0 && !isPresenceOnly(keywords, inside)) {
      found.push({
        text: written,
        lead: plainText(lead).replace(/\s+/g, " ").trim(),
        keywords,
        names: [...lead, ...inside].flatMap((span) => (span.code ? [span.text] : [])),
        line: lineAt(spans, start + (piece.length - piece.trimStart().length)),
        section: section.number,
        title: section.title,
        hash: fingerprint(written),
      });
    }
    start = end;
  }
  return found;
}

function ends(mask: string): number[] {
  return [...mask.matchAll(END)].flatMap((match) => {
    const end = match.index + match[0].length;
    return ABBREVIATION.test(mask.slice(Math.max(0, match.index - 12), match.index + 1))
      ? []
      : [end];
  });
}

/** Keywords in quotes are spoken about, not said. */
function keywordsOf(text: string): string[] {
  const said = normativeKeywords(text).filter(
    ({ offset }) => !/["“'*]/.test(text[offset - 1] ?? ""),
  );
  return [...said.map(({ keyword }) => keyword), ...[...text.matchAll(PLAIN_NOT)].map(() => "NOT")];
}

function isPresence(keyword: string): boolean {
  return keyword === "REQUIRED" || keyword === "OPTIONAL";
}

/** "`total` is OPTIONAL" says something of a field and nothing else. */
function isPresenceOnly(keywords: readonly string[], spans: readonly Span[]): boolean {
  return keywords.every(isPresence) && presences(spans).length > 0;
}

/** A field that a text names, and the line of its name. */
export interface Named {
  readonly name: string;
  readonly line: number;
}

/** The fields that a text calls REQUIRED or OPTIONAL. */
export function presences(spans: readonly Span[]): { names: Named[]; required: boolean }[] {
  return spans.flatMap((span, index) => {
    const said = span.code
      ? null
      : /^\s+(?:field |array |list |object )?(?:is|are)\s+(OPTIONAL|REQUIRED)\b/.exec(span.text);
    const names = said === null ? [] : namesBefore(spans, index);
    return names.length > 0 ? [{ names, required: said?.[1] === "REQUIRED" }] : [];
  });
}

/** "`a`, `b`, and `c` fields": all that are named so. */
export function calledFields(spans: readonly Span[]): Named[][] {
  return spans.flatMap((span, index) => {
    if (span.code || !/^\s+(?:fields?|members?|properties)\b/.test(span.text)) return [];
    const names = namesBefore(spans, index);
    return names.length > 1 ? [names] : [];
  });
}

/** The code spans that stand in a row before a piece of prose. */
function namesBefore(spans: readonly Span[], index: number): Named[] {
  const names: Named[] = [];
  for (let at = index - 1; at >= 0; at -= 2) {
    const name = spans[at];
    if (!name?.code) break;
    names.unshift({ name: name.text, line: name.line });
    if (!/^,?\s+(?:and|or)\s+$|^,\s+$/.test(spans[at - 1]?.text ?? "")) break;
  }
  return names;
}

function spansBetween(spans: readonly Span[], start: number, end: number): Span[] {
  const inside: Span[] = [];
  let at = 0;
  for (const span of spans) {
    const from = Math.max(start, at);
    const to = Math.min(end, at + span.text.length);
    if (from < to) inside.push({ ...span, text: span.text.slice(from - at, to - at) });
    at += span.text.length;
  }
  return inside;
}

function lineAt(spans: readonly Span[], offset: number): number {
  let at = 0;
  for (const span of spans) {
    if (offset < at + span.text.length) {
      return span.line + (span.code ? 0 : span.text.slice(0, offset - at).split("\n").length - 1);
    }
    at += span.text.length;
  }
  return spans.at(-1)?.line ?? 1;
}
