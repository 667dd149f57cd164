/**
 * The patch of our spec that would follow from an audit, for a person to read: rows, members of schemas, requirements
 * with the next free id. It carries names, types and lines of the draft; the sentences are the reader's to write.
 */
import type { Draft, SchemaText } from "../model/draft.js";
import type { Position } from "../model/types.js";
import { formatHunk, hunks } from "../diff.js";
import type { Fact } from "./facts.js";
import type { Row } from "./matrix.js";
import type { Audit, SentenceVerdict } from "./result.js";

type Facts = ReadonlyMap<string, Fact>;

/** Lines to put behind a line of our spec (0-based count of lines above). */
interface Insertion {
  readonly after: number;
  readonly lines: readonly string[];
}

/**
 * A unified diff of our spec; "" if nothing follows. It is made for `git apply`, and never applied here. Above it stands,
 * behind `#`, what has no place in our spec yet.
 *
 * @param ids those of the requirements of all our drafts: one that another draft has means what it means there
 */
export function suggest(audit: Audit, draft: Draft, text: string, ids: readonly string[]): string {
  const lines = text.split("\n");
  const beyond = new Set(audit.differences.map(({ key }) => key));
  const rows = audit.rows.filter(
    ({ kind, name, verdict }) =>
      verdict === "only-theirs" && beyond.has(`only-theirs:${kind}:${name}`),
  );
  const facts = new Map(
    (audit.facts?.facts ?? []).map((fact) => [`${fact.kind}:${fact.name}`, fact]),
  );
  const placed = rows.map((row) => ({ row, insertions: forRow(row, facts, rows, draft, lines) }));
  const insertions = [
    ...placed.flatMap((entry) => entry.insertions),
    ...forSentences(audit.sentences, beyond, { draft, ids }, lines),
  ];
  const grouped = new Map<number, string[]>();
  for (const { after, lines: fresh } of insertions)
    grouped.set(after, [...(grouped.get(after) ?? []), ...fresh]);
  const after = lines.flatMap((line, index) => {
    const fresh = grouped.get(index + 1);
    if (fresh === undefined) return [line];
    const continues = fresh.some((added) => added.startsWith(MEMBER)) && !/[{,]$/.test(line);
    return [continues ? `${line},` : line, ...finish(fresh)];
  });
  const changes = hunks(text, after.join("\n"));
  // What stands before a patch is left out by whoever applies it.
  const left = placed.flatMap(({ row, insertions: own }) =>
    own.length === 0 && !ownerIsNew(row, rows)
      ? [`# no place for it yet: ${row.kind} ${row.name}`]
      : [],
  );
  const said = left.map((line) => `${line}\n`).join("");
  if (changes.length === 0) return said;
  const head = [`--- a/${draft.file}`, `+++ b/${draft.file}`];
  return `${said}${[...head, ...changes.map((hunk) => formatHunk(hunk, ""))].join("\n")}\n`;
}

/** A member of a message that is new itself stands in the schema of that. */
function ownerIsNew({ kind, name }: Row, rows: readonly Row[]): boolean {
  const [owner, ...path] = name.split("/");
  return (
    kind === "field" &&
    path.length === 1 &&
    rows.some((row) => row.kind !== "field" && row.name === owner)
  );
}

/** Marks a line that is a member of a JSON object, until the commas are known. */
const MEMBER = "\u0000";

/** Puts commas between members, and none behind the last. */
function finish(lines: readonly string[]): string[] {
  return lines.map((line, index) => {
    if (!line.startsWith(MEMBER)) return line;
    const more = lines.slice(index + 1).some((next) => next.startsWith(MEMBER));
    return `${line.slice(MEMBER.length)}${more ? "," : ""}`;
  });
}

function forRow(
  row: Row,
  facts: Facts,
  rows: readonly Row[],
  draft: Draft,
  lines: readonly string[],
): Insertion[] {
  const { kind, name } = row;
  const where = `line ${row.theirs[0]?.line ?? 0} of the draft`;
  const since = draft.version;
  switch (kind) {
    case "message":
    case "kind": {
      const table = kind === "message" ? draft.messages : draft.kinds;
      const family =
        table.findLast(
          (entry) => "type" in entry && entry.type.split(".")[0] === name.split(".")[0],
        ) ?? table.at(-1);
      if (family === undefined) return [];
      const cells =
        kind === "message"
          ? `both | ${since} |  | ${name.startsWith("job.") ? "yes" : "no"} | no |  | See ${where}.`
          : `${since} |  | See ${where}.`;
      return [
        ...rowBehind(family.position, `| \`${name}\` | ${cells} |`, lines),
        {
          after: endOfSection(family.section, draft, lines),
          lines: schemaBlock(name, rows, facts),
        },
      ];
    }
    case "error":
      return rowBehind(
        draft.errors.at(-1)?.position,
        `| \`${name}\` | no | ${since} | See ${where}. | See ${where}. |`,
        lines,
      );
    case "feature":
      return rowBehind(
        draft.features.at(-1)?.position,
        `| \`${name}\` | ${since} |  | See ${where}. |`,
        lines,
      );
    case "namespace":
      return rowBehind(
        draft.namespaces.at(-1)?.position,
        `| \`${name}\` | ${since} |  | \`name\` | See ${where}. |`,
        lines,
      );
    case "field":
      return forField(name, facts, where, draft, lines);
    case "rule":
      return [];
  }
}

function rowBehind(
  position: Position | undefined,
  row: string,
  lines: readonly string[],
): Insertion[] {
  if (position === undefined) return [];
  let last = position.line;
  while (lines[last]?.startsWith("|")) last += 1;
  return [{ after: last, lines: [row] }];
}

/** A message or kind that we do not have, with the members that the draft shows. */
function schemaBlock(name: string, rows: readonly Row[], facts: Facts): string[] {
  const own = rows.filter(
    (row) =>
      row.kind === "field" && row.name.startsWith(`${name}/`) && row.name.split("/").length === 2,
  );
  const members = own.map(({ name: field, theirs }, index) => {
    const said = memberText(field, `line ${theirs[0]?.line ?? 0} of the draft`, facts);
    return `    ${said}${index < own.length - 1 ? "," : ""}`;
  });
  const properties =
    members.length === 0 ? ['  "properties": {}'] : ['  "properties": {', ...members, "  }"];
  const schema = ["{", '  "type": "object",', ...properties, "}"];
  return ["", `\`\`\`json schema of=${name}`, ...schema, "```", "", `<!-- arcp:fields ${name} -->`];
}

function memberText(field: string, where: string, facts: Facts): string {
  const types = facts.get(`field:${field}`)?.types ?? [];
  const type =
    types.length === 0 ? "" : `"type": ${JSON.stringify(types.length === 1 ? types[0] : types)}, `;
  return `"${field.slice(field.lastIndexOf("/") + 1)}": { ${type}"description": "See ${where}." }`;
}

/** A member behind the last one of its object. Below a part that we do not have there is no place for it yet. */
function forField(
  name: string,
  facts: Facts,
  where: string,
  draft: Draft,
  lines: readonly string[],
): Insertion[] {
  const [subject = "", ...path] = name.replaceAll("[]", "").split("/");
  const schema = draft.schemas.get(subject);
  const key = path.pop();
  if (schema === undefined || key === undefined) return [];
  const properties = propertiesAt(schema, path);
  const last = properties?.members.at(-1);
  if (properties === undefined || last === undefined) return [];
  const end = schema.fence.at(last.node.end).line;
  // An object on one line has no line to put a member behind.
  if (schema.fence.at(properties.end).line === end) return [];
  const indent = /^\s*/.exec(lines[schema.fence.at(last.keyStart).line - 1] ?? "")?.[0] ?? "";
  return [{ after: end, lines: [`${MEMBER}${indent}${memberText(name, where, facts)}`] }];
}

function propertiesAt({ json }: SchemaText, path: readonly string[]) {
  const child = (node: SchemaText["json"] | undefined, key: string) =>
    node?.type === "object" ? node.members.find((member) => member.key === key)?.node : undefined;
  let node: SchemaText["json"] | undefined = json;
  for (const step of path) {
    node = child(child(node, "properties"), step);
    node = child(node, "items") ?? node;
  }
  const properties = child(node, "properties");
  return properties?.type === "object" ? properties : undefined;
}

function endOfSection(section: string, draft: Draft, lines: readonly string[]): number {
  const start = draft.sections.find(({ number }) => number === section)?.position.line ?? 1;
  const next =
    draft.sections.find(({ position }) => position.line > start)?.position.line ?? lines.length + 1;
  let end = next - 1;
  while (end > start && lines[end - 1]?.trim() === "") end -= 1;
  return end;
}

/** Requirements with the next id that no draft has, of the mnemonic that the nearest ones bear. */
function forSentences(
  sentences: readonly SentenceVerdict[],
  beyond: ReadonlySet<string>,
  { draft, ids }: { readonly draft: Draft; readonly ids: readonly string[] },
  lines: readonly string[],
): Insertion[] {
  const next = new Map<string, number>();
  for (const id of ids) {
    const [mnemonic = "", number = "0"] = id.split("-");
    next.set(mnemonic, Math.max(next.get(mnemonic) ?? 1, Number(number) + 1));
  }
  return sentences.flatMap(({ sentence, verdict, matched, near }): Insertion[] => {
    // One that matches has to be read, and most often asks for nothing new.
    if (verdict === "matched" || !beyond.has(`sentence:${sentence.hash}`)) return [];
    const [best] = [...matched, ...near];
    const neighbour = draft.requirements.find(({ id }) => id === best?.id);
    if (neighbour === undefined) return [];
    const [mnemonic = ""] = neighbour.id.split("-");
    const peers = draft.requirements.filter(
      ({ id, section }) => id.startsWith(`${mnemonic}-`) && section === neighbour.section,
    );
    let end = Math.max(...peers.map(({ position }) => position.line));
    while (/^\s+\S/.test(lines[end] ?? "")) end += 1;
    const missing = sentence.keywords.slice(
      matched.length > 0 ? Math.min(matched.length, sentence.keywords.length - 1) : 0,
    );
    return missing.map((keyword) => {
      const number = next.get(mnemonic) ?? 1;
      next.set(mnemonic, number + 1);
      const plain = sentence.names.filter((name) => /^[\w.]+$/.test(name));
      const names = [...new Set(plain)].slice(0, 6).map((name) => `\`${name}\``);
      const about = names.length > 0 ? ` (it names ${names.join(", ")})` : "";
      const level = LEVELS[keyword] ?? keyword;
      const id = `${mnemonic}-${String(number).padStart(2, "0")}`;
      return {
        after: end,
        lines: [
          `- **${id}** ${SIDES[neighbour.side]} ${level} … what line ${sentence.line} of the draft says${about}.`,
        ],
      };
    });
  });
}

/** What our requirements call what a draft calls otherwise. */
const LEVELS: Readonly<Record<string, string>> = {
  says: "MUST",
  NOT: "MUST NOT",
  SHALL: "MUST",
  "SHALL NOT": "MUST NOT",
  REQUIRED: "MUST",
  RECOMMENDED: "SHOULD",
  OPTIONAL: "MAY",
};

const SIDES = {
  runtime: "The runtime",
  client: "The client",
  both: "Both peers",
  agent: "An agent",
  operator: "An operator",
} as const;
