// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { Message, UnknownMessage } from "../messages.js";
import { validateEnvelope } from "./envelope.js";
import { validateJobAccepted } from "./job-accepted.js";
import { validateJobCancel } from "./job-cancel.js";
import { validateJobError } from "./job-error.js";
import { validateJobEvent } from "./job-event.js";
import { validateJobResult } from "./job-result.js";
import { validateJobSubmit } from "./job-submit.js";
import { validateKindArtifactRef } from "./kind-artifact-ref.js";
import { validateKindDelegate } from "./kind-delegate.js";
import { validateKindLog } from "./kind-log.js";
import { validateKindMetric } from "./kind-metric.js";
import { validateKindStatus } from "./kind-status.js";
import { validateKindThought } from "./kind-thought.js";
import { validateKindToolCall } from "./kind-tool-call.js";
import { validateKindToolResult } from "./kind-tool-result.js";
import { validateSessionBye } from "./session-bye.js";
import { validateSessionError } from "./session-error.js";
import { validateSessionHello } from "./session-hello.js";
import { validateSessionWelcome } from "./session-welcome.js";
import { problems } from "./problems.js";
import type { Problem } from "./problems.js";
import type { Failure } from "./support.js";

export type { Problem } from "./problems.js";
export type { Failure } from "./support.js";
export {
  validateEnvelope,
  validateJobAccepted,
  validateJobCancel,
  validateJobError,
  validateJobEvent,
  validateJobResult,
  validateJobSubmit,
  validateKindArtifactRef,
  validateKindDelegate,
  validateKindLog,
  validateKindMetric,
  validateKindStatus,
  validateKindThought,
  validateKindToolCall,
  validateKindToolResult,
  validateSessionBye,
  validateSessionError,
  validateSessionHello,
  validateSessionWelcome,
};

/** What a value turned out to be. */
export type Validated =
  | { readonly kind: "known"; readonly message: Message }
  | { readonly kind: "unknown"; readonly message: UnknownMessage }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/**
 * Tells whether a value is a message of this revision, one of a type that it does not know, or neither.
 * Members that the schemas do not name are ignored, and so is the body of an event whose kind is unknown.
 * A message of a job may name it in the envelope or in its payload: where the envelope does not, the
 * result is a copy whose envelope does; everything else is the value itself.
 */
export function validateMessage(x: unknown): Validated {
  if (!validateEnvelope(x)) return refuse(x, x, "", validateEnvelope, "5.1");
  const payload: unknown = x.payload;
  switch (x.type) {
    case "session.hello":
      if (!validateSessionHello(payload)) {
        return refuse(x, payload, "/payload", validateSessionHello, "6.2");
      }
      return known(x);
    case "session.welcome":
      if (!validateSessionWelcome(payload)) {
        return refuse(x, payload, "/payload", validateSessionWelcome, "6.2");
      }
      return known(x);
    case "session.bye":
      if (!validateSessionBye(payload)) {
        return refuse(x, payload, "/payload", validateSessionBye, "6.4");
      }
      return known(x);
    case "session.error":
      if (!validateSessionError(payload)) {
        return refuse(x, payload, "/payload", validateSessionError, "6.5");
      }
      return known(x);
    case "job.submit":
      if (!validateJobSubmit(payload)) {
        return refuse(x, payload, "/payload", validateJobSubmit, "7.1");
      }
      return known(x);
    case "job.accepted":
      if (!validateJobAccepted(payload)) {
        return refuse(x, payload, "/payload", validateJobAccepted, "7.1");
      }
      return ofJob(x, payload.job_id, "7.1");
    case "job.cancel":
      if (!validateJobCancel(payload)) {
        return refuse(x, payload, "/payload", validateJobCancel, "7.4");
      }
      if (x.job_id === undefined) return missing(x, "job_id", "7.4");
      return known(x);
    case "job.event": {
      if (!validateJobEvent(payload)) {
        return refuse(x, payload, "/payload", validateJobEvent, "8.1");
      }
      const body = bodies.get(payload.kind);
      if (body !== undefined && !body.check(payload.body)) {
        return refuse(x, payload.body, "/payload/body", body.check, body.section);
      }
      if (x.event_seq === undefined) return missing(x, "event_seq", "8.1");
      if (x.job_id === undefined) return missing(x, "job_id", "8.1");
      return known(x);
    }
    case "job.result":
      if (!validateJobResult(payload)) {
        return refuse(x, payload, "/payload", validateJobResult, "8.1");
      }
      if (x.event_seq === undefined) return missing(x, "event_seq", "8.1");
      if (x.job_id === undefined) return missing(x, "job_id", "8.1");
      return known(x);
    case "job.error":
      if (!validateJobError(payload)) {
        return refuse(x, payload, "/payload", validateJobError, "8.1");
      }
      if (x.event_seq === undefined) return missing(x, "event_seq", "8.1");
      if (x.job_id === undefined) return missing(x, "job_id", "8.1");
      return known(x);
    default:
      return { kind: "unknown", message: x };
  }
}

/**
 * What is wrong with the body of an event of a kind: nothing (an empty list), or problems whose pointers
 * start at the body. `undefined` for a kind that this revision does not know.
 */
export function validateEventBody(kind: string, body: unknown): readonly Problem[] | undefined {
  const known = bodies.get(kind);
  if (known === undefined) return undefined;
  if (known.check(body)) return FINE;
  const found: Failure[] = [];
  known.check(body, found);
  return problems(body, "", found, known.section);
}

const FINE: readonly Problem[] = [];

/** A validator, seen from here. */
type Check = (data: unknown, found?: Failure[]) => boolean;

/** A map, since the kind comes from the wire: `constructor` is no kind. */
const bodies: ReadonlyMap<string, { readonly check: Check; readonly section: string }> = new Map([
  ["log", { check: validateKindLog, section: "8.2.1" }],
  ["thought", { check: validateKindThought, section: "8.2.2" }],
  ["tool_call", { check: validateKindToolCall, section: "8.2.3" }],
  ["tool_result", { check: validateKindToolResult, section: "8.2.4" }],
  ["status", { check: validateKindStatus, section: "8.2.5" }],
  ["metric", { check: validateKindMetric, section: "8.2.6" }],
  ["artifact_ref", { check: validateKindArtifactRef, section: "8.2.7" }],
  ["delegate", { check: validateKindDelegate, section: "8.2.8" }],
]);

/** Runs the validator again, now asking why: only a message that is wrong pays for the words. */
function refuse(x: unknown, part: unknown, base: string, check: Check, section: string): Validated {
  const found: Failure[] = [];
  check(part, found);
  return { kind: "invalid", problems: problems(x, base, found, section) };
}

function missing(x: UnknownMessage, name: string, section: string): Validated {
  const found = [{ path: [], keyword: "required", expected: name }];
  return { kind: "invalid", problems: problems(x, "", found, section) };
}

function known(x: UnknownMessage): Validated {
  return { kind: "known", message: x as Message };
}

function ofJob(x: UnknownMessage, job: string | undefined, section: string): Validated {
  if (x.job_id !== undefined) return known(x);
  if (job === undefined) return missing(x, "job_id", section);
  return known({ ...x, job_id: job });
}
