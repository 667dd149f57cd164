import type { Message } from "../../generated/draft-1.1/index.js";
import { newJob } from "../jobs/state.js";
import type { JobState } from "../jobs/state.js";
import { ulid } from "../wire/ids.js";
import type { Admitted } from "./admission.js";
import type { Core } from "./core.js";
import type { Key } from "./keys.js";
import type { Asker } from "./live.js";

/** What will be a job, if nothing comes between. §7.1 */
export function prospectOf(
  core: Core,
  asker: Asker,
  message: Message<"job.submit">,
  admitted: Admitted,
  key: Key | undefined,
): JobState {
  const { clock, entropy } = core;
  const session = asker.session.state;
  return newJob({
    id: `job_${ulid(clock.wall(), entropy)}`,
    agent: `${admitted.agent.name}@${admitted.agent.version}`,
    principal: session.principal,
    session: session.id,
    traceId: admitted.traceId,
    requestId: message.id,
    acceptedAt: clock.wall(),
    lease: admitted.lease,
    expiry: admitted.expiry,
    maxRuntimeMs: admitted.maxRuntimeMs,
    frameBytes: frameBytesOf(core, asker),
    key,
    features: session.features,
  });
}

/** What a frame to this asker may take, where what is sent can be cut. */
export function frameBytesOf({ limits }: Core, { connection }: Asker): number {
  return Math.min(connection.transport.frameBytes ?? Infinity, limits.maxFrameBytes);
}
