/** Close codes and reasons that every WebSocket accepts. RFC 6455 §7.4 */
import type { Closed } from "./port.js";
import { unref } from "./system.js";

/** The end of a connection that nobody announced. */
export const ABRUPT: Closed = { code: 1006, reason: "" };

/** How long an end waits for its peer to take something, and then to end too, in milliseconds. */
export const CLOSE_TIMEOUT_MS = 5_000;

/** The longest reason that fits a close frame, in bytes of UTF-8. */
const MAX_REASON_BYTES = 123;

const encoder = new TextEncoder();

/** Whether `code` may stand in a close frame. */
function isSendable(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

/**
 * What a close frame may carry of what a caller asked for: a code that may not be sent becomes 1000,
 * and a reason that is too long is cut between two characters.
 */
export function closing(code = 1000, reason = ""): Closed {
  return { code: isSendable(code) ? code : 1000, reason: shorten(reason) };
}

/**
 * Calls `giveUp` when the peer has taken nothing of what is unsent for `timeoutMs`, so that a slow line has more time, a
 * write of up to some hundred KiB each time: what a write has left is known once it has left whole. Returns what calls
 * it off.
 */
export function unlessTaken(
  unsent: () => number,
  timeoutMs: number,
  giveUp: () => void,
): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (before: number): void => {
    timer = setTimeout(() => {
      const now = unsent();
      if (now > 0 && now < before) wait(now);
      else giveUp();
    }, timeoutMs);
    unref(timer);
  };
  wait(unsent());
  return () => clearTimeout(timer);
}

function shorten(reason: string): string {
  if (reason.length * 3 <= MAX_REASON_BYTES) return reason;
  let bytes = 0;
  let kept = "";
  for (const character of reason) {
    bytes += encoder.encode(character).length;
    if (bytes > MAX_REASON_BYTES) break;
    kept += character;
  }
  return kept;
}
