/** What a runtime answers to frames that only a runtime sends. §5.4 */
import { isClientToRuntime, isRuntimeToClient } from "../../generated/current/index.js";
import type { Message } from "../../generated/current/index.js";
import type { Fault } from "../wire/decode.js";
import { ArcpError } from "../wire/errors.js";

/** Why a client may not send this type, if the draft has it for runtimes alone. ENC-22 */
export function foreignType(type: string): string | undefined {
  // Whose a message is its type tells alone.
  const message = { type } as Message;
  const foreign = isRuntimeToClient(message) && !isClientToRuntime(message);
  return foreign ? `only a runtime sends ${type}` : undefined;
}

/** The answer to a frame that is none. To mend what stands in it is no help to whoever may not send it. */
export function faultAnswer({ code, message, details, type = "" }: Fault): ArcpError {
  const foreign = details["path"] === "/arcp" ? undefined : foreignType(type);
  return foreign === undefined
    ? new ArcpError(code, message, { details })
    : new ArcpError("INVALID_REQUEST", foreign);
}
