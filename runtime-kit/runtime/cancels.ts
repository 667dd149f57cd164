import { isTerminal } from "../../generated/current/index.js";
import type { JobId, Message } from "../../generated/current/index.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { ArcpError } from "../wire/errors.js";
import { isOlder } from "../wire/version.js";
import type { Commits } from "./commits.js";
import type { Credentials } from "./credentials/credentials.js";
import type { JobIndex } from "./job-index.js";
import { cancelledDraft } from "./job-replies.js";
import type { Asker, LiveJob } from "./live.js";
import type { Numbering } from "./numbering.js";
import { notFound } from "./observers.js";
import type { Observers, View } from "./observers.js";
import type { Receivers } from "./receivers.js";
import type { Subscriptions } from "./subscriptions.js";

export interface CancelOptions {
  readonly commits: Commits;
  readonly jobs: Pick<JobIndex, "get">;
  readonly observers: Observers;
  readonly credentials: Pick<Credentials, "withoutValues">;
  readonly subscriptions: Subscriptions;
  readonly receivers: Receivers;
  readonly numbering: Pick<Numbering, "catchUp">;
  readonly mayCancel: (asker: Asker, job: LiveJob) => boolean;
  /** Cancels a job and all that it has delegated. */
  readonly cancelTree: (job: LiveJob, reason: string | undefined) => void;
  readonly reply: (asker: Asker, draft: RuntimeDraft) => void;
  readonly refuse: (asker: Asker, requestId: string, error: ArcpError, jobId?: JobId) => void;
}

/** Cancels a job for whoever has the authority to. §7.4 (W-17) */
export function createCancel(
  options: CancelOptions,
): (asker: Asker, message: Message<"job.cancel">) => void {
  const { commits, refuse, reply } = options;

  /** Another principal's job, or none: nobody learns here what may not be seen (W-20). */
  function foreign(
    asker: Asker,
    { id, job_id: named }: Message<"job.cancel">,
    job: LiveJob | undefined,
  ): void {
    const told = (view: View) => {
      const text = "this job is another principal's: to look at it is no authority to cancel it";
      const error = view === "hide" ? notFound() : new ArcpError("PERMISSION_DENIED", text);
      refuse(asker, id, error, named);
    };
    const view = options.observers.decide(asker.session, named, job, "cancel");
    if (view instanceof Promise) void view.then(told);
    else told(view);
  }

  /**
   * OLD-01: to a client that says `1` the end of the job is the answer. So that it comes to a session that does not receive
   * the job, and may cancel it all the same, it receives it from now on, as if it had repeated the key. Gives why it cannot.
   */
  function bringEndTo({ state: session }: Asker["session"], job: LiveJob): ArcpError | undefined {
    const { id, principal, version } = session;
    if (!isOlder(version) || job.readers.has(id)) return undefined;
    const looker = job.watchers?.get(id);
    // Who looks on is told, or was; who has left off before the end was not.
    if (looker !== undefined && looker.watch?.over !== true) return undefined;
    const over = options.subscriptions.refusal(principal);
    if (over !== undefined) return over;
    if (looker !== undefined) options.receivers.engage(job, looker);
    else options.receivers.add(job, { session: id, live: job.state.entries, whole: false });
    commits.after(() => options.numbering.catchUp(job));
    return undefined;
  }

  return (asker, message) => {
    const { session } = asker;
    const job = options.jobs.get(message.job_id);
    if (job === undefined || job.state.principal !== session.state.principal) {
      return foreign(asker, message, job);
    }
    if (!options.mayCancel(asker, job)) {
      const text =
        "only the session that submitted a job may cancel it, or one that repeated its idempotency key";
      const error = new ArcpError("PERMISSION_DENIED", text);
      return refuse(asker, message.id, error, message.job_id);
    }
    if (job.suspended) {
      // It is the next process's to say, which knows nothing of this.
      const details = { limit: "draining" };
      const error = new ArcpError("INTERNAL_ERROR", "the runtime is going down", { details });
      return refuse(asker, message.id, error, message.job_id);
    }
    const over = bringEndTo(session, job);
    if (over !== undefined) return refuse(asker, message.id, over, message.job_id);
    if (!isTerminal(job.state.status)) {
      // CRED-25: it is stored.
      const { reason } = message.payload;
      const { principal } = session.state;
      options.cancelTree(job, reason && options.credentials.withoutValues(principal, reason));
      commits.after(() => reply(asker, cancelledDraft(job.state, message.id)));
    } else {
      const status = job.state.status;
      commits.after(() => reply(asker, cancelledDraft(job.state, message.id, status)));
    }
  };
}
