import { Limits, SUPPORTED_VERSIONS, validateMessage } from "../../generated/current/index.js";
import type { ErrorCode, Message, Problem, UnknownMessage } from "../../generated/current/index.js";
import { deeperThan, nonFinite } from "./json.js";
import { clip, harmless } from "./text.js";
import { traceIdOf } from "./trace.js";

/** A frame that is not a message, and what to answer. §6.8 */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** The `id` of the frame, where it could be read. */
  readonly requestId: string | undefined;
  /** How the frame names the protocol, where that could be read. */
  readonly version?: string;
  /** What the frame calls itself, where that could be read. */
  readonly type?: string;
}

/** What a frame is: a message of this revision, another message, or none. §5 */
export type Decoded =
  | { readonly ok: true; readonly known: true; readonly message: Message }
  | { readonly ok: true; readonly known: false; readonly message: UnknownMessage }
  | { readonly ok: false; readonly fault: Fault };

/** Levels of nesting that a frame may have. */
export interface DecodeLimits {
  readonly maxDepth: number;
}

const DEFAULT_LIMITS: DecodeLimits = { maxDepth: Limits.maxDepth };

/**
 * The message in a frame of text, or the fault to answer. Liberal here, so that the rest need not be:
 * a `trace_id` of another form counts as absent (W-04), and a `job_id` that stands in the envelope
 * or in the payload stands in both afterwards (W-16). Of duplicate keys the last one counts. §5
 */
export function decode(text: string, limits: DecodeLimits = DEFAULT_LIMITS): Decoded {
  if (deeperThan(text, limits.maxDepth)) {
    const words = `nested deeper than ${limits.maxDepth} levels`;
    return refuse(words, { limit: "max_depth" }, headOf(text));
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("the frame is not JSON", { section: "5.2" });
  }
  const conflict = isObject(value) ? normalise(value) : undefined;
  if (conflict !== undefined) return refuse(conflict, { path: "/job_id", section: "5.1" }, value);
  const verdict = validateMessage(value);
  if (verdict.kind === "invalid") return invalid(verdict.problems, value);
  if (verdict.kind === "unknown") return { ok: true, known: false, message: verdict.message };
  const infinite =
    verdict.message.type === "job.submit" ? nonFinite(verdict.message.payload.input) : undefined;
  if (infinite !== undefined) {
    const path = clip(`/payload/input${infinite}`, POINTER_LENGTH);
    return refuse(
      `${harmless(path)}: a number beyond the range of JSON's readers`,
      { path },
      value,
    );
  }
  return { ok: true, known: true, message: verdict.message };
}

type Loose = Record<string, unknown>;

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Brings the tolerated forms into the strict one; returns what contradicts itself. */
function normalise(envelope: Loose): string | undefined {
  if (envelope["trace_id"] !== undefined) {
    const traceId = traceIdOf(envelope["trace_id"]);
    if (traceId === undefined) delete envelope["trace_id"];
    else envelope["trace_id"] = traceId;
  }
  const payload = envelope["payload"];
  if (!isObject(payload) || !isJobMessage(envelope["type"])) return undefined;
  const inside = payload["job_id"];
  const outside = envelope["job_id"];
  if (inside === undefined && outside !== undefined) payload["job_id"] = outside;
  else if (outside === undefined) {
    // What is no id is told of where it stands, not where it would have been copied to.
    if (isId(inside)) envelope["job_id"] = inside;
  } else if (inside !== outside && typeof inside === "string")
    return "/job_id and /payload/job_id name different jobs";
  return undefined;
}

function isJobMessage(type: unknown): boolean {
  return typeof type === "string" && type.startsWith("job.") && type !== "job.submit";
}

function invalid(problems: readonly Problem[], value: unknown): Decoded {
  const first = problems[0]!;
  const path = clip(first.path, POINTER_LENGTH);
  const details: Loose = { path, keyword: first.code, section: first.section };
  if (first.path === "/arcp") details["supported"] = SUPPORTED_VERSIONS;
  const text =
    first.path === "/arcp"
      ? `/arcp: this peer speaks ${SUPPORTED_VERSIONS.join(" and ")}`
      : `${path === "" ? "the frame" : harmless(path)}: expected ${first.expected}, got ${first.actual} (§${first.section})`;
  return refuse(text, details, value);
}

/** A pointer is as long as the keys that the client made up; this much of it is told. */
const POINTER_LENGTH = 256;

function refuse(message: string, details: Loose, value?: unknown): Decoded {
  const { id, arcp, type }: Loose = isObject(value) ? value : {};
  const fault: Fault = {
    code: "INVALID_REQUEST",
    message,
    details,
    requestId: isId(id) ? id : undefined,
    ...(typeof arcp === "string" ? { version: arcp } : {}),
    ...(typeof type === "string" ? { type } : {}),
  };
  return { ok: false, fault };
}

/** As much of a frame as is looked at for the id of a request that cannot be parsed, in UTF-16 units. */
const HEAD_LENGTH = 1024;

/** One member of an object whose value is neither object nor array; its key and its value. */
const PLAIN_MEMBER = /\s*("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*"|[-+.\w]+)\s*,/y;

/**
 * `id` and `arcp` among the plain members with which a frame begins, so that whoever waits for the answer to a
 * frame that is too deep to be parsed has one (SERR-02), in its own words.
 */
function headOf(text: string): Loose {
  const head = text.slice(0, HEAD_LENGTH);
  const members: Loose = {};
  PLAIN_MEMBER.lastIndex = head.indexOf("{") + 1;
  for (let found = PLAIN_MEMBER.exec(head); found !== null; found = PLAIN_MEMBER.exec(head)) {
    try {
      const key: unknown = JSON.parse(found[1]!);
      if (key === "id" || key === "arcp") members[key] = JSON.parse(found[2]!);
    } catch {
      break;
    }
  }
  return members;
}

/** Counted in characters, as the schemas do: one beyond the 16 bits of UTF-16 is one (ENV-07). */
function isId(value: unknown): value is string {
  if (typeof value !== "string" || value === "") return false;
  if (value.length <= Limits.maxIdLength) return true;
  return value.length <= 2 * Limits.maxIdLength && [...value].length <= Limits.maxIdLength;
}
