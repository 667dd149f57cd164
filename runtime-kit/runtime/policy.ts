import type { JobId, Lease, LeaseConstraints } from "../../generated/current/index.js";
import type { ArcpError } from "../wire/errors.js";

/** Who a token stands for, and what its issuer says that it may be used for. §6.1 */
export interface Identity {
  readonly principal: string;
  /** Words of the deployment, as in a token's `scope`; the runtime interprets none. */
  readonly scopes: readonly string[];
}

/** A lease that somebody asks for: a client with a submit, or a job for its child. §9.1 */
export interface LeaseAsk {
  readonly identity: Identity;
  readonly agent: string;
  readonly lease: Lease;
  readonly constraints: LeaseConstraints;
  /** The job that delegates; absent for a submit. */
  readonly parent?: JobId;
}

/** Less than was asked for: what is given takes the place of what was asked. */
export interface Narrowed {
  readonly lease?: Lease;
  readonly constraints?: LeaseConstraints;
}

/** Somebody asks to look at a job that another principal submitted. §7.6, §14.3 */
export interface ObserveAsk {
  readonly identity: Identity;
  readonly job: { readonly id: JobId; readonly agent: string; readonly principal: string };
}

/**
 * What an operator decides beyond the draft. A policy can narrow and refuse; it never widens a lease: what it gives
 * back is held to being a subset of what was asked for (§9.4), and a policy that throws refuses.
 */
export interface Policy {
  /** May narrow the request, refuse it with an error, or let it stand with `undefined`. */
  lease?(
    ask: LeaseAsk,
  ): Narrowed | ArcpError | undefined | Promise<Narrowed | ArcpError | undefined>;
  /**
   * Whether the job may be watched: `deny` tells that it exists (`PERMISSION_DENIED`), `hide`, the default, does not
   * (`JOB_NOT_FOUND`, W-20). A principal's own jobs are never asked about.
   */
  observe?(ask: ObserveAsk): "allow" | "deny" | "hide" | Promise<"allow" | "deny" | "hide">;
}
