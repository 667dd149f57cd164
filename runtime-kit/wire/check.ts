import {
  PROTOCOL_VERSION,
  validateEventBody,
  validateMessage,
} from "../../generated/current/index.js";
import { ArcpError } from "./errors.js";

/**
 * Refuses an event that this runtime would have to be ashamed of: a body that its kind does not have,
 * a kind that is neither the draft's nor a vendor's. §8.2
 */
export function checkEvent(kind: string, body: unknown): void {
  const problems = validateEventBody(kind, body);
  if (problems === undefined) {
    if (kind.startsWith("x-vendor.")) return;
    throw invalid(`unknown event kind ${kind}; a vendor's begins with x-vendor.`, {});
  }
  const [first] = problems;
  if (first === undefined) return;
  const path = `/body${first.path}`;
  throw invalid(`event ${kind}: ${path}: expected ${first.expected}, got ${first.actual}`, {
    path,
    section: first.section,
  });
}

/** Refuses what a client's `job.submit` would be refused with for its form. §7.1 */
export function checkSubmission(payload: object): void {
  const id = "msg_delegated";
  const found = validateMessage({ arcp: PROTOCOL_VERSION, id, type: "job.submit", payload });
  const first = found.kind === "invalid" ? found.problems[0] : undefined;
  if (first === undefined) return;
  const { path, section } = first;
  const text = `${path}: expected ${first.expected}, got ${first.actual}`;
  throw invalid(text, { path, section });
}

function invalid(text: string, details: Readonly<Record<string, unknown>>): ArcpError {
  return new ArcpError("INVALID_REQUEST", text, { details });
}
