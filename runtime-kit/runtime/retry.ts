import { isTerminal } from "../../generated/current/index.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { ArcpError } from "../wire/errors.js";
import type { Announce } from "./announcements.js";
import type { Commits } from "./commits.js";
import type { Credentials } from "./credentials/credentials.js";
import { acceptedDraft } from "./job-replies.js";
import type { Found, Key, SpentKey } from "./keys.js";
import type { Kin } from "./kin.js";
import type { Asker, LiveJob, Reader } from "./live.js";
import type { Numbering } from "./numbering.js";
import type { Receivers } from "./receivers.js";
import type { Subscriptions } from "./subscriptions.js";

export interface RetryOptions {
  readonly commits: Commits;
  readonly numbering: Numbering;
  readonly credentials: Pick<Credentials, "shown">;
  readonly subscriptions: Subscriptions;
  readonly receivers: Receivers;
  readonly kin: Pick<Kin, "joined">;
  readonly announce: Announce;
  readonly reply: (asker: Asker, draft: RuntimeDraft) => void;
  readonly refuse: (asker: Asker, requestId: string, error: ArcpError) => void;
  readonly delivered: (job: LiveJob, reader: Reader, whileAway?: boolean) => boolean;
}

/** Answers a submit that repeats a key: with the same job, or with none at all (IDEM-02, IDEM-06). §7.2 */
export type Retry = (asker: Asker, requestId: string, found: Found, key: Key) => void;

export function createRetry(options: RetryOptions): Retry {
  const { commits, numbering, receivers, subscriptions, refuse } = options;

  function refusal({ job, spent }: Found, { asked }: Key): ArcpError | undefined {
    if ((spent?.key ?? job?.state.key)?.asked !== asked) {
      const text = "this idempotency key was used for a submit with other parameters";
      return new ArcpError("DUPLICATE_KEY", text);
    }
    if (spent === undefined) return undefined;
    return forgotten(spent);
  }

  return (asker, requestId, found, key) => {
    const { job } = found;
    const refused = refusal(found, key);
    if (refused !== undefined) refuse(asker, requestId, refused);
    if (refused !== undefined || job === undefined) return;
    const { id, principal, features } = asker.session.state;
    const looker = job.watchers?.get(id);
    if (looker !== undefined) receivers.engage(job, looker);
    const reader = job.readers.get(id);
    const over = reader === undefined ? subscriptions.refusal(principal) : undefined;
    if (over !== undefined) return refuse(asker, requestId, over);
    const gained = reader === undefined;
    if (gained) receivers.add(job, { session: id, live: job.state.entries, whole: false });
    const children = options.kin.joined(id, job);
    commits.after(() => {
      const shown = options.credentials.shown(asker, job.state);
      options.reply(asker, acceptedDraft(job.state, { features, shown, requestId }));
      for (const child of children) options.announce(id, child);
      if (gained) numbering.catchUp(job);
      for (const child of children) numbering.catchUp(child);
    });
    if (gained) return;
    if (isTerminal(job.state.status) && options.delivered(job, reader, false)) {
      numbering.repeat(job, reader, job.state.entries - 1);
    } else {
      // Where the log could not be read for it, it is tried again.
      numbering.catchUp(job);
    }
  };
}

/** No second job is made, and the first one has nothing more to say. */
function forgotten({ id, reason }: SpentKey): ArcpError {
  const ended = "the job of this idempotency key has ended, and was forgotten";
  const gone = (why: string, limit = {}) =>
    new ArcpError("RESUME_WINDOW_EXPIRED", `${ended}${why}`, { details: { job_id: id, ...limit } });
  if (reason === undefined) return gone("");
  if (reason === "retention") return gone(" when its retention was over");
  return gone(" to make room", { limit: reason });
}
