import type { Feature, JobId, Message } from "../../generated/current/index.js";
import { newJob } from "../jobs/state.js";
import type { JobState } from "../jobs/state.js";
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
  more: { readonly key: Key | undefined; readonly parent: JobState["parent"] },
): JobState {
  return newJob({
    ...common(core, terms),
    principal: state.principal,
    session: state.id,
    requestId: message.id,
    frameBytes: frameBytesOf(core, { connection }),
    features: state.features,
    ...more,
  });
}

/** The same for what an agent asks for: a job in the session of its parent, which records what that one does. §10 */
export function childProspect(
  core: Core,
  { state }: LiveJob,
  delegateId: NonNullable<JobState["parent"]>["delegateId"],
  terms: Admitted,
): JobState {
  const { principal, session, frameBytes, records } = state;
  return newJob({
    ...common(core, terms),
    ...{ principal, session, frameBytes },
    requestId: undefined,
    features: recordedFeatures(records),
    key: undefined,
    parent: { job: state.id, delegateId },
  });
}

function common(
  { clock, entropy }: Core,
  { agent, traceId, lease, expiry, maxRuntimeMs }: Admitted,
) {
  const id: JobId = `job_${ulid(clock.wall(), entropy)}`;
  const acceptedAt = clock.wall();
  const name = `${agent.name}@${agent.version}`;
  return { id, agent: name, traceId, acceptedAt, lease, expiry, maxRuntimeMs };
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
