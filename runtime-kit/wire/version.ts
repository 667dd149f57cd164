import { PROTOCOL_VERSION } from "../../generated/current/constants.js";

/** How we name the protocol to a peer that named it so (W-01). */
export function wireVersion(theirs: string): "1" | typeof PROTOCOL_VERSION {
  return isOlder(theirs) ? "1" : PROTOCOL_VERSION;
}

/** Whether a peer that names the protocol so speaks a draft before 1.1. §5.5 (W-45) */
export function isOlder(theirs: string): boolean {
  return theirs === "1";
}
