import { isTerminal } from "../../generated/current/index.js";
import type { JobInput } from "../jobs/facts.js";
import { ArcpError } from "../wire/errors.js";
import { inputFor } from "./admission.js";
import type { Core } from "./core.js";
import type { Credentials } from "./credentials/credentials.js";
import { inWords } from "./failures.js";
import { isAborted } from "./live.js";
import type { LiveJob } from "./live.js";

/** What a job of a former process needs before its agent can be started, again or at last. §7.3 */
export interface Restarts {
  /** Resolves once its input is there; false if it cannot run here any more, and has ended. */
  ready(job: LiveJob): Promise<boolean>;
  /** Starts it, once it has credentials where jobs have any: the values of the former ones are gone. */
  start(job: LiveJob): void;
}

export function createRestarts(options: {
  readonly core: Core;
  readonly credentials: Credentials;
  readonly step: (job: LiveJob, input: JobInput) => void;
  readonly persist: (job: LiveJob) => void;
  /** Its agent may start. */
  readonly push: (job: LiveJob) => void;
}): Restarts {
  const { core, credentials, step } = options;

  async function restoredInput(job: LiveJob) {
    try {
      return await inputFor(job.agent, job.given);
    } catch (error) {
      // One agent's schema is no reason to let nobody in.
      core.logger.error(
        { job: job.state.id, error: inWords(error) },
        "an input could not be looked at",
      );
      return new ArcpError("INTERNAL_ERROR", "the input could not be looked at");
    }
  }

  /** Never rejects. */
  async function equip(job: LiveJob): Promise<void> {
    const issue = await credentials.issue(job.state, job.credentials).catch(asError);
    const over = isTerminal(job.state.status) || job.suspended;
    if (ArcpError.is(issue)) return over ? undefined : step(job, { type: "failed", error: issue });
    if (over) return issue?.drop();
    if (isAborted(job)) {
      // It was told to stop meanwhile, and is started only to end (CRED-16).
      issue?.drop();
      return options.push(job);
    }
    issue?.keep();
    // Whoever follows the job still has those that it had.
    if (job.credentials.length > 0) credentials.announce(job);
    job.credentials = issue?.ids ?? [];
    options.persist(job);
    options.push(job);
  }

  return {
    async ready(job) {
      const { name, version } = job.agent;
      if (core.registry.get(name, version) === undefined) {
        const text = `${job.state.agent} is not hosted here any more`;
        step(job, { type: "failed", error: new ArcpError("INTERNAL_ERROR", text) });
        return false;
      }
      const input = await restoredInput(job);
      if (input instanceof ArcpError) {
        step(job, { type: "failed", error: input });
        return false;
      }
      job.input = input.value;
      return true;
    },
    start(job) {
      if (credentials.provisioned) void equip(job);
      else options.push(job);
    },
  };
}

/** Where a promise rejects with nothing else. */
export const asError = (error: ArcpError): ArcpError => error;
