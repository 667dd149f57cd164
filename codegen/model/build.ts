import { createHash } from "node:crypto";
import { readAbnf } from "../parse/abnf.js";
import type { Facts, FenceFact } from "../parse/facts.js";
import { childOf, nearest, pointerKeys, readJson, valueOf, type JsonNode } from "../parse/json.js";
import type { Report } from "../parse/report.js";
import { readTrace } from "../parse/trace.js";
import type { Draft, ExampleText, GrammarText, JsonText, SchemaText } from "./draft.js";
import { readTables } from "./rows.js";
import type { JsonSchema } from "./schema.js";
import type { Level, Model, Position, Requirement, SchemaBlock, Side, Trace } from "./types.js";

const LEVELS: readonly string[] = [
  "MUST",
  "MUST NOT",
  "SHOULD",
  "SHOULD NOT",
  "MAY",
] satisfies Level[];
const SIDES: readonly (readonly [string, Side])[] = [
  ["The runtime", "runtime"],
  ["The client", "client"],
  ["Both peers", "both"],
  ["A receiver", "both"],
  ["An agent", "agent"],
  ["An operator", "operator"],
];

/** Joins facts into a draft; what does not fit is reported and left out. */
export function buildDraft(facts: Facts, report: Report): Draft {
  const file = facts.source.path;
  const revision = revisionOf(facts, report);
  const version = versionOf(facts, revision);
  const schemas = new Map<string, SchemaText>();
  const schemaNames = new Set<string>();
  const examples: ExampleText[] = [];
  const grammar: GrammarText[] = [];
  const traces: Trace[] = [];

  for (const fence of facts.fences) {
    const { role, position, section } = fence;
    if (role.kind === "schema") {
      const taken = schemaNames.has(role.of);
      if (taken) {
        const fix = "keep one of them";
        report("duplicate-name", position, `${role.of} has a second schema`, fix);
      }
      schemaNames.add(role.of);
      const json = readFence(fence, report);
      if (json === undefined || taken) continue;
      if (json.type !== "object") {
        const message = `the schema of ${role.of} is no object`;
        report("malformed-schema", fence.at(json.start), message, "write a JSON Schema");
        continue;
      }
      const schema = valueOf(json) as JsonSchema;
      schemas.set(role.of, { of: role.of, schema, position, section, fence, json });
    } else if (role.kind === "example") {
      const json = readFence(fence, report);
      if (json === undefined) continue;
      const { kind: _kind, ...named } = role;
      examples.push({ ...named, value: valueOf(json), position, section, fence, json });
    } else if (role.kind === "trace") {
      const { id, requirements } = role;
      traces.push({ id, requirements, ...readTrace(fence, report), position, section });
    } else grammar.push(...readGrammar(fence, report));
  }

  return {
    facts,
    file,
    revision,
    version,
    hash: createHash("sha256").update(facts.source.text).digest("hex"),
    sections: facts.headings.flatMap(({ number, title, anchor, position }) =>
      number === undefined || anchor === undefined ? [] : [{ number, title, anchor, position }],
    ),
    ...readTables(facts, version, report),
    schemas,
    schemaNames,
    examples,
    grammar,
    traces,
    requirements: facts.requirements.flatMap((fact) => {
      const requirement = readRequirement(fact, report);
      return requirement === undefined ? [] : [requirement];
    }),
    fieldTables: facts.tables.flatMap(({ kind, subject, rows, lines, position, section }) =>
      kind === "fields" && lines !== undefined
        ? [
            {
              of: subject,
              rows: rows.map(({ cells }) => cells.map(({ source }) => source)),
              lines,
              position,
              section,
            },
          ]
        : [],
    ),
  };
}

/**
 * The model of a draft; undefined without a readable envelope. Messages and kinds without a schema
 * are left out, so generate from a model only when there was no finding.
 */
export function buildModel(draft: Draft): Model | undefined {
  const envelope = draft.schemas.get("Envelope");
  if (envelope === undefined) return undefined;
  const withSchema = <T extends object>(name: string, row: T) => {
    const schema = draft.schemas.get(name);
    return schema === undefined ? [] : [{ ...row, schema: plain(schema) }];
  };
  const { file, hash, revision, version, sections, traces } = draft;
  const { errors, features, namespaces, limits } = draft;
  return {
    revision,
    version,
    file,
    hash,
    sections,
    envelope: plain(envelope),
    messages: unique(draft.messages, "type").flatMap((row) => withSchema(row.type, row)),
    kinds: unique(draft.kinds, "kind").flatMap((row) => withSchema(row.kind, row)),
    definitions: [...draft.schemas.values()]
      .filter(({ of }) => /^[A-Z]/.test(of) && of !== "Envelope")
      .map((text) => ({
        name: text.of,
        id: text.schema["x-arcp-id"] === true,
        schema: plain(text),
        position: text.position,
        section: text.section,
      })),
    errors: unique(errors, "code"),
    features: unique(features, "flag"),
    namespaces: unique(namespaces, "namespace"),
    machines: draft.machines,
    limits: unique(limits, "name"),
    requirements: unique(draft.requirements, "id"),
    examples: draft.examples.map(({ fence: _fence, json: _json, ...example }) => example),
    rules: draft.grammar.map(({ rule }) => rule),
    traces,
    fieldTables: draft.fieldTables,
  };
}

