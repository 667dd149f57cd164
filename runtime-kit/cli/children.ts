/** What a command tells of the jobs that its job delegates, beside the job itself. §10 */
import type { ClientListeners, Job, ReceivedEvent } from "../client/index.js";

type Child = Parameters<NonNullable<ClientListeners["child"]>>[0];

/** Where it is told. */
export interface ChildTeller {
  begun(child: Child): Promise<void>;
  event(job: Job, event: ReceivedEvent): Promise<void>;
  ended(job: Job): Promise<void>;
}

/** Follows each child to its end, or until the command leaves. How it ended is its parent's to make something of. */
export function followingChildren(tell: ChildTeller): Pick<ClientListeners, "child"> {
  const follow = async (child: Child): Promise<void> => {
    const { job } = child;
    await tell.begun(child);
    for await (const event of job) {
      // A result in pieces is for whoever asked for it.
      if (event.kind !== "result_chunk") await tell.event(job, event);
    }
    await tell.ended(job);
  };
  // What cannot be followed any more, the command says of its own job.
  return { child: (child) => void follow(child).catch(() => undefined) };
}
