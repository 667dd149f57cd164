/** The text of a session that is kept between processes: written whole, read with suspicion. */
import { Feature } from "../../generated/current/index.js";
import type { JobId, PayloadOf, SessionId, TraceId } from "../../generated/current/index.js";
import type { FormerSession } from "../sessions/client-state.js";
import { ConnectionError } from "../wire/errors.js";
import { isPlain } from "../wire/options.js";
import type { Job } from "./job.js";

/** What it takes to submit the same again: the key is in the payload. */
export interface KeptSubmission {
  readonly trace_id?: TraceId;
  readonly payload: PayloadOf<"job.submit">;
}

/** A job whose end was not read. */
export interface KeptJob {
  readonly job_id: JobId;
  /** As it was asked for. */
  readonly submission: KeptSubmission;
  /** What `job.accepted` said, without its secrets. */
  readonly accepted: Job["accepted"];
  readonly read_seq: number;
  /** The number of the first piece of its result, once it is being streamed. */
  readonly result_from?: number;
}

/** A submit that may have arrived, and was not answered. */
export interface KeptSubmit extends KeptSubmission {
  /** Its message's id, by which it is repeated. */
  readonly id: string;
  /** Nobody wants the job: it is to be cancelled when it is found. */
  readonly abandoned?: true;
}

/** A session as it is kept. */
export interface KeptSession {
  readonly session_id: SessionId;
  readonly resume_token: string;
  readonly features: readonly Feature[];
  /** Everything up to here was read, or is nobody's to read. */
  readonly last_event_seq: number;
  readonly jobs: readonly KeptJob[];
  readonly unanswered: readonly KeptSubmit[];
}

const FORMAT = "arcp-session";
const VERSION = 1;

export function textOfKept(kept: KeptSession): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...kept }, undefined, 1)}\n`;
}

/** Reads what `textOfKept` wrote. Throws a `ConnectionError` `NOT_KEPT` that says what is wrong; nothing is mended. */
export function keptOfText(text: string, place: string): KeptSession {
  const bad = (why: string): ConnectionError =>
    new ConnectionError(
      "NOT_KEPT",
      `${place} ${why}; it was left as it is: put it right, or remove it to begin anew`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw bad(`is damaged: ${(error as Error).message}`);
  }
  if (!isPlain(value) || value["format"] !== FORMAT) throw bad("is no session of arcp");
  if (value["version"] !== VERSION) {
    const version = JSON.stringify(value["version"]);
    throw bad(`has the version ${version}, and this arcp reads and writes ${VERSION}`);
  }
  const problem = problemOf(value, SESSION);
  if (problem !== undefined) throw bad(`is damaged: ${problem}`);
  const { session_id, resume_token, features, last_event_seq, jobs, unanswered } =
    value as unknown as KeptSession;
  return { session_id, resume_token, features, last_event_seq, jobs, unanswered };
}

/** What the machine goes on with. Pieces of a result that was not read to its end are asked for again, all of them. */
export function formerOf(kept: KeptSession): FormerSession {
  return {
    id: kept.session_id,
    resumeToken: kept.resume_token,
    features: kept.features,
    lastSeq: kept.last_event_seq,
    jobs: kept.jobs.map(({ job_id }) => job_id),
    unanswered: kept.unanswered.map(({ id, abandoned = false, ...submission }) => ({
      id,
      draft: { type: "job.submit", ...submission },
      abandoned,
    })),
  };
}

type Shape = Readonly<Record<string, (value: unknown) => string | undefined>>;

const isText = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? undefined : "must be a text";
const isSeq = (value: unknown): string | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : "must be a number";
const maybe =
  (check: (value: unknown) => string | undefined) =>
  (value: unknown): string | undefined =>
    value === undefined ? undefined : check(value);
const each =
  (check: (value: unknown) => string | undefined) =>
  (value: unknown): string | undefined => {
    if (!Array.isArray(value)) return "must be a list";
    for (const [at, one] of value.entries()) {
      const problem = check(one);
      if (problem !== undefined) return `entry ${at} ${problem}`;
    }
    return undefined;
  };
const shaped =
  (shape: Shape) =>
  (value: unknown): string | undefined =>
    isPlain(value) ? problemOf(value, shape) : "must be an object";

function problemOf(value: Readonly<Record<string, unknown>>, shape: Shape): string | undefined {
  for (const [name, check] of Object.entries(shape)) {
    const problem = check(value[name]);
    if (problem !== undefined) return `${name} ${problem}`;
  }
  return undefined;
}

const KNOWN: ReadonlySet<unknown> = new Set(Object.values(Feature));
const isFeature = (value: unknown): string | undefined =>
  KNOWN.has(value) ? undefined : "is a feature that is not known here";

const SUBMISSION: Shape = {
  trace_id: maybe(isText),
  payload: shaped({ agent: isText, idempotency_key: isText }),
};
const SESSION: Shape = {
  session_id: isText,
  resume_token: isText,
  features: each(isFeature),
  last_event_seq: isSeq,
  jobs: each(
    shaped({
      job_id: isText,
      submission: shaped(SUBMISSION),
      accepted: shaped({ lease: (value) => (isPlain(value) ? undefined : "must be an object") }),
      read_seq: isSeq,
      result_from: maybe(isSeq),
    }),
  ),
  unanswered: each(shaped({ id: isText, ...SUBMISSION })),
};
