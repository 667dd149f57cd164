import type { Credential, EventBody } from "../../generated/current/index.js";

/** What a client has of a job's credentials while it sees the job live. §9.8 */
export class JobCredentials {
  readonly #schemes: readonly string[];
  /** By id; absent for a job that never had any, as most. */
  #current: Map<string, Credential> | undefined;
  #over = false;

  /** @param schemes those that the program knows how to present; others are left aside (CRED-03, W-32) */
  constructor(schemes: readonly string[]) {
    this.#schemes = schemes;
  }

  get list(): readonly Credential[] {
    return [...(this.#current?.values() ?? [])];
  }

  /** What a reply says of them: all there are now. */
  take(credentials: readonly Credential[] | undefined): void {
    if (this.#over || credentials === undefined) return;
    const known = credentials.filter(({ scheme }) => this.#schemes.includes(scheme));
    this.#current = new Map(known.map((credential) => [credential.id, credential]));
  }

  /**
   * Takes the new value out of the event that announces it: whoever follows the job may well print or keep its events
   * (CRED-17, SEC-04). One without a value was superseded.
   */
  rotated(body: EventBody<"status">): EventBody<"status"> {
    if (body.phase !== "credential_rotated" || body.value === undefined) return body;
    const { value, ...rest } = body;
    const former = body.id === undefined ? undefined : this.#current?.get(body.id);
    if (former !== undefined) this.#current?.set(former.id, { ...former, value });
    return rest;
  }

  /** CRED-18: the job is not seen live any more. */
  drop(): void {
    this.#over = true;
    this.#current = undefined;
  }
}
