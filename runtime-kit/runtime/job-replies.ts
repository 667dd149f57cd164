import type { Feature } from "../../generated/draft-1.1/index.js";
import { gatedAuthority } from "../jobs/authority.js";
import { countersOf } from "../leases/budget.js";
import { leaseOnWire } from "../leases/lease.js";
import type { JobState } from "../jobs/state.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { timestamp } from "../wire/time.js";

/**
 * The answer to a submit, or to one that repeats its key: the same, with the counters as they began (IDEM-03). §7.1
 *
 * @param features those of the session that asked
 */
export function acceptedDraft(
  state: JobState,
  features: readonly Feature[],
  requestId: string | undefined = state.requestId,
): RuntimeDraft {
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
