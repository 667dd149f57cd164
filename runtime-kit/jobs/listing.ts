import { Limits } from "../../generated/current/index.js";
import type { Feature, JobId, JobSummary, PayloadOf } from "../../generated/current/index.js";
import { leaseOnWire } from "../leases/lease.js";
import { FRAME_OVERHEAD } from "../wire/encode.js";
import { ArcpError } from "../wire/errors.js";
import { timestamp } from "../wire/time.js";
import { parseAgentRef } from "./agents.js";
import { gatedAuthority } from "./authority.js";
import type { JobState } from "./state.js";

/** A page of jobs. */
export interface Page<Job> {
  readonly jobs: readonly Job[];
  readonly next: string | null;
}

/** What the rows of a page may take of a frame, in characters; leases are the client's to make long. */
const PAGE_CHARACTERS = 256 * 1024;

/** What a row takes beside its lease and its budget. */
const ROW_CHARACTERS = 512;

const NOTHING = {};

/**
 * A page of the jobs that a principal may observe, oldest first. `jobs` are those, in ascending order of id.
 * LIST-* of §6.6 (W-21)
 *
 * @param besides what the row of a job will hold that is not in its state
 */
export function listPage<Job extends { readonly state: JobState }>(
  jobs: readonly Job[],
  request: PayloadOf<"session.list_jobs">,
  principal: string,
  frameBytes: number,
  besides: (job: JobState) => object = () => NOTHING,
): Page<Job> | ArcpError {
  const after = cursorOf(request, principal);
  if (after === undefined) {
    return new ArcpError("INVALID_REQUEST", "/payload/cursor: not a cursor of this list", {
      details: { path: "/payload/cursor", section: "6.6" },
    });
  }
  const limit = Math.min(request.limit ?? Limits.listPageDefault, Limits.listPageMax);
  const room = Math.min(PAGE_CHARACTERS, frameBytes - FRAME_OVERHEAD);
  const page: Job[] = [];
  let characters = 0;
  for (let at = firstAfter(jobs, after); at < jobs.length; at++) {
    const job = jobs[at]!;
    if (!isWanted(job.state, request.filter)) continue;
    const { lease, budget = [] } = job.state;
    const more = [leaseOnWire(lease), budget, besides(job.state)];
    characters += ROW_CHARACTERS + JSON.stringify(more).length;
    const full = page.length === limit || (page.length > 0 && characters > room);
    if (full) return { jobs: page, next: writeCursor(page.at(-1)!.state.id, principal) };
    page.push(job);
  }
  return { jobs: page, next: null };
}

/** The id behind which a page begins, empty for the first one; `undefined` for a cursor that is none of this principal's. */
export function cursorOf(
  { cursor }: PayloadOf<"session.list_jobs">,
  principal: string,
): string | undefined {
  return cursor == null ? "" : readCursor(cursor, principal);
}

/** Where the jobs behind an id begin. */
export function firstAfter(jobs: readonly { readonly state: JobState }[], id: string): number {
  let low = 0;
  let high = jobs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (jobs[middle]!.state.id > id) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether a filter lets a job through. */
export function isWanted(
  job: JobState,
  filter: PayloadOf<"session.list_jobs">["filter"] = {},
): boolean {
  const createdAfter = Date.parse(filter.created_after ?? "");
  return (
    (filter.status?.includes(job.status) ?? true) &&
    (filter.agent === undefined || isAgent(job.agent, filter.agent)) &&
    !(job.acceptedAt <= createdAfter)
  );
}

/** A name without a version matches all versions. */
function isAgent(agent: string, wanted: string): boolean {
  return agent === wanted || parseAgentRef(agent).name === wanted;
}

/**
 * A job as a list shows it to a session with these features. §6.6
 *
 * @param parent the job that delegated it, if that one may be seen as well
 */
export function summary(
  job: JobState,
  lastEventSeq: number,
  features: readonly Feature[],
  parent: JobId | null,
): JobSummary {
  const created = timestamp(job.acceptedAt);
  return {
    job_id: job.id,
    agent: job.agent,
    status: job.status,
    lease: leaseOnWire(job.lease),
    ...gatedAuthority(job, job.budget, features),
    parent_job_id: parent,
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
 * since every page is made of jobs that it may observe.
 */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
