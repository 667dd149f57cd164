/** How we name the protocol to a peer that named it so (W-01). */
export function wireVersion(theirs: string): "1" | "1.1" {
  return isOlder(theirs) ? "1" : "1.1";
}

/** Whether a peer that names the protocol so speaks a draft before 1.1. §5.5 (W-45) */
export function isOlder(theirs: string): boolean {
  return theirs === "1";
}
