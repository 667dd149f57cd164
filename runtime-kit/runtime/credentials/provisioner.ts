import type { Budget, JobId, Lease } from "../../../generated/current/index.js";

/**
 * Somebody who issues keys as narrow as a job, at a gateway or another service that enforces the lease by itself. An
 * operator's: given to `createRuntime({ credentials })`. §9.8
 *
 * What it throws is logged and, as an `ArcpError` of `issue`, sent: keep secrets out of it.
 */
export interface CredentialProvisioner {
  /**
   * Says that what it issues is good for as long as this process lives and no longer, as where it is looked after in the
   * same process. Then nothing is outstanding after a crash, and a store in memory will do. Default false.
   */
  readonly endsWithProcess?: boolean;
  /**
   * Has credentials issued for a job, no wider than what is asked for; `undefined` for a job that gets none. Called
   * before the job is accepted, before a job is started again in a new process, and for each rotation. Rejects to
   * refuse the job: with an `ArcpError` in its own words, with anything else as a retryable `INTERNAL_ERROR`.
   */
  issue(
    request: CredentialRequest,
  ): IssuedCredentials | undefined | Promise<IssuedCredentials | undefined>;
  /**
   * Revokes all that was issued under a grant. Has to succeed for what was revoked before, and for what was never
   * issued: after a crash, or an `issue` without an answer, nobody knows, and `grant.handle` is absent. Rejects if it
   * could not be done; it is then called again, later.
   */
  revoke(grant: CredentialGrant, signal: AbortSignal): void | Promise<void>;
}

/** What credentials are asked for. A budget or an end that is absent does not bind the job. §9.8.3 */
export interface CredentialRequest {
  /**
   * Chosen by the runtime and stored before this call. Name by it what is made, so that it can be revoked though the
   * answer was lost. Never given twice.
   */
  readonly grantId: string;
  readonly jobId: JobId;
  /** The agent that will run, `name@version`. */
  readonly agent: string;
  readonly principal: string;
  /** The job that delegated this one. §10 */
  readonly parentJobId: JobId | undefined;
  readonly lease: Lease;
  /** What the job has left to spend, by currency: put it into the upstream's cap (CRED-20). */
  readonly budget: Budget | undefined;
  /**
   * What the job has reported to have spent since it has credentials in this process; `budget` is less for that. What the
   * upstream has booked beyond it nobody reported, and only the upstream can take it off.
   */
  readonly reported: Budget;
  /** Patterns of the models that it may call, by its lease or its operator's leave; none if it may call none (CRED-21). */
  readonly models: readonly string[];
  /** When its lease ends (CRED-22). */
  readonly expiresAt: Date | undefined;
  /** What this takes the place of, when it is a rotation; it is revoked as soon as the new one is announced. */
  readonly replaces: CredentialGrant | undefined;
  /** Aborts when the answer would come too late. */
  readonly signal: AbortSignal;
}

/** What was issued under one grant. */
export interface IssuedCredentials {
  /** At least one. In a rotation: one for each of those that they replace, in their order or with their ids. */
  readonly credentials: readonly ProvisionedCredential[];
  /** What `revoke` needs besides the grant's id; JSON, stored, and so no secret. */
  readonly handle?: unknown;
  /** When they are to be rotated: some time before they end upstream. */
  readonly rotateAt?: Date;
}

/** One credential as it is issued; its id is given by the runtime if it has none. §9.8.1 */
export interface ProvisionedCredential {
  readonly id?: string;
  /** How to present it, `bearer` for one. */
  readonly scheme: string;
  /** The secret: 8 characters at least, good for this job alone. */
  readonly value: string;
  /** The base URL at which it is valid. */
  readonly endpoint: string;
  /** Which API is spoken there, `openai` for one. */
  readonly profile?: string;
  /** What the upstream enforces by itself. */
  readonly constraints?: Readonly<Record<string, unknown>>;
}

/** What `revoke` is told of. */
export interface CredentialGrant {
  readonly id: string;
  readonly jobId: JobId;
  /** As `issue` gave it; absent where it gave none, or no answer. */
  readonly handle: unknown;
}

/** What an operator sees of credentials that are not known to be revoked. §14.5 */
export interface OutstandingCredentials {
  readonly grantId: string;
  readonly jobId: JobId;
  readonly agent: string;
  readonly principal: string;
  /** Their ids; none while it is not known what was issued. */
  readonly credentials: readonly string[];
  /** When the provisioner was asked for them. */
  readonly askedAt: Date;
  /**
   * `issuing`: no answer yet. `live`: with a job that has not ended. `revoking`: being revoked, or waiting to be tried
   * again. `failed`: given up until the next start, or `revokeAgain()`.
   */
  readonly status: "issuing" | "live" | "revoking" | "failed";
  /** Attempts to revoke them that failed, in this process. */
  readonly attempts: number;
  /** What the last of them failed with. */
  readonly error: string | undefined;
}

/** An operator's view of provisioned credentials, and what can be done about them. §9.8, §14.5 */
export interface CredentialDesk {
  /** Those that are not known to be revoked, oldest first: of jobs that run, and of others. */
  outstanding(): readonly OutstandingCredentials[];
  /**
   * Replaces the credentials of a job by new ones. Resolves once that is announced to whoever may see them, and the old ones are
   * being revoked. Rejects with an `ArcpError`: `JOB_NOT_FOUND` where there is nothing to rotate, else what `issue` failed
   * with; the old ones then stay. Until then a program does not end by itself.
   */
  rotate(jobId: string): Promise<void>;
  /** Tries again, at once, what waits to be revoked and what was given up. */
  revokeAgain(): void;
}
