/** What can end a check early. Each class becomes one verdict in `run/runner.ts`. */

/** The implementation did not do what the check asks for. `byTime`: only a deadline says so. */
export class CheckFailed extends Error {
  readonly byTime: boolean;
  constructor(message: string, byTime = false) {
    super(message);
    this.name = "CheckFailed";
    this.byTime = byTime;
  }
}

/** The question does not arise for this implementation: a feature that it does not advertise. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** The check could not be decided: what it stands on was missing. Makes the run incomplete. */
export class Inconclusive extends Error {
  override readonly name = "Inconclusive";
}

/** A fault of the suite itself, never of the implementation under test. */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
}

/** No connection could be made at all. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** The implementation answered, and did not let the suite in with the token that it was given. */
export class Refused extends Error {
  override readonly name = "Refused";
}
