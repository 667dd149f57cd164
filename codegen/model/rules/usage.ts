import type { Draft } from "../draft.js";
import { isVendor } from "../draft.js";
import type { Position } from "../types.js";
import type { JsonNode } from "../../parse/json.js";
import type { Rule } from "./rule.js";

/** A name at a place that uses it. */
interface Use {
  readonly name: string;
  readonly position: Position;
}

interface Uses {
  readonly codes: readonly Use[];
  readonly features: readonly Use[];
  readonly kinds: readonly Use[];
  readonly messages: readonly Use[];
  /** Every word in code, in a heading or in a trace, but not where a table declares it. */
  readonly mentions: ReadonlySet<string>;
}

const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
const TOKEN = /[A-Za-z][\w.-]*/g;
/** Tables whose first column declares a name. */
const DECLARING: readonly string[] = [
  "messages",
  "kinds",
  "errors",
  "features",
  "namespaces",
  "limits",
];

/** What is used is declared, and what is declared is used. */
export const usageRules: Rule = (draft, report) => {
  const { codes, features, kinds, messages, mentions } = collect(draft);
  const { tentative } = draft;

  const undeclared = (
    rule: "undeclared-error-code" | "undeclared-feature" | "undeclared-kind" | "undeclared-message",
    what: string,
    uses: readonly Use[],
    declared: readonly string[],
  ): void => {
    for (const { name, position } of uses) {
      if (declared.includes(name) || isVendor(name) || tentative.has(name)) continue;
      const fix = `add a row to the table of ${what}s, or mend the name`;
      report(rule, position, `no table declares the ${what} ${name}`, fix);
    }
  };
  undeclared(
    "undeclared-error-code",
    "error code",
    codes,
    draft.errors.map(({ code }) => code),
  );
  undeclared(
    "undeclared-feature",
    "feature",
    features,
    draft.features.map(({ flag }) => flag),
  );
  undeclared(
    "undeclared-kind",
    "event kind",
    kinds,
    draft.kinds.map(({ kind }) => kind),
  );
  undeclared(
    "undeclared-message",
    "message",
    messages,
    draft.messages.map(({ type }) => type),
  );

  for (const { code, position } of draft.errors) {
    if (mentions.has(code)) continue;
    const fix = "say in a requirement when it is sent, or strike it";
    report("unused-error-code", position, `${code} is declared and used nowhere else`, fix);
  }
  for (const { flag, gates, position } of draft.features) {
    const column = [...draft.messages, ...draft.kinds, ...draft.namespaces, ...draft.facts.gates];
    const gating = gates.length > 0 || column.some(({ feature }) => feature === flag);
    if (gating || mentions.has(flag)) continue;
    const fix = "say what it gates, or strike it";
    report("unused-feature", position, `${flag} is declared and gates nothing`, fix);
  }
  for (const { kind, position } of draft.kinds) {
    if (mentions.has(kind)) continue;
    const fix = "say in the text what it is for, or strike it";
    report("unused-kind", position, `${kind} is declared and mentioned nowhere else`, fix);
  }
};

function collect(draft: Draft): Uses {
  const codes: Use[] = [];
  const features: Use[] = [];
  const kinds: Use[] = [];
  const messages: Use[] = [];
  const mentions = new Set<string>();
  const declared = new Set([
    ...draft.messages.map(({ type }) => type),
    ...draft.namespaces.map(({ namespace }) => namespace),
    ...draft.features.map(({ flag }) => flag),
    ...draft.limits.map(({ name }) => name),
  ]);
  // What begins like a message type is meant as one: `job.submitt`.
  const families = new Set(draft.messages.map(({ type }) => type.split(".")[0] ?? ""));
  const mention = (text: string): void => {
    for (const [token] of text.matchAll(TOKEN)) mentions.add(token.replace(/[.-]+$/, ""));
  };

  for (const { text, position, cell } of draft.facts.words) {
    const declares = cell !== undefined && cell.column === 0 && DECLARING.includes(cell.kind);
    if (declares) continue;
    mention(text);
    if (CODE.test(text)) codes.push({ name: text, position });
    const kind = /^"?kind"?:\s*"?([\w.-]+)"?$/.exec(text)?.[1];
    if (kind !== undefined) kinds.push({ name: kind, position });
    const [family, rest, ...more] = text.split(".");
    const looksLikeOne =
      families.has(family ?? "") && /^[a-z_]+$/.test(rest ?? "") && more.length === 0;
    const mustBeOne =
      (cell?.kind === "messages" && cell.column === 6) ||
      (cell?.kind === "features" && cell.column === 2 && !text.includes(":"));
    const mayBeOther = cell?.kind === "states" || declared.has(text);
    if (mustBeOne || (looksLikeOne && !mayBeOther)) messages.push({ name: text, position });
  }
  for (const { title } of draft.facts.headings) mention(title);
  for (const { feature } of draft.facts.gates) mentions.add(feature);

  for (const { of, json, fence, invalid } of draft.examples) {
    const isKind = draft.kinds.some(({ kind }) => kind === of);
    for (const { key, node, path } of members(json)) {
      const strings = (node.type === "array" ? node.items : [node]).flatMap((item) =>
        item.type === "scalar" && typeof item.value === "string"
          ? [{ name: item.value, position: fence.at(item.start) }]
          : [],
      );
      const isCode = key === "code" && node.type === "scalar";
      const isFeatures = key === "features" && node.type === "array";
      const isEventKind = key === "kind" && of === "job.event" && path === "/payload/kind";
      const into = isCode ? codes : isFeatures ? features : isEventKind ? kinds : undefined;
      if (into === undefined || (isKind && key === "kind")) continue;
      for (const use of strings) {
        mentions.add(use.name);
        const plausible = !isCode || /^[A-Z][A-Z0-9_]*$/.test(use.name);
        if (invalid === undefined && plausible) into.push(use);
      }
    }
  }

  for (const { steps } of draft.traces) {
    for (const { rest, position } of steps) {
      mention(rest);
      for (const match of rest.matchAll(/\b(code|kind):\s*"?([A-Za-z][\w.-]*)"?/g)) {
        (match[1] === "code" ? codes : kinds).push({ name: match[2] ?? "", position });
      }
      for (const match of rest.matchAll(/\bfeatures:\s*\[([^\]]*)\]/g)) {
        for (const [name] of (match[1] ?? "").matchAll(TOKEN)) features.push({ name, position });
      }
    }
  }
  return { codes, features, kinds, messages, mentions };
}

/** Every member of every object in a JSON text, with its JSON pointer. */
function* members(
  node: JsonNode,
  path = "",
): Generator<{ key: string; node: JsonNode; path: string }, void> {
  if (node.type === "array") {
    for (const [index, item] of node.items.entries()) yield* members(item, `${path}/${index}`);
  } else if (node.type === "object") {
    for (const { key, node: value } of node.members) {
      yield { key, node: value, path: `${path}/${key}` };
      yield* members(value, `${path}/${key}`);
    }
  }
}
