/** What came over the wire, read without trusting it. */

/** A message as it arrived: only `type` and `payload` are certain to have their JSON type. */
export interface WireMessage {
  readonly [member: string]: unknown;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** One text frame of a connection. */
export interface Frame {
  /** Order of arrival on its connection, from 0. */
  readonly index: number;
  /** Milliseconds since the check began. */
  readonly at: number;
  readonly text: string;
  /** Whether it came as a binary frame, or as a line that is not UTF-8, which no message may. §4.1, §4.2 */
  readonly binary: boolean;
  readonly message: WireMessage;
}

/** The type given to a frame that is not a JSON object with a `type`. */
export const unreadable = "(unreadable)";

/** Whether `value` is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads one frame; what is no message becomes one of type `(unreadable)`. */
export function readFrame(text: string): WireMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { type: unreadable, payload: {} };
  }
  if (!isRecord(value) || typeof value["type"] !== "string") {
    return { type: unreadable, payload: {} };
  }
  return {
    ...value,
    type: value["type"],
    payload: isRecord(value["payload"]) ? value["payload"] : {},
  };
}

/** The job that a message belongs to, from the envelope or else the payload. §5 */
export function jobIdOf(message: WireMessage): string | undefined {
  const id = message["job_id"] ?? message.payload["job_id"];
  return typeof id === "string" ? id : undefined;
}

/** The request that a reply names, if it names one: `request_id`, also in `details`, and the words that others use. */
export function requestIdOf(message: WireMessage): string | undefined {
  const details = message.payload["details"];
  const candidates = [
    message.payload["request_id"],
    isRecord(details) ? details["request_id"] : undefined,
    message.payload["reply_to"],
    message["reply_to"],
    message["correlation_id"],
  ];
  return candidates.find((c): c is string => typeof c === "string");
}

/** The message's number in its session, if it has one. §8.3 */
export function seqOf(message: WireMessage): number | undefined {
  return typeof message["event_seq"] === "number" ? message["event_seq"] : undefined;
}

/** Whether the message carries a number of the session's sequence: events and terminals. §8.3 */
export function isNumbered(message: WireMessage): boolean {
  return (
    message.type === "job.event" || message.type === "job.result" || message.type === "job.error"
  );
}

/** Whether the message ends its job. §7.3 */
export function isTerminal(message: WireMessage): boolean {
  return message.type === "job.result" || message.type === "job.error";
}
