import { PROTOCOL_VERSION } from "../../generated/current/constants.js";

/** How we name the protocol to a peer that named it so (W-01). */
export function wireVersion(theirs: string): "1" | typeof PROTOCOL_VERSION {
  return theirs === "1" ? "1" : PROTOCOL_VERSION;
}
