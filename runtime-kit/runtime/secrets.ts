import { hex } from "../wire/trace.js";
import type { Entropy } from "../wire/time.js";

const encoder = new TextEncoder();

/** SHA-256 in hexadecimal: all that is ever kept of a token. */
export async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}

/** A resume token of 256 random bits (W-08). */
export function newResumeToken(entropy: Entropy): string {
  return `rt_${hex(entropy(32))}`;
}
