import type { Part, StreamGuard } from "../results.js";
import { leak } from "./guard.js";
import type { Wallet } from "./wallet.js";

const encoder = new TextEncoder();
const latin1 = new TextDecoder("latin1");

/**
 * Looks at a streamed result as its agent gives it, before it is cut into chunks and encoded: in base64 no value would be
 * found. What may be the beginning of a value waits for what follows, so that nothing of one is stored (CRED-25).
 */
export function guardedStream({ secrets }: Pick<Wallet, "secrets">): StreamGuard {
  let held: Part = "";
  return {
    pass(part) {
      const whole = joined(held, part);
      let waits = 0;
      for (const secret of secrets) {
        if (holds(whole, secret)) throw leak("a piece of a streamed result");
        waits = Math.max(waits, beginning(whole, secret));
      }
      held = whole.slice(whole.length - waits);
      return waits === 0 ? whole : whole.slice(0, -waits);
    },
    rest() {
      const last = held;
      held = "";
      return last;
    },
  };
}

/** Of text and bytes bytes are made: a value may begin as one and end as the other. */
function joined(held: Part, part: Part): Part {
  if (held.length === 0) return part;
  if (typeof held === "string" && typeof part === "string") return held + part;
  const [before, behind] = [bytesOf(held), bytesOf(part)];
  const whole = new Uint8Array(before.length + behind.length);
  whole.set(before);
  whole.set(behind, before.length);
  return whole;
}

function bytesOf(part: Part): Uint8Array {
  return typeof part === "string" ? encoder.encode(part) : part;
}

function holds(part: Part, secret: string): boolean {
  if (typeof part === "string") return part.includes(secret);
  const [first, ...rest] = encoder.encode(secret);
  for (let at = part.indexOf(first!); at !== -1; at = part.indexOf(first!, at + 1)) {
    if (rest.every((byte, place) => part[at + 1 + place] === byte)) return true;
  }
  return false;
}

/** How much of the end of a part may be the beginning of a secret. */
function beginning(part: Part, secret: string): number {
  const [tail, whole] =
    typeof part === "string"
      ? [part.slice(1 - secret.length), secret]
      : [asText(part.subarray(1 - encoder.encode(secret).length)), asText(encoder.encode(secret))];
  const first = whole[0]!;
  for (let at = tail.indexOf(first); at !== -1; at = tail.indexOf(first, at + 1)) {
    if (whole.startsWith(tail.slice(at))) return tail.length - at;
  }
  return 0;
}

/** A character for each byte, whichever: they are compared with each other alone. */
function asText(bytes: Uint8Array): string {
  return latin1.decode(bytes);
}
