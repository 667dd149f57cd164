import { ArcpError } from "../wire/errors.js";

/** How many jobs the sessions of each principal receive without having submitted them. §14.6 */
export interface Subscriptions {
  /** There are so many more, or fewer. */
  change(principal: string, by: number): void;
  /** Why there may be no further one now: retryable, with the limit in `details`. */
  refusal(principal: string): ArcpError | undefined;
}

export function createSubscriptions(most: number): Subscriptions {
  const counts = new Map<string, number>();

  function change(principal: string, by: number): void {
    const next = (counts.get(principal) ?? 0) + by;
    if (next === 0) counts.delete(principal);
    else counts.set(principal, next);
  }

  return {
    change,
    refusal(principal) {
      if ((counts.get(principal) ?? 0) < most) return undefined;
      const text = "this principal's sessions receive too many jobs that they did not submit";
      const details = { limit: "max_subscriptions_per_principal" };
      return new ArcpError("INTERNAL_ERROR", text, { details });
    },
  };
}
