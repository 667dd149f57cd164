/** Names in running text: in code spans, which is where drafts put them. */
import type { Around, DeclarationReader } from "./declared.js";
import type { FactStore, Silent } from "./facts.js";
import { readLoosely } from "./lenient.js";
import type { LooseNode } from "./loose.js";
import type { Ours } from "./ours.js";
import type { Span } from "./page.js";
import { calledFields, presences } from "./sentence.js";
import type { Named } from "./sentence.js";
import type { Names } from "./words.js";

interface Reading {
  readonly ours: Ours;
  readonly store: FactStore;
  readonly names: Names;
  readonly around: Around;
  readonly declared: DeclarationReader;
}

/** Reads the code spans of a text. What says nothing is passed on: nothing is left out in silence. */
export function readProse(
  spans: readonly Span[],
  reading: Reading,
  pass: (what: Silent["what"], text: string, line: number) => void,
): void {
  for (const [index, span] of spans.entries()) {
    if (!span.code) continue;
    const before = proseBefore(spans, index);
    const after = spans[index + 1]?.text ?? "";
    if (!readName(span, before, after, spans, reading)) pass("code", span.text, span.line);
  }
  const placeOf = (names: readonly Named[]) =>
    reading.declared.placeOf(
      names.map(({ name }) => name),
      { ...reading.around, lead: [] },
    );
  for (const names of calledFields(spans)) {
    const place = placeOf(names);
    for (const { name, line } of names) {
      const field = place && reading.ours.member(place, name);
      if (field !== undefined) reading.store.add("field", field.name, { form: "prose", line });
    }
  }
  for (const { names, required } of presences(spans)) {
    const place = placeOf(names);
    for (const { name, line } of names) {
      const field = place && reading.ours.member(place, name);
      const evidence = { form: "prose", line } as const;
      reading.store.add("field", field?.name ?? `?/${name}`, evidence, { required });
    }
  }
}

/** The words before a code span, up to the one before it: emphasis cuts them in pieces. */
function proseBefore(spans: readonly Span[], index: number): string {
  const start = spans.slice(0, index).findLastIndex(({ code }) => code) + 1;
  return spans
    .slice(start, index)
    .map(({ text }) => text)
    .join("");
}

/** Whether a span says something that we understand. */
function readName(
  { text, line }: Span,
  before: string,
  after: string,
  spans: readonly Span[],
  { ours, store, names, around, declared }: Reading,
): boolean {
  const evidence = { form: "prose", line } as const;
  const flagged = /\bflags?\W*$/i.test(before) || /^\W*(?:feature\s+)?flags?\b/i.test(after);
  if (flagged && /^[a-z][\w.]*$/.test(text)) {
    store.add("feature", text, evidence);
    return true;
  }
  // Rules of a grammar are called what fields are called: `agent`, `name`.
  const known = names.known(text).filter((kind) => kind !== "rule" || !ours.fieldNames.has(text));
  if (known.length > 0) {
    for (const kind of known) {
      // A flag that shares its name with a namespace, a kind or a message's last word is meant only where it says so.
      if (kind !== "feature" || known.length === 1) store.add(kind, text, evidence);
    }
    return true;
  }
  const formed = names.byForm(text);
  if (formed !== undefined && ours.fieldNames.has(text) === false) {
    store.add(formed, text, evidence);
    return true;
  }
  if (readPath(text, line, { ours, store, names })) return true;
  if (names.isOurWord(text)) return true;
  if (/[{[:=(]/.test(text)) return readInline(text, line, { ours, store, names });
  const calledField =
    /\bfields?\s*$/i.test(before) || /^\s+(?:field|member|property|parameter)\b/i.test(after);
  if (calledField && /^[a-z][a-z0-9_]*$/.test(text)) {
    const place = declared.placeOf([text], { ...around, lead: spans });
    const member = place && ours.member(place, text);
    store.add("field", member?.name ?? `?/${text}`, evidence);
    return true;
  }
  return false;
}

type Partly = Pick<Reading, "ours" | "store" | "names">;

/** `job.result.payload.result_id`, `session.welcome.payload.capabilities.agents`. */
function readPath(text: string, line: number, { ours, store, names }: Partly): boolean {
  const steps = text.split(".");
  for (let length = steps.length - 1; length > 0; length -= 1) {
    const subject = steps.slice(0, length).join(".");
    const kinds = names.known(subject);
    if (!kinds.includes("message") && !(kinds.includes("kind") && length === 1)) continue;
    const rest = steps
      .slice(length)
      .filter((step, index) => !(index === 0 && (step === "payload" || step === "body")));
    store.add(kinds.includes("message") ? "message" : "kind", subject, { form: "prose", line });
    if (rest.length === 0) return true;
    let place = ours.place(subject);
    for (const [index, step] of rest.entries()) {
      const member = ours.member(place, step.replace(/\[\]$/, ""));
      if (member === undefined) return true;
      if (index === rest.length - 1) store.add("field", member.name, { form: "prose", line });
      place = member.place;
    }
    return true;
  }
  // `payload.auth.token`, `lease_constraints.expires_at`: a path of names that we have.
  return steps.length > 1 && steps.every((step) => ours.fieldNames.has(step));
}

/** `final_status: "error"`, `{ "code": "X" }`, `["USD:5.00"]`: values within a line. */
function readInline(text: string, line: number, { ours, store, names }: Partly): boolean {
  const { values, problem } = readLoosely(text);
  if (problem !== undefined) return false;
  let understood = false;
  const visit = (node: LooseNode): void => {
    if (node.type === "array") for (const item of node.items) visit(item);
    if (node.type === "choice") for (const option of node.options) visit(option);
    if (node.type !== "object") return;
    for (const { key, node: value } of node.members) {
      const text = value.type === "scalar" && typeof value.value === "string" ? value.value : "";
      if (key === "code" && /^[A-Z][A-Z0-9_]{2,}$/.test(text))
        store.add("error", text, { form: "prose", line });
      const kinds = names.known(key);
      for (const kind of kinds)
        if (kind === "namespace") store.add(kind, key, { form: "prose", line });
      understood ||= kinds.length > 0 || ours.fieldNames.has(key);
      visit(value);
    }
  };
  for (const value of values) visit(value);
  return understood;
}
