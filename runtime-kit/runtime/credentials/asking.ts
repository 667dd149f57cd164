import type { CredentialId, JobId } from "../../../generated/current/index.js";
import type { JobState } from "../../jobs/state.js";
import type { Counter } from "../../leases/budget.js";
import { ArcpError, isErrorCode } from "../../wire/errors.js";
import { ulid } from "../../wire/ids.js";
import type { Core } from "../core.js";
import { inWords } from "../failures.js";
import { checkAnswer } from "./answer.js";
import type { Answer } from "./answer.js";
import type { Grant, Ledger } from "./ledger.js";
import type { CredentialGrant, CredentialProvisioner, IssuedCredentials } from "./provisioner.js";
import { termsOf } from "./terms.js";
import { createTurns } from "./turns.js";
import { within } from "./within.js";
import type { Waits } from "./within.js";

/** A grant with what was issued under it. */
export interface Asked {
  readonly grant: Grant;
  readonly answer: Answer;
}

/** What there is to know of a request besides its job. */
export interface More {
  /** The ids of the credentials whose place is taken. */
  readonly ids?: readonly string[] | undefined;
  /** The grant whose place is taken. */
  readonly replaced?: Grant;
}

/** Asking the provisioner for credentials. Whatever comes of it, what may have been issued and is not given back is revoked. */
export interface Asking {
  /** Resolves with `undefined` for a job that gets none; rejects with an `ArcpError`. */
  ask(job: JobState, more: More): Promise<Asked | undefined>;
  /** Gives up what is waited for; resolves when all of that is told, or `over` aborts. */
  close(over: AbortSignal): Promise<void>;
}

/** Requests at the same time. */
const AT_ONCE = 16;

export function createAsking(options: {
  readonly core: Core;
  readonly ledger: Ledger;
  /** Whether a value is not known to be revoked. */
  readonly inUse: (value: string) => boolean;
  /** All counters that bind a job, those above it too. */
  readonly counters: (job: JobState) => readonly Counter[] | undefined;
}): Asking {
  const { core, ledger, inUse } = options;
  const { clock, entropy, limits, logger, provisioner } = core;
  const turns = createTurns(AT_ONCE);
  const waits: Waits = new Set();
  let closed: ArcpError | undefined;

  const newId = () => `cred_${ulid(clock.wall(), entropy)}` as CredentialId;
  const checked = (given: IssuedCredentials, ids?: readonly string[]) =>
    checkAnswer(given, ids, newId, inUse);

  /** The handle of an answer that came too late; only a sound one may be stored. */
  function handleIn(given: IssuedCredentials): unknown {
    try {
      return checked(given).handle;
    } catch {
      return undefined;
    }
  }

  function refusalFor(job: JobId, error: unknown): ArcpError {
    logger.warn({ job, error: inWords(error) }, "credentials were not issued");
    if (ArcpError.is(error) && isErrorCode(error.code)) return error;
    const text = "the credentials of the job could not be issued";
    return new ArcpError("INTERNAL_ERROR", text, { cause: error });
  }

  async function askOf(
    from: CredentialProvisioner,
    job: JobState,
    { ids, replaced }: More,
  ): Promise<Asked | undefined> {
    if (closed !== undefined) throw closed;
    const terms = termsOf(job, options.counters(job), core.models);
    const { jobId, agent, principal } = terms;
    const replaces = replaced && grantOf(replaced);
    const grant = await ledger.intend({ jobId, agent, principal });
    try {
      const given = await within(
        clock,
        limits.credentialTimeoutMs,
        async (signal) => {
          const request = { ...terms, grantId: grant.record.id, replaces, signal };
          const issued = await from.issue(request);
          if (signal.aborted && issued !== undefined) ledger.late(grant, handleIn(issued));
          return issued;
        },
        waits,
      );
      if (given !== undefined) return { grant, answer: checked(given, ids) };
      ledger.forget(grant);
      return undefined;
    } catch (error) {
      ledger.revoke(grant);
      throw error;
    }
  }

  return {
    async ask(job, more) {
      if (provisioner === undefined) return undefined;
      try {
        return await turns.take(() => askOf(provisioner, job, more));
      } catch (error) {
        throw refusalFor(job.id, error);
      }
    },
    async close(over) {
      const reason = new ArcpError("INTERNAL_ERROR", "the runtime is going down");
      closed = reason;
      for (const giveUp of waits) giveUp(reason);
      await turns.idle(over);
    },
  };
}

function grantOf({ record: { id, jobId, handle } }: Grant): CredentialGrant {
  return { id, jobId, handle };
}
