import type { JobId } from "../../generated/current/index.js";
import { ArcpError } from "../wire/errors.js";
import { kindOf } from "../wire/options.js";
import { printable } from "../wire/text.js";
import type { Core } from "./core.js";
import { inWords } from "./failures.js";
import type { LiveJob, LiveSession } from "./live.js";
import { within } from "./within.js";

/** What a session may know of a job: all, that it exists, or nothing. */
export type View = "allow" | "deny" | "hide";

/** Who may look at whose jobs: a principal at its own, and at others' what the operator's policy lets it. §14.3 */
export interface Observers {
  /** At once where nobody has to be asked. Never rejects: a policy that throws, or does not answer, hides. */
  view(session: LiveSession, job: LiveJob): View | Promise<View>;
  /**
   * The same for a request that names a job, existing or not. What is hidden is answered after the same time, whether
   * it is there or not, as far as the policy's last answers tell how long it takes (W-20).
   *
   * @param does what was asked for, for the log: each decision is written down (SEC-14)
   */
  decide(
    session: LiveSession,
    named: string,
    job: LiveJob | undefined,
    does: "subscribe" | "cancel",
  ): View | Promise<View>;
  /**
   * The job that delegated this one, for a session that may look at that one, too. For any other it is as if there were
   * none: who may see a child is not told of what it may not see (LIST-06, W-20).
   *
   * @param look what it may know of a job, where that was asked already
   */
  parentFor(
    session: LiveSession,
    job: LiveJob,
    look?: (job: LiveJob) => View | Promise<View>,
  ): JobId | null | Promise<JobId | null>;
}

export function createObservers(
  core: Core,
  jobs: { readonly get: (id: JobId) => LiveJob | undefined },
): Observers {
  const { clock, limits, logger, policy } = core;
  /** How the policy hid a job, the last time: with a promise or without, and after how long. */
  let last = { promised: false, ms: 0 };

  function view({ identity }: LiveSession, { state }: LiveJob): View | Promise<View> {
    const { principal } = identity;
    if (state.principal === principal) return "allow";
    const { observe } = policy;
    if (observe === undefined) return "hide";
    const failed = (error: unknown): View => {
      const fields = { principal, job: state.id, error: inWords(error) };
      logger.error(fields, "the policy could not say whether a job may be seen");
      return "hide";
    };
    try {
      const { id, agent, principal: owner } = state;
      const said = observe.call(policy, { identity, job: { id, agent, principal: owner } });
      return isPromise(said) ? awaited(said, failed) : viewOf(said);
    } catch (error) {
      return failed(error);
    }
  }

  function awaited(said: PromiseLike<unknown>, failed: (error: unknown) => View): Promise<View> {
    const { policyTimeoutMs } = limits;
    return within(clock, policyTimeoutMs, async () => viewOf(await said)).catch(failed);
  }

  /** A job that there is none: hidden on the way that the last one was, turn by turn. */
  function absent(): View | Promise<View> {
    const { promised, ms } = last;
    if (promised) return awaited(passed(ms), () => "hide");
    return ms < 1 ? "hide" : passed(ms);
  }

  /** A timer takes a millisecond at least. */
  async function passed(ms: number): Promise<View> {
    if (ms >= 1) await new Promise<void>((done) => clock.timer(clock.monotonic() + ms, done));
    return "hide";
  }

  return {
    view,
    parentFor(session, { state }, look = (job) => view(session, job)) {
      const id = state.parent?.job ?? null;
      // All of a family are one principal's.
      if (id === null || state.principal === session.identity.principal) return id;
      const parent = jobs.get(id);
      const said = parent === undefined ? "hide" : look(parent);
      const shown = (one: View) => (one === "allow" ? id : null);
      return said instanceof Promise ? said.then(shown) : shown(said);
    },
    decide(session, named, job, does) {
      const began = clock.monotonic();
      const said = job === undefined ? absent() : view(session, job);
      const promised = said instanceof Promise;
      const told = (decision: View): View => {
        // What was imitated is no measure: a timer is late, and each would add to it.
        if (job !== undefined && decision === "hide") {
          last = { promised, ms: clock.monotonic() - began };
        }
        const { id, principal } = session.state;
        const owner = job?.state.principal;
        logger.info(
          { principal, session: id, job: job?.state.id ?? printable(named), owner, does, decision },
          "asked to look at a job",
        );
        return decision;
      };
      return said instanceof Promise ? said.then(told) : told(said);
    },
  };
}

/** W-20: a job that is hidden and none at all get this one answer. */
export function notFound(): ArcpError {
  return new ArcpError("JOB_NOT_FOUND", "no such job");
}

/** What a policy said. Throws for what is no answer. */
function viewOf(said: unknown): View {
  if (said === "allow" || said === "deny" || said === "hide") return said;
  throw new TypeError(`policy.observe gives "allow", "deny" or "hide"; got ${kindOf(said)}`);
}

/** Any library's promise is one. */
function isPromise(said: View | PromiseLike<View>): said is PromiseLike<View> {
  return typeof said === "object" && said !== null && "then" in said;
}
