import { Limits } from "../../generated/draft-1.1/index.js";
import type { JobSummary, PayloadOf } from "../../generated/draft-1.1/index.js";
import { leaseOnWire } from "../leases/lease.js";
import { ArcpError } from "../wire/errors.js";
import { timestamp } from "../wire/time.js";
import { parseAgentRef } from "./agents.js";
import type { JobState } from "./state.js";

/** A page of a principal's jobs, oldest first. LIST-* of §6.6 (W-21) */
export function listPage(
  jobs: Iterable<JobState>,
  request: PayloadOf<"session.list_jobs">,
  principal: string,
): { readonly jobs: readonly JobState[]; readonly next: string | null } | ArcpError {
  const after = request.cursor == null ? "" : readCursor(request.cursor, principal);
  if (after === undefined) {
    return new ArcpError("INVALID_REQUEST", "/payload/cursor: not a cursor of this list", {
      details: { path: "/payload/cursor", section: "6.6" },
    });
  }
  const createdAfter = Date.parse(request.filter?.created_after ?? "");
  const found = [...jobs]
    .filter(
      (job) =>
        job.principal === principal &&
        job.id > after &&
        (request.filter?.status?.includes(job.status) ?? true) &&
        (request.filter?.agent === undefined || isAgent(job.agent, request.filter.agent)) &&
        !(job.acceptedAt <= createdAfter),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const limit = Math.min(request.limit ?? Limits.listPageDefault, Limits.listPageMax);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    jobs: page,
    next:
      last === undefined || found.length === page.length ? null : writeCursor(last.id, principal),
  };
}

/** A name without a version matches all versions. */
function isAgent(agent: string, wanted: string): boolean {
  return agent === wanted || parseAgentRef(agent).name === wanted;
}

/** A job as a list shows it. §6.6 */
export function summary(job: JobState, lastEventSeq: number): JobSummary {
  const created = timestamp(job.acceptedAt);
  return {
    job_id: job.id,
    agent: job.agent,
    status: job.status,
    lease: leaseOnWire(job.lease),
    parent_job_id: null,
    created_at: created,
    // Deployed clients require this name (W-31).
    submitted_at: created,
    trace_id: job.traceId,
    last_event_seq: lastEventSeq,
  };
}

function writeCursor(jobId: string, principal: string): string {
  return `c1.${fingerprint(principal)}.${jobId}`;
}

function readCursor(cursor: string, principal: string): string | undefined {
  const [version, owner, jobId] = cursor.split(".");
  return version === "c1" && owner === fingerprint(principal) ? jobId : undefined;
}

/**
 * Binds a cursor to its principal (FNV-1a). No secret: a forged cursor only moves its owner's own list,
 * since every page is filtered by the principal.
 */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
