import { ArcpError } from "../wire/errors.js";
import type { Clock } from "../wire/time.js";

/** How fast each principal may submit. §14.6 */
export interface Rate {
  /** Counts one submit, or says why it is too many: retryable, with the limit in `details`. */
  refusal(principal: string): ArcpError | undefined;
}

/** A principal's bucket: what it may submit at once, as it was then. */
interface Bucket {
  left: number;
  at: number;
}

/** From so many principals on, those whose bucket is full again are forgotten. */
const REMEMBERED = 1_000;

/** `perSecond` submits on average, and as many at once. */
export function createRate(clock: Clock, perSecond: number): Rate {
  const buckets = new Map<string, Bucket>();

  function leftNow({ left, at }: Bucket): number {
    return Math.min(perSecond, left + ((clock.monotonic() - at) / 1000) * perSecond);
  }

  function prune(): void {
    for (const [principal, bucket] of buckets) {
      if (leftNow(bucket) >= perSecond) buckets.delete(principal);
    }
  }

  return {
    refusal(principal) {
      if (perSecond === Infinity) return undefined;
      if (buckets.size >= REMEMBERED && !buckets.has(principal)) prune();
      const bucket = buckets.get(principal) ?? { left: perSecond, at: clock.monotonic() };
      buckets.set(principal, bucket);
      bucket.left = leftNow(bucket);
      bucket.at = clock.monotonic();
      if (bucket.left >= 1) {
        bucket.left -= 1;
        return undefined;
      }
      const details = { limit: "max_submits_per_second" };
      return new ArcpError("INTERNAL_ERROR", "too many submits in a second", { details });
    },
  };
}
