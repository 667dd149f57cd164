/** How we name the protocol to a peer that named it so (W-01). */
export function wireVersion(theirs: string): "1" | "1.1" {
  return theirs === "1" ? "1" : "1.1";
}
