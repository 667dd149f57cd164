import { hex } from "../wire/trace.js";
import type { Entropy } from "../wire/time.js";

const encoder = new TextEncoder();

/** SHA-256 in hexadecimal: all that is ever kept of a token. */
export async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}

/** A resume token of 256 random bits (W-08). */
function newResumeToken(entropy: Entropy): string {
  return `rt_${hex(entropy(32))}`;
}

/** A resume token for its client, and what is kept of it. */
export interface FreshToken {
  readonly secret: string;
  readonly hash: string;
}

export async function freshToken({
  entropy,
  sha256,
}: {
  readonly entropy: Entropy;
  readonly sha256: (text: string) => Promise<string>;
}): Promise<FreshToken> {
  const secret = newResumeToken(entropy);
  return { secret, hash: await sha256(secret) };
}
