import { isTerminal } from "../../../generated/draft-1.1/index.js";
import type {
  Credential,
  CredentialId,
  Feature,
  JobId,
} from "../../../generated/draft-1.1/index.js";
import type { JobInput } from "../../jobs/facts.js";
import type { JobState } from "../../jobs/state.js";
import type { Counter } from "../../leases/budget.js";
import type { LogEntry, StoredRecord } from "../../stores/port.js";
import { ArcpError, isErrorCode } from "../../wire/errors.js";
import { ulid } from "../../wire/ids.js";
import type { Commits } from "../commits.js";
import type { Core } from "../core.js";
import { inWords } from "../failures.js";
import type { Asker, LiveJob, LiveSession } from "../live.js";
import { createTimer } from "../timer.js";
import { agentCredentials } from "./agent-credential.js";
import type { AgentCredentials } from "./agent-credential.js";
import { checkAnswer } from "./answer.js";
import type { Answer } from "./answer.js";
import { guarded } from "./guard.js";
import { createLedger } from "./ledger.js";
import type { Grant } from "./ledger.js";
import { createTurns } from "./turns.js";
import { termsOf } from "./terms.js";
import type { CredentialDesk, CredentialGrant, IssuedCredentials } from "./provisioner.js";
import { createWallet, rotationBody } from "./wallet.js";
import type { Wallet } from "./wallet.js";
import { within } from "./within.js";

const FEATURE: Feature = "provisioned_credentials";

/** What was issued for a job that is not accepted yet, or not started again. One of the two has to be called. */
export interface Issue {
  readonly ids: readonly string[];
  /** The job has them: stored with whatever else the turn commits. */
  keep(): void;
  /** It came to nothing: they are revoked. */
  drop(): void;
}

/** The credentials of all jobs: issued, shown, rotated, revoked. §9.8 */
export interface Credentials {
  readonly desk: CredentialDesk;
  /** Whether jobs may have any. */
  readonly provisioned: boolean;
  /** Why this connection may not submit; SEC-03. */
  refusal(asker: Asker): ArcpError | undefined;
  /**
   * Has credentials issued for a job; `undefined` if it gets none. Rejects with the `ArcpError` to refuse it with.
   *
   * @param former the ids that it had in a former process, which it gets again
   */
  issue(job: JobState, former?: readonly string[]): Promise<Issue | undefined>;
  /** Tells of new values, once a job has them in a new process (CRED-09). */
  announce(job: LiveJob): void;
  /** The job has ended: its credentials are revoked, and those of its children (CRED-11, CRED-16). */
  ended(id: JobId): void;
  /** What a reply about a job has to hold for this asker (CRED-26, CRED-27). */
  shown(asker: Asker, job: JobState): { readonly credentials?: readonly Credential[] };
  /** What a session is sent in the place of an entry; `undefined` where all are sent as they are. */
  fillerFor(
    session: LiveSession,
  ): ((job: JobId, entry: LogEntry, index: number) => LogEntry) | undefined;
  /** What may be said instead of what holds a value. Throws what is refused to the agent. */
  guarded(job: JobId, input: JobInput): JobInput;
  /** A text for the log. */
  redacted(job: JobId, text: string): string;
  forAgent(job: JobId): AgentCredentials;
  restore(ledger: readonly StoredRecord<string>[]): void;
  /** Has everything revoked that is outstanding; waits no longer than until `over` aborts. */
  close(over: AbortSignal): Promise<void>;
}

export interface CredentialsOptions {
  readonly core: Core;
  readonly commits: Commits;
  readonly job: (id: JobId) => LiveJob | undefined;
  readonly step: (job: LiveJob, input: JobInput) => void;
  /** All counters that bind a job, those above it too. */
  readonly counters: (job: JobState) => readonly Counter[] | undefined;
}

interface Asked {
  readonly grant: Grant;
  readonly answer: Answer;
}

