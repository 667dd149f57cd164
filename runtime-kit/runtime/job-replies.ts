import type { Credential, Feature, JobId } from "../../generated/current/index.js";
import { gatedAuthority } from "../jobs/authority.js";
import { countersOf } from "../leases/budget.js";
import { leaseOnWire } from "../leases/lease.js";
import type { JobState } from "../jobs/state.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { timestamp } from "../wire/time.js";

/**
 * The answer to a submit, or to one that repeats its key: the same, with the counters as they began (IDEM-03). §7.1
 *
 * @param to what the session that asked has negotiated, and which credentials it may see
 */
export function acceptedDraft(
  state: JobState,
  to: {
    readonly features: readonly Feature[];
    readonly shown: { readonly credentials?: readonly Credential[] };
    readonly requestId?: string;
  },
): RuntimeDraft {
  const { features, shown, requestId = state.requestId } = to;
  return {
    type: "job.accepted",
    job_id: state.id,
    trace_id: state.traceId,
    payload: {
      job_id: state.id,
      ...(requestId === undefined ? {} : { request_id: requestId }),
      agent: state.agent,
      lease: leaseOnWire(state.lease),
      ...gatedAuthority(state, countersOf(state.lease), features),
      ...shown,
      accepted_at: timestamp(state.acceptedAt),
      trace_id: state.traceId,
      ...(state.parent === undefined
        ? {}
        : { parent_job_id: state.parent.job, delegate_id: state.parent.delegateId }),
    },
  };
}

/** The answer to a cancel; with a `finalStatus` if the job had ended before. §7.4 */
export function cancelledDraft(
  state: JobState,
  requestId: string,
  finalStatus?: string,
): RuntimeDraft {
  const reason = state.cancel?.reason;
  return {
    type: "job.cancelled",
    job_id: state.id,
    trace_id: state.traceId,
    payload: {
      job_id: state.id,
      request_id: requestId,
      ...(reason === undefined ? {} : { reason }),
      ...(finalStatus === undefined ? {} : { final_status: finalStatus }),
    },
  };
}

/** The answer to a subscribe: what the job is and may do, and from where on it is told of. §7.6 */
export function subscribedDraft(
  state: JobState,
  features: readonly Feature[],
  answer: {
    readonly requestId: string;
    /** The job's newest number in the submitting session. */
    readonly from: number;
    readonly replayed: boolean;
    readonly shown: { readonly credentials?: readonly Credential[] };
    /** The job that delegated it, if that one may be seen as well. */
    readonly parent: JobId | null;
  },
): RuntimeDraft {
  return {
    type: "job.subscribed",
    job_id: state.id,
    trace_id: state.traceId,
    payload: {
      job_id: state.id,
      request_id: answer.requestId,
      current_status: state.status,
      agent: state.agent,
      lease: leaseOnWire(state.lease),
      ...gatedAuthority(state, state.budget, features),
      ...answer.shown,
      parent_job_id: answer.parent,
      trace_id: state.traceId,
      subscribed_from: answer.from,
      replayed: answer.replayed,
    },
  };
}
