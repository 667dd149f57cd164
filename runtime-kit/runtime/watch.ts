import { isTerminal } from "../../generated/current/index.js";
import type { JobId, Message } from "../../generated/current/index.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { ArcpError } from "../wire/errors.js";
import type { Commits } from "./commits.js";
import type { Credentials } from "./credentials/credentials.js";
import type { InTurn } from "./in-turn.js";
import type { JobIndex } from "./job-index.js";
import { subscribedDraft } from "./job-replies.js";
import { owns, readerOf } from "./live.js";
import type { Asker, LiveJob, LiveSession, Reader } from "./live.js";
import type { Numbering } from "./numbering.js";
import { notFound } from "./observers.js";
import type { Observers, View } from "./observers.js";
import { coversAll, indexAbove } from "./origins.js";
import type { OriginTable, Origins } from "./origins.js";
import type { Receivers } from "./receivers.js";
import type { Subscriptions } from "./subscriptions.js";

/** Sessions that look on at jobs which they did not submit. §7.6 */
export interface Watching {
  subscribe(asker: Asker, message: Message<"job.subscribe">): void;
  /** There is no answer, and nothing to refuse: what is not subscribed to is not received. */
  unsubscribe(asker: Asker, message: Message<"job.unsubscribe">): void;
  /** Numbers nothing more of a job for a session that looks on. */
  end(job: LiveJob, reader: Reader): void;
}

export interface WatchOptions {
  readonly commits: Commits;
  readonly numbering: Numbering;
  readonly origins: Origins;
  readonly observers: Observers;
  readonly credentials: Pick<Credentials, "shown">;
  readonly receivers: Receivers;
  readonly subscriptions: Subscriptions;
  readonly inTurn: InTurn;
  readonly jobs: Pick<JobIndex, "get">;
  /** Resolves when a session was sent its numbers up to this one, or is away. */
  readonly sent: (session: LiveSession, seq: number) => Promise<void>;
  /** The principal may not look at this job. */
  readonly denied: (asker: Asker, job: LiveJob, view: View) => void;
  readonly reply: (asker: Asker, draft: RuntimeDraft) => void;
  readonly refuse: (asker: Asker, requestId: string, error: ArcpError, jobId?: JobId) => void;
}

export function createWatch(options: WatchOptions): Watching {
  const { inTurn, commits, numbering, origins, observers, receivers, refuse } = options;

  async function consider(asker: Asker, message: Message<"job.subscribe">): Promise<void> {
    const { job_id: id } = message;
    const job = options.jobs.get(id);
    const view = await observers.decide(asker.session, id, job, "subscribe");
    // One that it has from before ends with this.
    if (job !== undefined && view !== "allow" && owns(asker)) options.denied(asker, job, view);
    if (job === undefined || view === "hide") return refuse(asker, message.id, notFound(), id);
    if (view === "deny") {
      const text = "the policy of this runtime does not let this principal look at this job";
      return refuse(asker, message.id, new ArcpError("PERMISSION_DENIED", text), id);
    }
    const parent = await observers.parentFor(asker.session, job);
    const former = readerOf(job, asker.session.state.id);
    // What is left of a subscription that is over comes before the answer: after it, it would be taken for the new one's.
    if (former !== undefined && isOver(job, former)) {
      await options.sent(asker.session, former.lastSeq);
    }
    const table = await origins.of(job);
    // What has just ended is numbered with the next commit: until then nobody can be told which number that is.
    if (isTerminal(job.state.status) && newestOf(job).next < job.state.entries) {
      await commits.flushed();
    }
    // W-09: what a superseded connection asked for is not done.
    if (!owns(asker)) return;
    if (options.jobs.get(id) !== job) return refuse(asker, message.id, notFound(), id);
    subscribe(asker, message, job, { table, parent });
  }

  function subscribe(
    asker: Asker,
    message: Message<"job.subscribe">,
    job: LiveJob,
    { table, parent }: { readonly table: OriginTable; readonly parent: JobId | null },
  ): void {
    const { from_event_seq: after, history = false } = message.payload;
    const newest = newestOf(job);
    const fault = outOfRange(after, newest, table);
    if (fault !== undefined) return refuse(asker, message.id, fault, job.state.id);
    const { state: session } = asker.session;
    const known = readerOf(job, session.id);
    const from = history && after !== undefined ? indexAbove(table, after) : newest.next;
    const renewed = known === undefined || isOver(job, known);
    const over = renewed ? options.subscriptions.refusal(session.principal) : undefined;
    if (over !== undefined) return refuse(asker, message.id, over, job.state.id);
    // The state of now: what happens from here on is told by the events that follow.
    const draft = subscribedDraft(job.state, session.features, {
      requestId: message.id,
      from: newest.lastSeq,
      replayed: renewed ? from < newest.next : known.catchingUp,
      shown: options.credentials.shown(asker, job.state),
      parent,
    });
    if (renewed) {
      const { id, principal, nextSeq } = session;
      const watch = { principal, first: from, since: nextSeq - 1, over: false, controls: false };
      const reader = receivers.add(job, { session: id, live: from, whole: false, watch });
      // The policy was asked just now.
      reader.shownTo = asker.connection.id;
    }
    commits.after(() => {
      options.reply(asker, draft);
      numbering.catchUp(job);
    });
  }

  function unsubscribe({ state: session }: LiveSession, id: JobId): void {
    const job = options.jobs.get(id);
    const reader = job?.watchers?.get(session.id);
    if (job === undefined || reader === undefined || isOver(job, reader)) return;
    end(job, reader);
  }

  function end(job: LiveJob, reader: Reader): void {
    if (reader.watch === undefined) return;
    reader.watch = { ...reader.watch, over: true };
    // What has its number is still sent: the session's numbers have no gaps.
    reader.next = Infinity;
    receivers.changed(job);
  }

  return {
    end,
    subscribe: (asker, message) => inTurn(asker, message, () => consider(asker, message)),
    unsubscribe: (asker, message) =>
      inTurn(asker, message, () => unsubscribe(asker.session, message.job_id)),
  };
}

/** The submitting session as a reader: how far the log is numbered, and with which number. */
function newestOf(job: LiveJob): Pick<Reader, "next" | "lastSeq"> {
  return job.readers.get(job.state.session) ?? { next: job.committed, lastSeq: 0 };
}

function outOfRange(
  after: number | undefined,
  newest: Pick<Reader, "next" | "lastSeq">,
  table: OriginTable,
): ArcpError | undefined {
  if (after === undefined || after === 0) return undefined;
  const path = "/payload/from_event_seq";
  if (!coversAll(table, newest.next)) {
    // WATCH-17: which number an entry had is forgotten; from its beginning the job can still be read.
    const text = `${path}: the numbers of the session that submitted this job are no longer kept`;
    return new ArcpError("RESUME_WINDOW_EXPIRED", text, { details: { path, oldest: 0 } });
  }
  if (after <= newest.lastSeq) return undefined;
  const text = `${path}: the newest number of this job is ${newest.lastSeq}`;
  const details = { path, newest: newest.lastSeq, section: "7.6" };
  return new ArcpError("INVALID_REQUEST", text, { details });
}

/** Whether a subscription has run out, so that another may follow. */
export function isOver({ state }: LiveJob, { watch, next }: Reader): boolean {
  if (watch === undefined || watch.controls) return false;
  return watch.over || (isTerminal(state.status) && next >= state.entries);
}