function plain({ of, schema, position, section }: SchemaText): SchemaBlock {
  return { of, schema, position, section };
}

/** Where the value at a JSON pointer stands; where there is none, its nearest ancestor. */
export function positionIn(text: JsonText, pointer: string): Position {
  const { start, end } = nearest(text.json, pointerKeys(pointer));
  const { line, column } = text.fence.at(end);
  return { ...text.fence.at(start), end: { line, column } };
}

/** Where a key of the object at a JSON pointer stands; where there is none, the object or its nearest ancestor. */
export function keyPosition(text: JsonText, pointer: string, key: string): Position {
  const node = nearest(text.json, pointerKeys(pointer));
  const member =
    node.type === "object" && childOf(node, key)
      ? node.members.find((one) => one.key === key)
      : undefined;
  return text.fence.at(member?.keyStart ?? node.start);
}

function unique<T>(items: readonly T[], key: keyof T): T[] {
  return [...new Map(items.toReversed().map((item) => [item[key], item])).values()].toReversed();
}

/** The revision that a file is called by; undefined for what has not the name of a draft. */
export function revisionInName(path: string): string | undefined {
  return /(?:^|\/)draft-(?:[a-z]+-)?(\d+(?:\.\d+)*)\.md$/.exec(path)?.[1];
}

/** A draft is called as it is; whatever else a file is called, a copy or a date, its title tells. */
function revisionOf(facts: Facts, report: Report): string {
  const inName = revisionInName(facts.source.path);
  const title = facts.title ?? "";
  const inTitle = /\b(?:draft|revision) (\d+(?:\.\d+)*)/i.exec(title) ?? /(\d+\.\d+)/.exec(title);
  const found = inName ?? inTitle?.[1];
  if (found !== undefined) return found;
  const message = "this file does not say which revision it is";
  report("missing-revision", facts.source.at(0), message, "call it draft-arcp-1.1.md, say");
  return "";
}

/** Drafts have been counted otherwise than versions: the title of such a one ends in `version 1.0`. */
function versionOf(facts: Facts, revision: string): string {
  return /\bversion (\d+\.\d+)/.exec(facts.title ?? "")?.[1] ?? revision;
}

function readFence(fence: FenceFact, report: Report): JsonNode | undefined {
  const { node, problems } = readJson(fence.text);
  for (const { kind, offset, message } of problems) {
    if (kind === "duplicate-key") report(kind, fence.at(offset), message, "keep one of them");
    else report("invalid-json", fence.at(offset), message, "write strict JSON");
  }
  return node;
}

function readGrammar(fence: FenceFact, report: Report): GrammarText[] {
  const { rules, problems } = readAbnf(fence.text);
  for (const { offset, message } of problems) {
    report("malformed-grammar", fence.at(offset), message, "write ABNF as in RFC 5234");
  }
  const { section } = fence;
  return rules.map((abnf) => {
    const rule = {
      name: abnf.name,
      expression: abnf.text,
      position: fence.at(abnf.offset),
      section,
    };
    return { rule, abnf, fence };
  });
}

function readRequirement(
  fact: Facts["requirements"][number],
  report: Report,
): Requirement | undefined {
  const { id, sentence, keywords, feature, position, section } = fact;
  const side = SIDES.find(([words]) => sentence.startsWith(`${words} `))?.[1];
  const [level] = keywords;
  const complain = (message: string, fix: string): undefined => {
    report("requirement-malformed", position, message, fix);
  };
  if (side === undefined) {
    const starts = SIDES.map(([words]) => `"${words}"`).join(", ");
    return complain(`${id} does not say whom it binds`, `start it with ${starts}`);
  }
  if (level === undefined) return complain(`${id} orders nothing`, "use MUST, SHOULD or MAY once");
  if (keywords.length > 1) {
    return complain(`${id} orders ${keywords.length} things (${keywords.join(", ")})`, "split it");
  }
  if (!LEVELS.includes(level)) {
    return complain(`${id} says ${level}`, `use ${LEVELS.join(", ")}`);
  }
  return { id, level: level as Level, side, feature, sentence, position, section };
}
