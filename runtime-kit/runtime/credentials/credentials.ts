import type { Credential, Feature, JobId } from "../../../generated/current/index.js";
import type { Cost, JobInput } from "../../jobs/facts.js";
import type { JobState } from "../../jobs/state.js";
import type { Counter } from "../../leases/budget.js";
import type { LogEntry, StoredRecord } from "../../stores/port.js";
import { ArcpError } from "../../wire/errors.js";
import type { Commits } from "../commits.js";
import type { Core } from "../core.js";
import type { Family } from "../family.js";
import type { Asker, LiveJob, LiveSession } from "../live.js";
import { UNGUARDED } from "../results.js";
import type { StreamGuard } from "../results.js";
import { agentCredentials } from "./agent-credential.js";
import type { AgentCredentials } from "./agent-credential.js";
import { createAsking } from "./asking.js";
import type { Asked } from "./asking.js";
import { guarded } from "./guard.js";
import type { Keyring } from "./keyring.js";
import { createLedger } from "./ledger.js";
import type { CredentialDesk } from "./provisioner.js";
import { createRecaps } from "./recaps.js";
import { createRotations } from "./rotations.js";
import { guardedStream } from "./stream-guard.js";
import { createWallet } from "./wallet.js";
import type { Wallet } from "./wallet.js";

const FEATURE: Feature = "provisioned_credentials";

/** What was issued for a job that is not accepted yet, or not started again. It is kept, or dropped. */
export interface Issue {
  readonly ids: readonly string[];
  /** The job has them: stored with whatever else the turn commits. */
  keep(): void;
  /** Revokes them, unless they were kept. */
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
   * @param former the ids of those that it had in a former process, which it gets again
   */
  issue(job: JobState, former?: readonly string[]): Promise<Issue | undefined>;
  /** Tells of new values, once a job has them in a new process (CRED-09). */
  announce(job: LiveJob): void;
  /** The job has ended: its credentials are revoked, and those of its children (CRED-11, CRED-16). */
  ended(id: JobId): void;
  /** The job reported a cost. */
  charged(id: JobId, cost: Cost): void;
  /** What a reply about a job has to hold for this asker (CRED-26, CRED-27). */
  shown(asker: Asker, job: JobState): { readonly credentials?: readonly Credential[] };
  /** What a session is sent in the place of an entry; `undefined` where all are sent as they are. */
  fillerFor(
    session: LiveSession,
  ): ((job: JobId, entry: LogEntry, index: number) => LogEntry) | undefined;
  /** Which member of what a principal asks for holds the value of a credential of its own, and so must not be stored (CRED-25). */
  memberWith: Keyring["memberWith"];
  /** What a principal says of a job, without the values of its credentials. */
  withoutValues: Keyring["redacted"];
  /** What may be said instead of what holds a value. Throws what is refused to the agent. */
  guarded(job: JobId, input: JobInput): JobInput;
  /** What a job's streamed result passes, before it is cut into chunks. */
  guardedStream(job: JobId): StreamGuard;
  /** A text for the log. */
  redacted(job: JobId, text: string): string;
  /** The same for whoever may have something to say once the job has ended. */
  redactor(job: JobId): (text: string) => string;
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
  readonly payerAbove: Family["payerAbove"];
}

const NONE = {};

