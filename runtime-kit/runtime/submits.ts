import type { JobId, Message } from "../../generated/current/index.js";
import type { JobState } from "../jobs/state.js";
import { ArcpError } from "../wire/errors.js";
import { ulid } from "../wire/ids.js";
import { admit } from "./admission.js";
import type { Admitted } from "./admission.js";
import type { AgentRuns } from "./agent-runs.js";
import type { Commits } from "./commits.js";
import type { Core } from "./core.js";
import type { Credentials, Issue } from "./credentials/credentials.js";
import { createDeciding } from "./deciding.js";
import type { Delegation } from "./delegation.js";
import type { InTurn } from "./in-turn.js";
import { acceptedDraft } from "./job-replies.js";
import type { Keys, Key } from "./keys.js";
import { keyOf } from "./keys.js";
import type { Kin } from "./kin.js";
import { isAborted, owns } from "./live.js";
import type { Asker, LiveJob } from "./live.js";
import { prospectOf } from "./prospect.js";
import type { Rate } from "./rate.js";
import { asError } from "./restarts.js";
import type { Retry } from "./retry.js";
import type { RuntimeDraft } from "../wire/draft.js";
import type { Workload } from "./workload.js";

/** From a submit to a job that is accepted, or to its refusal. §7.1 */
export interface Submits {
  submit(asker: Asker, message: Message<"job.submit">): void;
  /** Makes a job of what was found good, within the turn; `say` tells of it once it is durable. */
  begin(
    state: JobState,
    terms: Admitted,
    issue: Issue | undefined,
    say: (job: LiveJob) => void,
  ): LiveJob;
}

export interface SubmitsOptions {
  readonly core: Core;
  readonly commits: Commits;
  readonly credentials: Credentials;
  readonly keys: Keys;
  readonly workload: Workload;
  readonly rate: Rate;
  readonly retry: Retry;
  readonly runs: AgentRuns;
  readonly delegation: Delegation;
  readonly job: (id: JobId) => LiveJob | undefined;
  /** A job as it joins the others. */
  readonly live: (state: JobState, terms: Admitted) => LiveJob;
  readonly arm: (job: LiveJob) => void;
  /** Writes a job down for the first time. */
  readonly enter: (job: LiveJob) => void;
  readonly reply: (asker: Asker, draft: RuntimeDraft) => void;
  readonly refuse: (asker: Asker, requestId: string, error: ArcpError) => void;
  readonly inTurn: InTurn;
  readonly mayCancel: (asker: Asker, job: LiveJob) => boolean;
  readonly kin: Pick<Kin, "born" | "announce">;
}

