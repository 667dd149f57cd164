/**
 * Until when a lease authorises anything. §9.5, §14.4
 */
import type { Now } from "../wire/time.js";

/** The end of a lease: plain JSON, a part of a job's state. */
export interface Expiry {
  /** As it stands on the wire. */
  readonly written: string;
  /** The same, in milliseconds since the epoch. */
  readonly at: number;
  /** The same by the monotonic clock of this process, so that a clock which is set back gives nothing (SEC-15). */
  readonly until: number;
  /** Whether an operation was refused for it: then the job cannot end in success (EXP-07). */
  readonly refused: boolean;
}

/** An expiry, or the reason why a text says none that can be granted. */
export type Expires =
  { readonly ok: true; readonly expiry: Expiry } | { readonly ok: false; readonly reason: string };

const RFC3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Reads an `expires_at`, however far away; what is past, malformed or not in UTC is refused. EXP-02 to EXP-04 */
export function expiryOf(text: string, now: Now): Expires {
  const at = RFC3339_UTC.test(text) ? Date.parse(text) : Number.NaN;
  // A 30th of February, or an hour 24, is read as another day's.
  if (Number.isNaN(at) || !text.startsWith(new Date(at).toISOString().slice(0, 19))) {
    return { ok: false, reason: "expires_at is RFC 3339 in UTC, as in 2026-11-23T20:00:00Z" };
  }
  if (at <= now.wall) {
    const reason = `expires_at is not in the future: the runtime's clock is at ${new Date(now.wall).toISOString()}`;
    return { ok: false, reason };
  }
  return {
    ok: true,
    expiry: { written: text, at, until: now.monotonic + (at - now.wall), refused: false },
  };
}

/**
 * Whether the lease has ended. Either clock may say so: the monotonic one stands still while a machine sleeps, the
 * other one can be set back. EXP-05, EXP-06
 */
export function hasExpired({ at, until }: Expiry, now: Now): boolean {
  return now.monotonic >= until || now.wall >= at;
}

/** The expiry once it is known to be over: a clock that is set back afterwards takes nothing of that back. SEC-15 */
export function overSince(expiry: Expiry, now: Now): Expiry {
  return { ...expiry, until: Math.min(expiry.until, now.monotonic) };
}

/**
 * The expiry in a new process, which has a monotonic clock of its own: the wall clock decides what remains, and gives
 * no more than there was at the acceptance.
 */
export function restoredExpiry(expiry: Expiry, acceptedAt: number, now: Now): Expiry {
  return { ...expiry, until: now.monotonic + (expiry.at - Math.max(now.wall, acceptedAt)) };
}
