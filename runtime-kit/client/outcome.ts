import { CONTENT_TYPE_FIELD } from "../jobs/chunks.js";
import { errorOf } from "../sessions/client-requests.js";
import { member } from "../sessions/client-correlate.js";
import type { Numbered } from "../sessions/client-state.js";
import type { ArcpError } from "../wire/errors.js";

/** How a job ended, as its terminal tells it. §7.3 */
export type Outcome =
  | {
      readonly ok: true;
      readonly status: "success";
      /** Present where the result stands in the terminal itself. */
      readonly inline?: { readonly value: unknown };
      readonly resultId: string | undefined;
      readonly size: number | undefined;
      readonly summary: string | undefined;
      /** The chunks hold a value as JSON, not text. */
      readonly json: boolean;
    }
  | { readonly ok: false; readonly status: string; readonly error: ArcpError };

/** Codes for a `job.result` that is no success, by its status. */
const CODES: ReadonlyMap<string, string> = new Map([
  ["cancelled", "CANCELLED"],
  ["timed_out", "TIMEOUT"],
]);

/** Reads a terminal, in the draft's form and in those of deployed runtimes. §7.3 (W-36) */
export function outcomeOf(message: Exclude<Numbered, { type: "job.event" }>): Outcome {
  const status = message.payload.final_status;
  if (message.type === "job.error") {
    return { ok: false, status, error: errorOf(message.payload) };
  }
  const { payload } = message;
  if (status !== "success") {
    const told = member(payload, "code") ?? member(member(payload, "error"), "code");
    const nested = member(payload, "error");
    const error = errorOf({
      ...(typeof nested === "object" ? nested : {}),
      ...payload,
      code: typeof told === "string" ? told : (CODES.get(status) ?? "INTERNAL_ERROR"),
      message: firstText(payload, nested) ?? `the job ended with final_status ${status}`,
    });
    return { ok: false, status, error };
  }
  const key = ["result", "output", "value"].find((name) => Object.hasOwn(payload, name));
  const inline = key === undefined ? {} : { inline: { value: member(payload, key) } };
  const { result_id: resultId, result_size: size, summary } = payload;
  const json = member(payload, CONTENT_TYPE_FIELD) === "application/json";
  return { ok: true, status, ...inline, resultId, size, summary, json };
}

/** What a subscriber is told who may no longer look on: the code that a new subscribe would be refused with. §7.6 */
export function withheldError(jobId: string, body: unknown): ArcpError {
  const code = member(body, "code");
  return errorOf({
    code: typeof code === "string" ? code : "PERMISSION_DENIED",
    message: `job ${jobId} may no longer be looked at`,
    retryable: false,
  });
}

function firstText(payload: object, nested: unknown): string | undefined {
  const texts = [member(payload, "message"), member(nested, "message"), member(payload, "summary")];
  return texts.find((text) => typeof text === "string");
}
