import type { JobId, Lease, LeaseConstraints } from "../../generated/current/index.js";
import type { ArcpError } from "../wire/errors.js";
import type { LeaseRequest } from "../wire/lease-request.js";

/** Who a token stands for, and what its issuer says that it may be used for. §6.1 */
export interface Identity {
  readonly principal: string;
  /** Words of the deployment, as in a token's `scope`; the runtime interprets none. */
  readonly scopes: readonly string[];
}

/** A lease that somebody asks for: a client with a submit, or a job for its child. All of it is frozen. §9.1 */
export interface LeaseAsk {
  readonly identity: Identity;
  readonly agent: string;
  /** In the form in which it is compared: paths of files as they really lead, links resolved; all else canonical. §14.2 */
  readonly lease: Lease;
  readonly constraints: LeaseConstraints;
  /** The job that delegates; absent for a submit. */
  readonly parent?: JobId;
}

/**
 * Less than was asked for: a lease, an end, or both. What is given takes the place of what was asked; the other one stands.
 * An end is `{ constraints: { expires_at: date.toISOString() } }`.
 */
export type Narrowed = Misplaced &
  (
    | { readonly lease: LeaseRequest; readonly constraints?: NarrowedConstraints }
    | { readonly lease?: LeaseRequest; readonly constraints: NarrowedConstraints }
  );

/** The bounds that a policy gives. §9.1 */
type NarrowedConstraints = LeaseConstraints & Pick<Misplaced, "expiresAt">;

/** Where an end does not stand: the compiler lets pass any other name that is too many, and the runtime refuses it. */
interface Misplaced {
  readonly expiresAt?: never;
  readonly expires_at?: never;
}

/** Somebody asks to look at a job that another principal submitted. §7.6, §14.3 */
export interface ObserveAsk {
  readonly identity: Identity;
  readonly job: { readonly id: JobId; readonly agent: string; readonly principal: string };
}

/**
 * What an operator decides beyond the draft. A policy can narrow and refuse; it never widens a lease: what it gives
 * back is held to being a subset of what was asked for (§9.4), and a policy that throws refuses, as does one that has
 * not answered after `limits.policyTimeoutMs`.
 */
export interface Policy {
  /**
   * May narrow the request, refuse it with an error, or let it stand with `undefined`. Any other answer, one with a member
   * that is none too, refuses the job, and the log says why.
   */
  lease?(
    ask: LeaseAsk,
  ): Narrowed | ArcpError | undefined | Promise<Narrowed | ArcpError | undefined>;
  /**
   * Whether the job may be watched: `deny` tells that it exists (`PERMISSION_DENIED`), `hide`, the default, does not
   * (`JOB_NOT_FOUND`, W-20). A principal's own jobs are never asked about.
   */
  observe?(ask: ObserveAsk): "allow" | "deny" | "hide" | Promise<"allow" | "deny" | "hide">;
}
