import type { Code } from "mdast";
import type { Position } from "../model/types.js";
import type { FenceRole } from "./facts.js";
import { quote, type Report } from "./report.js";
import type { Source } from "./source.js";

const ATTRIBUTE = /([^\s="]+)(?:=(?:"([^"]*)"|([^\s"]+)))?|\S/g;
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const INVALID = /^(?<pointer>(?:\/\S*)?) ?(?<keyword>[A-Za-z]+)$/;

/** The attributes that each role allows; those with `true` are needed. */
const roles = {
  schema: { of: true },
  example: { of: true, id: true, invalid: false, req: false },
  grammar: { rules: true },
  trace: { id: true, req: false },
} as const;

/**
 * What a fence is, by its language and meta string; undefined for one that is not ours (another
 * language, `json ignore`) and for one that is reported.
 */
export function readRole(code: Code, position: Position, report: Report): FenceRole | undefined {
  const language = code.lang ?? "";
  const words = [...(code.meta ?? "").matchAll(ATTRIBUTE)];
  const attributes = new Map(words.map((word) => [word[1] ?? word[0], word[2] ?? word[3]]));
  const complain = (message: string, fix: string): undefined => {
    report("fence-without-role", position, message, fix);
  };

  let kind: keyof typeof roles;
  if (language === "json") {
    const found = (["schema", "example", "ignore"] as const).filter((role) => attributes.has(role));
    const role = found[0];
    if (found.length !== 1 || role === undefined || words[0]?.[0] !== role) {
      return complain(
        "this json fence does not say what it is",
        "write `json schema of=NAME`, `json example of=NAME id=ID` or `json ignore`",
      );
    }
    if (role === "ignore") return undefined;
    attributes.delete(role);
    kind = role;
  } else if (language === "abnf") kind = "grammar";
  else if (language === "trace") kind = "trace";
  else if (/^json[5cl]$/i.test(language) || language === "JSON") {
    return complain(`${language} is not read`, "write strict JSON in a `json` fence with a role");
  } else return undefined;

  const allowed: Readonly<Record<string, boolean>> = roles[kind];
  for (const [name, value] of attributes) {
    if (!Object.hasOwn(allowed, name)) {
      return complain(
        `a ${kind} fence has no attribute ${quote(name)}`,
        `write ${Object.keys(allowed).join("=, ")}= only`,
      );
    }
    if (value === undefined || value === "") {
      return complain(`the attribute ${name} has no value`, `write ${name}=…`);
    }
  }
  for (const [name, needed] of Object.entries(allowed)) {
    if (needed && !attributes.has(name)) {
      return complain(`this ${kind} fence has no ${name}=`, `write ${name}=… behind the language`);
    }
  }

  const of = attributes.get("of") ?? "";
  const id = attributes.get("id") ?? "";
  const requirements = list(attributes.get("req"));
  if (kind === "schema") return { kind, of };
  if (kind === "grammar") return { kind, rules: list(attributes.get("rules")) };
  if (!KEBAB.test(id)) {
    return complain(`the id ${quote(id)} is not kebab-case`, "write lower case words with hyphens");
  }
  if (kind === "trace") return { kind, id, requirements };
  const invalid = attributes.get("invalid");
  if (invalid === undefined) return { kind, of, id, invalid, requirements };
  const declared = INVALID.exec(invalid)?.groups;
  if (declared === undefined) {
    return complain(
      `${quote(invalid)} is no pointer and keyword`,
      'write invalid="/payload/agent required", say',
    );
  }
  const { pointer = "", keyword = "" } = declared;
  return { kind, of, id, invalid: { pointer, keyword }, requirements };
}

/**
 * Maps offsets in a fence's text to positions in the file: what precedes a line (the indent of a
 * list item, the mark of a quotation) has been taken away by Markdown.
 */
export function createFenceMap(code: Code, source: Source): (offset: number) => Position {
  const first = (code.position?.start.line ?? 1) + 1;
  const lines = code.value.split("\n");
  const starts: number[] = [];
  let start = 0;
  for (const line of lines) {
    starts.push(start);
    start += line.length + 1;
  }
  return (offset) => {
    let index = starts.findLastIndex((from) => from <= offset);
    if (index < 0) index = 0;
    const raw = source.lines[first - 1 + index] ?? "";
    const taken = Math.max(0, raw.length - (lines[index] ?? "").length);
    const column = taken + offset - (starts[index] ?? 0) + 1;
    return { file: source.path, line: first + index, column };
  };
}

function list(value: string | undefined): string[] {
  return (value ?? "").split(",").filter((item) => item !== "");
}
