import { PROTOCOL_VERSION } from "../../generated/current/index.js";
import type { Message, MessageType, PayloadOf } from "../../generated/current/index.js";

/** What may stand in an envelope besides type and payload. */
export type EnvelopeFields = Readonly<Record<string, unknown>>;

/**
 * A whole message from its type and payload; `id` is `msg_1` unless the envelope has another. The payload is
 * checked by the compiler, not at run time. §5.1
 *
 * ```ts
 * decode(JSON.stringify(message("job.cancel", { job_id: "job_1" }, { session_id: "sess_1" })));
 * ```
 */
export function message<T extends MessageType>(
  type: T,
  payload: PayloadOf<T>,
  envelope: EnvelopeFields = {},
): Message<T> {
  const whole = { arcp: PROTOCOL_VERSION, id: "msg_1", type, ...envelope, payload };
  // The pairing of type and payload is held by the signature; the spread loses it for the compiler.
  return whole as unknown as Message<T>;
}
