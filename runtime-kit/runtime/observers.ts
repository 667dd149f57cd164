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
  /** How long the policy took to hide a job, the last time. */
  let hidingMs = 0;

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
      if (!isPromise(said)) return viewOf(said);
      const { policyTimeoutMs } = limits;
      return within(clock, policyTimeoutMs, async () => viewOf(await said)).catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  async function hidden(): Promise<View> {
    if (hidingMs > 0)
      await new Promise<void>((resolve) => clock.timer(clock.monotonic() + hidingMs, resolve));
    return "hide";
  }

  async function timed(said: Promise<View>): Promise<View> {
    const began = clock.monotonic();
    const view = await said;
    if (view === "hide") hidingMs = clock.monotonic() - began;
    return view;
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
      const said = job === undefined ? unknown() : view(session, job);
      const told = (decision: View): View => {
        const { id, principal } = session.state;
        const owner = job?.state.principal;
        logger.info(
          { principal, session: id, job: job?.state.id ?? printable(named), owner, does, decision },
          "asked to look at a job",
        );
        return decision;
      };
      if (!(said instanceof Promise)) return told(said);
      return (job === undefined ? said : timed(said)).then(told);
    },
  };

  function unknown(): View | Promise<View> {
    return policy.observe === undefined ? "hide" : hidden();
  }
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
