/** What can be wrong with a history, and what that means. */
export const KINDS = {
  lost: "an acknowledged job, a delivered event, or a session is missing later",
  duplicate: "a number came twice on one connection",
  gap: "a number was left out",
  reorder: "numbers came in another order",
  divergent: "the same number, or the same event, has another content",
  hole: "what an agent said is not in its job's log, though what it said later is",
  resurrected:
    "a job that had ended, or whose cancel was acknowledged, ended otherwise or was started",
  "double terminal": "a job ended twice in one session",
  "after terminal": "a job had something to say after its end",
  "outcomes differ": "readers of one job were told different ends",
  "torn result": "a streamed result is not what its agent streamed",
  ghost: "an event, or an end, that nothing anyone asked for can explain",
  "stale token": "a token was good after a later one had been used",
  "two jobs for a key": "one submit, or one key, made two jobs",
  "key forgotten": "a submit was refused over a key that was its own, or nobody's",
  "conflict accepted": "other parameters were accepted for a key",
  "effect after cancel":
    "an agent did something after its cancel was acknowledged, or its end delivered",
  "effect after expiry": "an agent was allowed something after its lease had ended",
  overspend: "a job spent what it did not have, or its counter is not what its costs left of it",
  "started twice":
    "an agent was started twice in one life of the process, or at all, where it must not",
  "foreign leak": "a principal was shown something of another's",
  orphan: "a job went on when the one that delegated it had ended, or was made twice",
  refused: "a request was refused for no reason",
  trouble: "the process ended, or complained, on its own",
} as const;

export type Kind = keyof typeof KINDS;

/** One thing that is wrong. */
export interface Violation {
  readonly kind: Kind;
  readonly text: string;
  /** The entry of the history that shows it. */
  readonly place: number;
}

export function violation(
  kind: Kind,
  { place }: { readonly place: number },
  text: string,
): Violation {
  return { kind, place, text };
}