/** Requests to the provisioner for credentials at the same time. */
const AT_ONCE = 16;
/** A rotation that failed is tried again after so long, then after twice as long, and so on. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

export function createCredentials(options: CredentialsOptions): Credentials {
  const { core, commits } = options;
  const { clock, entropy, limits, logger, provisioner } = core;
  const wallets = new Map<JobId, Wallet>();
  /** Values that are not known to be revoked, each with its job. */
  const inUse = new Map<string, JobId>();
  const rotating = new Map<JobId, Promise<void>>();
  const turns = createTurns(AT_ONCE);
  const closing = new AbortController();
  const newId = (prefix: string) => `${prefix}_${ulid(clock.wall(), entropy)}`;
  const ledger = createLedger({
    core,
    commits,
    provisioner,
    newId: () => newId("grant"),
    revoked: ({ secrets }) => secrets.forEach((secret) => inUse.delete(secret)),
  });

  /** Asks the provisioner. Whatever comes of it, what may have been issued and is not returned is being revoked. */
  async function ask(
    job: JobState,
    ids: readonly string[] | undefined,
    replaced?: Grant,
  ): Promise<Asked | undefined> {
    if (provisioner === undefined) return undefined;
    const terms = termsOf(job, options.counters(job), core.models);
    const { jobId, agent, principal } = terms;
    return turns.take(async () => {
      const intended = ledger.intend({ jobId, agent, principal });
      const grant = await intended.catch((error: unknown) => {
        throw refusalFor(jobId, error);
      });
      const replaces = replaced && grantOf(replaced);
      try {
        const given = await within(
          clock,
          limits.credentialTimeoutMs,
          async (signal) => {
            const request = { ...terms, grantId: grant.record.id, replaces, signal };
            const issued = await provisioner.issue(request);
            if (signal.aborted && issued !== undefined) ledger.late(grant, issued.handle ?? null);
            return issued;
          },
          closing.signal,
        );
        if (given === undefined) {
          ledger.forget(grant);
          return undefined;
        }
        return { grant, answer: checked(given, ids) };
      } catch (error) {
        ledger.revoke(grant);
        throw refusalFor(jobId, error);
      }
    });
  }

  function checked(given: IssuedCredentials, ids: readonly string[] | undefined): Answer {
    const newCredential = () => newId("cred") as CredentialId;
    return checkAnswer(given, ids, newCredential, (value) => inUse.has(value));
  }

  function refusalFor(job: JobId, error: unknown): ArcpError {
    logger.warn({ job, error: inWords(error) }, "credentials were not issued");
    if (ArcpError.is(error) && isErrorCode(error.code)) return error;
    return new ArcpError("INTERNAL_ERROR", "the credentials of the job could not be issued", {
      cause: error,
    });
  }

  /** The answer joins the ledger, and the values what is in use. */
  function take({ grant, answer: { credentials, handle } }: Asked, jobId: JobId): void {
    ledger.issued(grant, { credentials: credentials.map(({ id }) => id), handle });
    for (const { value } of credentials) inUse.set(value, jobId);
  }

  function hold(job: JobState, asked: Asked): void {
    take(asked, job.id);
    const { id: jobId, principal } = job;
    const parentJobId = job.parent?.job;
    const { credentials, rotateAt } = asked.answer;
    wallets.set(jobId, createWallet({ jobId, principal, parentJobId }, asked.grant, credentials));
    rotateBy(jobId, rotateAt);
    const ids = credentials.map(({ id }) => id);
    logger.info(
      { job: jobId, grant: asked.grant.record.id, credentials: ids },
      "credentials issued",
    );
  }

  function drop(asked: Asked, jobId: JobId): void {
    take(asked, jobId);
    ledger.revoke(asked.grant);
  }

  function isOver(job: LiveJob | undefined): boolean {
    return job === undefined || isTerminal(job.state.status) || job.suspended;
  }

  /** Says in the job's log that each credential was rotated; gives the places. */
  function announce(job: LiveJob, credentials: readonly Credential[]): readonly number[] {
    return credentials.map(({ id }) => {
      const place = job.state.entries;
      options.step(job, { type: "emit", kind: "status", body: rotationBody(id) });
      return place;
    });
  }

  async function rotate(jobId: JobId): Promise<void> {
    const wallet = wallets.get(jobId);
    const job = options.job(jobId);
    if (wallet === undefined || job === undefined || isOver(job)) {
      throw new ArcpError("JOB_NOT_FOUND", "no job that has credentials and has not ended");
    }
    const former = wallet.grant;
    const asked = await ask(
      job.state,
      wallet.current.map(({ id }) => id),
      former,
    );
    if (asked === undefined) {
      throw new ArcpError("INTERNAL_ERROR", "the provisioner issued nothing in their place");
    }
    if (wallets.get(jobId) !== wallet || isOver(job)) {
      drop(asked, jobId);
      throw new ArcpError("JOB_NOT_FOUND", "the job ended while its credentials were rotated");
    }
    const { grant, answer } = asked;
    take(asked, jobId);
    wallet.rotate(grant, answer.credentials, announce(job, answer.credentials));
    rotateBy(jobId, answer.rotateAt);
    logger.info({ job: jobId, grant: grant.record.id }, "credentials rotated");
    // CRED-10: once it is durable which ones are good now, the old ones are not.
    await commits.flushed().finally(() => ledger.revoke(former));
  }

  /** One rotation of a job at a time: who asks for another meanwhile gets the same. */
  function rotateOnce(jobId: JobId): Promise<void> {
    const running = rotating.get(jobId);
    if (running !== undefined) return running;
    const rotation = rotate(jobId).finally(() => rotating.delete(jobId));
    rotating.set(jobId, rotation);
    return rotation;
  }

  /** Rotates a job's credentials at the time that their provisioner named, and again until that succeeds. */
  function rotateBy(jobId: JobId, wall: number | undefined): void {
    const wallet = wallets.get(jobId);
    if (wall === undefined || wallet === undefined) return;
    const { grant } = wallet;
    let pause = FIRST_PAUSE_MS;
    const timer = createTimer(clock, () => {
      // Rotated meanwhile, or over.
      if (wallets.get(jobId)?.grant !== grant) return;
      rotateOnce(jobId).catch((error: unknown) => {
        if (wallets.get(jobId) !== wallet || closing.signal.aborted) return;
        logger.warn({ job: jobId, error: inWords(error) }, "credentials were not rotated in time");
        timer.set(clock.monotonic() + pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      });
    });
    timer.set(clock.monotonic() + Math.max(wall - clock.wall(), FIRST_PAUSE_MS));
  }

  function ended(jobId: JobId): void {
    if (wallets.size === 0) return;
    const wallet = wallets.get(jobId);
    if (wallet !== undefined) {
      wallets.delete(jobId);
      wallet.close();
      ledger.revoke(wallet.grant);
    }
    // A child may still have its time to end; its credentials have not.
    for (const child of [...wallets.values()]) {
      if (child.parentJobId === jobId) ended(child.jobId);
    }
  }

  /** CRED-27, SEC-03: for nobody but the principal that submitted the job, and over no wire that others can read. */
  function mayShow({ state, connection }: Pick<LiveSession, "state" | "connection">): boolean {
    return connection?.secure === true && state.features.includes(FEATURE);
  }

  return {
    provisioned: provisioner !== undefined,
    desk: {
      outstanding: ledger.outstanding,
      rotate: (jobId) => rotateOnce(jobId as JobId),
      revokeAgain: ledger.revokeAgain,
    },
    refusal({ session, connection }) {
      if (provisioner === undefined || connection.secure) return undefined;
      if (!session.state.features.includes(FEATURE)) return undefined;
      const text =
        "credentials are not sent over an unencrypted connection to another host: connect by wss://, or open a session without provisioned_credentials";
      return new ArcpError("INVALID_REQUEST", text, { details: { feature: FEATURE } });
    },
    async issue(job, former) {
      const asked = await ask(job, former);
      if (asked === undefined) return undefined;
      return {
        ids: asked.answer.credentials.map(({ id }) => id),
        keep: () => hold(job, asked),
        drop: () => drop(asked, job.id),
      };
    },
    announce(job) {
      const wallet = wallets.get(job.state.id);
      if (wallet === undefined) return;
      wallet.rotate(wallet.grant, wallet.current, announce(job, wallet.current));
    },
    ended,
    shown({ session, connection }, job) {
      if (!mayShow({ state: session.state, connection })) return {};
      const wallet = wallets.get(job.id);
      if (wallet === undefined || session.state.principal !== wallet.principal) return {};
      return { credentials: wallet.current };
    },
    fillerFor(session) {
      if (!mayShow(session)) return undefined;
      const { principal } = session.state;
      return (job, entry, index) => {
        const wallet = wallets.get(job);
        return wallet?.principal === principal ? wallet.filled(entry, index) : entry;
      };
    },
    guarded(job, input) {
      const wallet = wallets.size === 0 ? undefined : wallets.get(job);
      return wallet === undefined ? input : guarded(wallet, input);
    },
    redacted: (job, text) => wallets.get(job)?.redacted(text) ?? text,
    forAgent: (job) => agentCredentials(() => wallets.get(job)),
    restore: ledger.restore,
    async close(over) {
      closing.abort(new ArcpError("INTERNAL_ERROR", "the runtime is going down"));
      for (const id of [...wallets.keys()]) ended(id);
      await turns.idle(over);
      await ledger.close(over);
    },
  };
}

function grantOf({ record: { id, jobId, handle } }: Grant): CredentialGrant {
  return { id, jobId, handle };
}
