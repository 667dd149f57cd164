import { Limits } from "../../generated/current/index.js";
import type { JobId, Message } from "../../generated/current/index.js";
import { cursorOf, firstAfter, isWanted, listPage, summary } from "../jobs/listing.js";
import type { Page } from "../jobs/listing.js";
import type { JobState } from "../jobs/state.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { ArcpError } from "../wire/errors.js";
import type { Commits } from "./commits.js";
import type { Core } from "./core.js";
import type { Credentials } from "./credentials/credentials.js";
import type { InTurn } from "./in-turn.js";
import type { JobIndex } from "./job-index.js";
import type { Asker, LiveJob } from "./live.js";
import type { Observers, View } from "./observers.js";

export interface ListsOptions {
  readonly core: Core;
  readonly commits: Commits;
  readonly credentials: Pick<Credentials, "shown">;
  readonly jobs: JobIndex;
  readonly observers: Observers;
  readonly inTurn: InTurn;
  /** The largest frame that a connection takes, in bytes. */
  readonly frameBytesOf: (asker: Asker) => number;
  readonly reply: (asker: Asker, draft: RuntimeDraft) => void;
  readonly refuse: (asker: Asker, requestId: string, error: ArcpError) => void;
}

/** Jobs about which the policy is asked at once. */
const ASKED_AT_ONCE = 64;

/** Answers with a page of the jobs that the session's principal may observe. §6.6 */
export function createLists(
  options: ListsOptions,
): (asker: Asker, message: Message<"session.list_jobs">) => void {
  const { core, commits, jobs, observers } = options;

  function pageOf(
    asker: Asker,
    { payload }: Message<"session.list_jobs">,
    among: readonly LiveJob[],
  ): Page<LiveJob> | ArcpError {
    const { principal } = asker.session.state;
    const shown = (state: JobState) => options.credentials.shown(asker, state);
    return listPage(among, payload, principal, options.frameBytesOf(asker), shown);
  }

  function answer(
    asker: Asker,
    message: Message<"session.list_jobs">,
    page: Page<LiveJob> | ArcpError,
    parentOf: (job: LiveJob, at: number) => JobId | null,
  ): void {
    if (page instanceof ArcpError) return options.refuse(asker, message.id, page);
    const { features } = asker.session.state;
    const rows = page.jobs.map((job, at) => {
      const { state, readers } = job;
      const seq = readers.get(state.session)?.lastSeq ?? 0;
      const shown = options.credentials.shown(asker, state);
      return { ...summary(state, seq, features, parentOf(job, at)), ...shown };
    });
    const payload = { request_id: message.id, jobs: rows, next_cursor: page.next };
    // Nobody is told of a job, or of its end, that a crash could still undo.
    commits.after(() => options.reply(asker, { type: "session.jobs", payload }));
  }

  /** What the policy says of jobs, each asked about once for one page. */
  function viewsFor({ session }: Asker): (job: LiveJob) => View | Promise<View> {
    const asked = new Map<JobId, View | Promise<View>>();
    return (job) => {
      const said = asked.get(job.state.id) ?? observers.view(session, job);
      asked.set(job.state.id, said);
      return said;
    };
  }

  /** Of all jobs behind the cursor those that the policy lets the principal observe, one more than fill a page (LIST-04). */
  async function observable(
    { session }: Asker,
    { payload }: Message<"session.list_jobs">,
    look: (job: LiveJob) => View | Promise<View>,
  ): Promise<readonly LiveJob[]> {
    const all = jobs.sorted();
    const after = cursorOf(payload, session.state.principal);
    if (after === undefined) return [];
    const found: LiveJob[] = [];
    const enough = (payload.limit ?? Limits.listPageDefault) + 1;
    for (let at = firstAfter(all, after); at < all.length; at += ASKED_AT_ONCE) {
      const some = all
        .slice(at, at + ASKED_AT_ONCE)
        .filter(({ state }) => isWanted(state, payload.filter));
      const views = await Promise.all(some.map(look));
      found.push(
        ...some.filter((job, i) => views[i] === "allow" && jobs.get(job.state.id) === job),
      );
      if (found.length >= enough) break;
      // Very many jobs would be gone through without a pause.
      await new Promise<void>(core.defer);
    }
    return found;
  }

  return (asker, message) => {
    if (core.policy.observe === undefined) {
      const page = pageOf(asker, message, jobs.of(asker.session.state.principal));
      // All of a family are one principal's.
      return answer(asker, message, page, ({ state }) => state.parent?.job ?? null);
    }
    options.inTurn(asker, message, async () => {
      const look = viewsFor(asker);
      const page = pageOf(asker, message, await observable(asker, message, look));
      const listed = page instanceof ArcpError ? [] : page.jobs;
      const parents: (JobId | null)[] = [];
      for (let at = 0; at < listed.length; at += ASKED_AT_ONCE) {
        const some = listed.slice(at, at + ASKED_AT_ONCE);
        const asked = some.map((job) => observers.parentFor(asker.session, job, look));
        parents.push(...(await Promise.all(asked)));
      }
      answer(asker, message, page, (_job, at) => parents[at] ?? null);
    });
  };
}