export function createSubmits(options: SubmitsOptions): Submits {
  const { core, commits, credentials, keys, workload, rate, retry, runs, delegation, kin, refuse } =
    options;
  const { credentialTimeoutMs, policyTimeoutMs } = core.limits;
  const deciding = createDeciding(core.clock, policyTimeoutMs + credentialTimeoutMs);

  function begin(
    state: JobState,
    terms: Admitted,
    issue: Issue | undefined,
    say: (job: LiveJob) => void,
  ): LiveJob {
    const job = options.live(state, terms);
    issue?.keep();
    job.credentials = issue?.ids ?? [];
    runs.claim(job);
    options.arm(job);
    options.enter(job);
    commits.after(() => {
      say(job);
      runs.push(job);
      runs.startNext();
    });
    const { id, agent, principal, parent } = state;
    const accepted = { job: id, agent, principal };
    core.logger.info(parent ? { ...accepted, parent: parent.job } : accepted, "job accepted");
    return job;
  }

  function accept(
    asker: Asker,
    message: Message<"job.submit">,
    state: JobState,
    terms: Admitted,
    issue?: Issue,
  ): void {
    const parent = parentFor(asker, message);
    if (ArcpError.is(parent)) return refuse(asker, message.id, parent);
    const at = parent && delegation.record(parent, delegatedBy(message, state), state);
    if (ArcpError.is(at)) return refuse(asker, message.id, at);
    const job = begin(state, terms, issue, (accepted) => {
      // G1: accepted is said once it is true. SUB: accepted goes out before any event of the job.
      const { features } = asker.session.state;
      const shown = credentials.shown(asker, state);
      options.reply(asker, acceptedDraft(state, { features, shown }));
      // DEL-02
      if (parent !== undefined && at !== undefined)
        kin.announce(accepted, parent, at, state.session);
    });
    if (parent !== undefined) kin.born(job, parent);
  }

  /** CRED-25: what would be stored with the job holds a key. Who sent it has it already, and is told where it stands. */
  function leak({ session }: Asker, { payload, trace_id }: Message<"job.submit">) {
    const { agent, input, lease_request, lease_constraints, idempotency_key } = payload;
    const said = { agent, input, lease_request, lease_constraints, idempotency_key, trace_id };
    const member = credentials.memberWith(session.state.principal, said);
    if (member === undefined) return undefined;
    const path = member === "trace_id" ? "/trace_id" : `/payload/${member}`;
    const text = `${path}: it holds the value of a credential of a job, which must not be stored`;
    return new ArcpError("INVALID_REQUEST", text, { details: { path, section: "9.8.4" } });
  }

  /** What a submit comes to; one that names a parent is held to what that may pass on. DEL-16 */
  function look(asker: Asker, message: Message<"job.submit">) {
    const parent = parentFor(asker, message);
    if (ArcpError.is(parent)) return parent;
    if (parent === undefined) return admit(core, message, asker.session.identity);
    return delegation.admit(parent, delegatedBy(message), asker.session.identity);
  }

  /** The job that a submit names as its parent, if it does. DEL-17 */
  function parentFor(asker: Asker, { payload }: Message<"job.submit">) {
    if (payload.parent_job_id == null) return undefined;
    const parent = options.job(payload.parent_job_id);
    const known = parent !== undefined && parent.state.principal === asker.session.state.principal;
    // G5: one that was told to stop begins nothing; one that waits for a slot has none that a child could go without.
    const runs = known && parent.state.status === "running" && !isAborted(parent);
    if (runs && !parent.suspended && options.mayCancel(asker, parent)) return parent;
    return new ArcpError("JOB_NOT_FOUND", "there is no such job that runs and is yours");
  }

  /** Without waiting where nothing has to be waited for. */
  async function consider(asker: Asker, message: Message<"job.submit">): Promise<void> {
    const key =
      message.payload.idempotency_key === undefined ? undefined : await keyOf(core, message);
    if (key === undefined) return decide(asker, message, key);
    return deciding(asker.session.state.principal, key, () => decide(asker, message, key));
  }

  async function decide(
    asker: Asker,
    message: Message<"job.submit">,
    key: Key | undefined,
  ): Promise<void> {
    // IDEM-05: what was asked before is answered as it was, whatever would be said to it now.
    const known = key && keys.get(asker.session.state.principal, key);
    if (!owns(asker)) return;
    if (key !== undefined && known !== undefined) return retry(asker, message.id, known, key);
    // Asked before the work is done, and again when it is.
    const { principal } = asker.session.identity;
    const over = workload.refusal(principal) ?? rate.refusal(principal) ?? leak(asker, message);
    if (over !== undefined) return refuse(asker, message.id, over);
    const looked = look(asker, message);
    const terms = looked instanceof Promise ? await looked : looked;
    if (isSettled(asker, message, terms, key) || ArcpError.is(terms)) return;
    const { parent_job_id: parent } = message.payload;
    const state = prospectOf(core, asker, message, terms, {
      key,
      parent: parent == null ? undefined : { job: parent, delegateId: newDelegateId() },
    });
    if (!credentials.provisioned) return accept(asker, message, state, terms);
    const issue = await credentials.issue(state).catch(asError);
    const refused = ArcpError.is(issue) ? issue : undefined;
    try {
      const settled = isSettled(asker, message, refused ?? terms, key);
      if (!settled && !ArcpError.is(issue)) accept(asker, message, state, terms, issue);
    } finally {
      // What the job does not have by now nobody has.
      if (!ArcpError.is(issue)) issue?.drop();
    }
  }

  /** Answers a submit of which there is nothing more to be done than that; says whether it was one. */
  function isSettled(
    asker: Asker,
    message: Message<"job.submit">,
    looked: Admitted | ArcpError,
    key: Key | undefined,
  ): boolean {
    // W-09: what a superseded connection asked for is not done.
    if (!owns(asker)) return true;
    const { principal } = asker.session.state;
    const twin = key && keys.get(principal, key);
    // IDEM-10: of two at once the other was faster.
    if (key !== undefined && twin !== undefined) retry(asker, message.id, twin, key);
    else {
      const refusal = ArcpError.is(looked)
        ? looked
        : (workload.refusal(principal) ?? credentials.refusal(asker));
      if (refusal === undefined) return false;
      refuse(asker, message.id, refusal);
    }
    return true;
  }

  function newDelegateId() {
    return `del_${ulid(core.clock.wall(), core.entropy)}` as const;
  }

  /** A client's submit for a job of its own, as its agent could have asked. */
  function delegatedBy({ payload }: Message<"job.submit">, state?: JobState) {
    return {
      id: state?.parent?.delegateId ?? newDelegateId(),
      named: false,
      agent: payload.agent,
      input: payload.input,
      lease: payload.lease_request,
      constraints: payload.lease_constraints,
      maxRuntimeSec: payload.max_runtime_sec,
    };
  }

  return {
    begin,
    submit: (asker, message) => options.inTurn(asker, message, () => consider(asker, message)),
  };
}
