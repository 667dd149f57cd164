import type { Feature, Message } from "../../generated/current/index.js";
import { newJob } from "../jobs/state.js";
import type { JobSeed, JobState } from "../jobs/state.js";
import { ulid } from "../wire/ids.js";
import type { Admitted } from "./admission.js";
import type { Core } from "./core.js";
import type { Key } from "./keys.js";
import type { Asker, LiveJob } from "./live.js";

/** What will be a job, if nothing comes between. §7.1 */
export function prospectOf(
  core: Core,
  { session: { state }, connection }: Asker,
  message: Message<"job.submit">,
  terms: Admitted,
  { key, parent }: { readonly key: Key | undefined; readonly parent: JobState["parent"] },
): JobState {
  return newJob(
    seedOf(core, terms, {
      principal: state.principal,
      session: state.id,
      requestId: message.id,
      frameBytes: frameBytesOf(core, { connection }),
      features: state.features,
      key,
      parent,
    }),
  );
}

/** The same for what an agent asks for: a job in the session of its parent, which records what that one does. §10 */
export function childProspect(
  core: Core,
  { state }: LiveJob,
  delegateId: NonNullable<JobState["parent"]>["delegateId"],
  terms: Admitted,
): JobState {
  return newJob(
    seedOf(core, terms, {
      principal: state.principal,
      session: state.session,
      requestId: undefined,
      frameBytes: state.frameBytes,
      features: recordedFeatures(state.records),
      key: undefined,
      parent: { job: state.id, delegateId },
    }),
  );
}

/** Field by field, as `newJob` is. */
function seedOf(
  { clock, entropy }: Core,
  { agent, traceId, lease, expiry, maxRuntimeMs }: Admitted,
  from: Omit<JobSeed, keyof Admitted | "id" | "acceptedAt">,
): JobSeed {
  const now = clock.wall();
  return {
    id: `job_${ulid(now, entropy)}`,
    agent: `${agent.name}@${agent.version}`,
    principal: from.principal,
    session: from.session,
    traceId,
    requestId: from.requestId,
    acceptedAt: now,
    lease,
    expiry,
    maxRuntimeMs,
    frameBytes: from.frameBytes,
    parent: from.parent,
    key: from.key,
    features: from.features,
  };
}

/** The features that decided what a job records (W-14). */
function recordedFeatures({ progress, chunks, pressure }: JobState["records"]): readonly Feature[] {
  const flags = { progress, result_chunk: chunks, ack: pressure };
  return (Object.keys(flags) as (keyof typeof flags)[]).filter((flag) => flags[flag]);
}

/** What a frame to this asker may take, where what is sent can be cut. */
export function frameBytesOf({ limits }: Core, { connection }: Pick<Asker, "connection">): number {
  return Math.min(connection.transport.frameBytes ?? Infinity, limits.maxFrameBytes);
}
