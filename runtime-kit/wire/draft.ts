import { PROTOCOL_VERSION } from "../../generated/current/index.js";
import type {
  ClientToRuntime,
  JobId,
  Message,
  PayloadOf,
  RuntimeToClient,
  SessionId,
  TraceId,
} from "../../generated/current/index.js";

type DraftOf<T extends Message["type"]> = T extends Message["type"]
  ? {
      readonly type: T;
      readonly payload: PayloadOf<T>;
      readonly job_id?: JobId;
      readonly trace_id?: TraceId;
    }
  : never;

/** What a runtime's machines want sent: a message without what needs entropy, which `seal` adds. §5.1 */
export type RuntimeDraft = DraftOf<RuntimeToClient["type"]>;
/** What a client's machine wants sent. §5.1 */
export type ClientDraft = DraftOf<ClientToRuntime["type"]>;

/** Puts a draft into its envelope. §5.1 */
export function seal(
  draft: RuntimeDraft | ClientDraft,
  envelope: { readonly id: string; readonly sessionId?: SessionId; readonly version?: string },
): Message {
  const message = {
    arcp: envelope.version ?? PROTOCOL_VERSION,
    id: envelope.id,
    type: draft.type,
    session_id: envelope.sessionId,
    trace_id: draft.trace_id,
    job_id: draft.job_id,
    payload: draft.payload,
  };
  // The pairing of type and payload is held by DraftOf; the copy loses it for the compiler.
  return message as Message;
}