export function createCredentials(options: CredentialsOptions): Credentials {
  const { core, commits } = options;
  const { keyring, logger, provisioner } = core;
  const wallets = new Map<JobId, Wallet>();
  /** Those of jobs that have not ended: what they know they may still say. */
  const known = new Map<JobId, Wallet>();
  /** Those of jobs that another one delegated. */
  const children = new Set<Wallet>();
  const ledger = createLedger({
    core,
    commits,
    revoked: ({ record, secrets }) => keyring.remove(record.principal, secrets),
  });
  const wallet = (id: JobId) => wallets.get(id);
  const counters = (job: JobState) => recaps.countersOf(job);
  const reported = (id: JobId) => wallets.get(id)?.reported ?? NONE;
  const asking = createAsking({ core, ledger, counters, reported, inUse: keyring.has });
  const rotations = createRotations({ ...options, asking, ledger, wallet, take });
  const recaps = createRecaps({
    ...options,
    rotations,
    holders: () => Array.from(wallets.keys(), options.job).filter((job) => job !== undefined),
  });

  /** The answer joins the ledger, and its values the keyring. */
  function take({ grant, answer: { credentials, handle } }: Asked): void {
    ledger.issued(grant, { credentials: credentials.map(({ id }) => id), handle });
    grant.secrets = credentials.map(({ value }) => value);
    keyring.add(grant.record.principal, grant.secrets);
  }

  function hold({ id: jobId, principal, parent }: JobState, asked: Asked): void {
    take(asked);
    const { grant, answer } = asked;
    const parentJobId = parent?.job;
    const own = createWallet({ jobId, principal, parentJobId }, grant, answer.credentials);
    wallets.set(jobId, own);
    known.set(jobId, own);
    if (parentJobId !== undefined) children.add(own);
    rotations.by(jobId, answer.rotateAt);
    const credentials = answer.credentials.map(({ id }) => id);
    logger.info({ job: jobId, grant: grant.record.id, credentials }, "credentials issued");
  }

  function ended(id: JobId): void {
    const job = options.job(id);
    known.delete(id);
    over(id);
    if (job !== undefined && wallets.size > 0) recaps.settled(job.state);
  }

  function over(id: JobId): void {
    const own = wallets.get(id);
    if (own !== undefined) {
      wallets.delete(id);
      children.delete(own);
      rotations.by(id, undefined);
      own.close();
      ledger.revoke(own.grant);
    }
    // A child may still have its time to end; its credentials have not.
    for (const { jobId, parentJobId } of [...children]) if (parentJobId === id) over(jobId);
  }

  /** CRED-27, SEC-03: for nobody but the principal that submitted the job, and over no wire that others can read. */
  function mayShow({ state, connection }: Pick<LiveSession, "state" | "connection">): boolean {
    return connection?.secure === true && state.features.includes(FEATURE);
  }

  async function issue(job: JobState, former: readonly string[] = []): Promise<Issue | undefined> {
    const asked = await asking.ask(job, former.length === 0 ? {} : { ids: former });
    return asked && issueOf(job, asked);
  }

  function issueOf(job: JobState, asked: Asked): Issue {
    let open = true;
    return {
      ids: asked.answer.credentials.map(({ id }) => id),
      keep() {
        open = false;
        hold(job, asked);
      },
      drop() {
        if (!open) return;
        open = false;
        take(asked);
        ledger.revoke(asked.grant);
      },
    };
  }

  /** CRED-20: the same for a child that does not exist yet, with its budget set aside first. */
  async function issueChild(child: JobState): Promise<Issue> {
    const end = await recaps.aside(child);
    let open = true;
    const over = (kept: boolean) => {
      if (open) end(kept);
      open = false;
    };
    try {
      const issued = await issue(child);
      return {
        ids: issued?.ids ?? [],
        keep() {
          issued?.keep();
          over(true);
        },
        drop() {
          issued?.drop();
          over(false);
        },
      };
    } catch (error) {
      over(false);
      throw error;
    }
  }

  return {
    provisioned: provisioner !== undefined,
    desk: {
      outstanding: ledger.outstanding,
      rotate: (id) => rotations.rotate(id as JobId),
      revokeAgain: ledger.revokeAgain,
    },
    refusal({ session, connection }) {
      if (provisioner === undefined || connection.secure) return undefined;
      if (!session.state.features.includes(FEATURE)) return undefined;
      const text =
        "credentials are not sent over an unencrypted connection to another host: connect by wss://, or open a session without provisioned_credentials";
      return new ArcpError("INVALID_REQUEST", text, { details: { feature: FEATURE } });
    },
    issue: (job, former) =>
      job.parent === undefined || options.job(job.id) !== undefined
        ? issue(job, former)
        : issueChild(job),
    announce(job) {
      const own = wallets.get(job.state.id);
      own?.rotate(own.grant, own.current, rotations.announce(job, own.current));
    },
    ended,
    charged: (id, cost) => wallets.get(id)?.charge(cost),
    shown({ session, connection }, job) {
      const own = wallets.get(job.id);
      const { state } = session;
      if (own === undefined || !mayShow({ state, connection })) return NONE;
      return state.principal === own.principal ? { credentials: own.current } : NONE;
    },
    fillerFor(session) {
      if (!mayShow(session)) return undefined;
      const { principal } = session.state;
      return (job, entry, index) => {
        const own = wallets.get(job);
        return own?.principal === principal ? own.filled(entry, index) : entry;
      };
    },
    memberWith: keyring.memberWith,
    withoutValues: keyring.redacted,
    guarded(job, input) {
      const own = known.size === 0 ? undefined : known.get(job);
      return own === undefined ? input : guarded(own, input);
    },
    guardedStream(job) {
      const own = known.get(job);
      return own === undefined ? UNGUARDED : guardedStream(own);
    },
    redacted: (job, text) => known.get(job)?.redacted(text) ?? text,
    redactor: (job) => known.get(job)?.redacted ?? ((text) => text),
    forAgent: (job) => agentCredentials(() => wallets.get(job)),
    restore: ledger.restore,
    async close(over) {
      for (const id of [...wallets.keys()]) ended(id);
      await asking.close(over);
      await ledger.close(over);
    },
  };
}
