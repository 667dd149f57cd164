import type { JobId } from "../../../generated/current/index.js";
import type { StoredRecord } from "../../stores/port.js";
import { ulid } from "../../wire/ids.js";
import type { Commits } from "../commits.js";
import type { Core } from "../core.js";
import { inWords } from "../failures.js";
import { createTimer } from "../timer.js";
import type { Timer } from "../timer.js";
import { within } from "../within.js";
import type { OutstandingCredentials } from "./provisioner.js";
import { redacted, spellings } from "./redact.js";

/** What is stored of a grant: who it is for and how to revoke it, and never a secret (CRED-25). */
export interface GrantRecord extends StoredRecord<string> {
  readonly jobId: JobId;
  readonly agent: string;
  readonly principal: string;
  /** When the provisioner was asked, in milliseconds since the epoch. */
  readonly askedAt: number;
  /** The ids of what was issued; absent while there is no answer. */
  readonly credentials?: readonly string[];
  readonly handle?: unknown;
}

/** A grant, with what this process makes of it. */
export interface Grant {
  record: GrantRecord;
  status: OutstandingCredentials["status"];
  attempts: number;
  error: string | undefined;
  /** Times that it still has to be revoked. */
  left: number;
  timer: Timer | undefined;
  /** A pause before the next attempt. */
  waiting: boolean;
  /** Its secrets, which no word of a failure may hold. */
  secrets: readonly string[];
}

/**
 * The grants that are not known to be revoked, and their revocation: tried until it succeeds, with longer and longer
 * pauses, given up for good after a while, and taken up again in the next process. §9.8.2, §14.5
 */
export interface Ledger {
  /** Resolves once it is durable that the provisioner is about to be asked: whatever it does then can be undone. */
  intend(grant: Pick<GrantRecord, "jobId" | "agent" | "principal">): Promise<Grant>;
  /** The answer: joins the commit that is being collected. */
  issued(grant: Grant, answer: Pick<GrantRecord, "credentials" | "handle">): void;
  /** Nothing was issued. */
  forget(grant: Grant): void;
  /** Sets the revocation going, if it is not. */
  revoke(grant: Grant): void;
  /** An answer that came when nobody waited for it any more: it is revoked, again if need be. */
  late(grant: Grant, handle: unknown): void;
  /** Takes what a store kept: all of it is to be revoked, since the values are gone. */
  restore(records: readonly StoredRecord<string>[]): void;
  revokeAgain(): void;
  outstanding(): readonly OutstandingCredentials[];
  /** Revokes all there is; resolves when each of them was tried once, or `over` aborts. */
  close(over: AbortSignal): Promise<void>;
}

/** Revocations, and so requests to the provisioner, at the same time. */
const AT_ONCE = 8;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
/** After so many, about an hour and a half, it is given up for this process. */
const MOST_ATTEMPTS = 24;
/**
 * What nobody knows the outcome of is revoked once more after so long: a request that was on its way to the upstream
 * has arrived by then.
 */
const DOUBT_MS = 60_000;

export function createLedger(options: {
  readonly core: Core;
  readonly commits: Commits;
  /** A grant is no longer outstanding. */
  readonly revoked: (grant: Grant) => void;
}): Ledger {
  const { core, commits } = options;
  const { clock, entropy, limits, logger, provisioner } = core;
  const grants = new Map<string, Grant>();
  const due: Grant[] = [];
  let running = 0;
  let closing: (() => void) | undefined;

  function live(record: GrantRecord, status: Grant["status"]): Grant {
    const more = { attempts: 0, error: undefined, timer: undefined, waiting: false, secrets: [] };
    const grant: Grant = { record, status, left: 1, ...more };
    grants.set(record.id, grant);
    return grant;
  }

  function put(grant: Grant): void {
    commits.write({ op: "ledger.put", entry: grant.record });
  }

  function forget(grant: Grant): void {
    grant.timer?.set(undefined);
    if (!grants.delete(grant.record.id)) return;
    commits.write({ op: "ledger.delete", id: grant.record.id });
    options.revoked(grant);
  }

  function revoke(grant: Grant): void {
    if (grant.status === "revoking") return;
    // Where the answer is lost, so is what was still under way.
    grant.left = grant.record.credentials === undefined ? 2 : 1;
    grant.status = "revoking";
    grant.attempts = 0;
    enqueue(grant);
  }

  function enqueue(grant: Grant): void {
    grant.timer?.set(undefined);
    grant.waiting = false;
    due.push(grant);
    next();
  }

  function next(): void {
    while (running < AT_ONCE) {
      const grant = due.shift();
      if (grant === undefined) break;
      running += 1;
      void attempt(grant);
    }
    if (running === 0 && due.length === 0) closing?.();
  }

  /** Never rejects. */
  async function attempt(grant: Grant): Promise<void> {
    await tried(grant);
    running -= 1;
    next();
  }

  async function tried(grant: Grant): Promise<void> {
    const { id, jobId, handle } = grant.record;
    if (provisioner === undefined) return giveUp(grant, "the runtime has no provisioner any more");
    try {
      const timeout = limits.credentialTimeoutMs;
      await within(clock, timeout, (signal) => provisioner.revoke({ id, jobId, handle }, signal));
    } catch (error) {
      const spelled = grant.secrets.flatMap((secret) => [...spellings(secret)]);
      return failed(grant, redacted(inWords(error), spelled));
    }
    grant.error = undefined;
    grant.left -= 1;
    if (grant.left > 0) return again(grant, DOUBT_MS);
    logger.info({ grant: id, job: jobId }, "credentials revoked");
    forget(grant);
  }

  function failed(grant: Grant, error: string): void {
    grant.attempts += 1;
    grant.error = error;
    if (grant.attempts >= MOST_ATTEMPTS) return giveUp(grant, error);
    const { id, jobId } = grant.record;
    logger.warn(
      { grant: id, job: jobId, attempts: grant.attempts, error },
      "credentials were not revoked; that is tried again",
    );
    again(grant, Math.min(FIRST_PAUSE_MS * 2 ** (grant.attempts - 1), LONGEST_PAUSE_MS));
  }

  /** CRED-13, SEC-21: somebody has to know, and to look after it. */
  function giveUp(grant: Grant, error: string): void {
    const { id, jobId, credentials } = grant.record;
    grant.status = "failed";
    grant.error = error;
    logger.error(
      { grant: id, job: jobId, credentials, attempts: grant.attempts, error },
      "credentials could not be revoked: revoke them upstream; the next start tries again",
    );
  }

  function again(grant: Grant, pause: number): void {
    if (closing !== undefined) return;
    grant.waiting = true;
    grant.timer ??= createTimer(clock, () => enqueue(grant));
    grant.timer.set(clock.monotonic() + pause);
  }

  function revokeAgain(): void {
    for (const grant of grants.values()) {
      if (grant.status === "failed") revoke(grant);
      else if (grant.waiting) enqueue(grant);
    }
  }

  return {
    async intend(of) {
      const id = `grant_${ulid(clock.wall(), entropy)}`;
      const grant = live({ id, askedAt: clock.wall(), ...of }, "issuing");
      put(grant);
      try {
        await commits.flushed();
      } catch (error) {
        grants.delete(grant.record.id);
        throw error;
      }
      return grant;
    },
    issued(grant, answer) {
      grant.record = { ...grant.record, ...answer };
      if (grant.status === "issuing") grant.status = "live";
      grants.set(grant.record.id, grant);
      put(grant);
    },
    forget,
    revoke,
    late(grant, handle) {
      const { id } = grant.record;
      if (!grants.has(id)) grant.status = "live";
      grants.set(id, grant);
      grant.record = { ...grant.record, handle };
      put(grant);
      revoke(grant);
      grant.left = 2;
    },
    restore(records) {
      for (const record of records) revoke(live(record as GrantRecord, "live"));
    },
    revokeAgain,
    outstanding: () => Array.from(grants.values(), shown),
    async close(over) {
      const all = new Promise<void>((resolve) => {
        closing = resolve;
        over.addEventListener("abort", () => resolve());
      });
      for (const grant of grants.values()) {
        if (grant.waiting) enqueue(grant);
        else if (grant.status === "live") revoke(grant);
      }
      next();
      if (!over.aborted) await all;
      for (const { timer } of grants.values()) timer?.set(undefined);
    },
  };
}

function shown({ record, status, attempts, error }: Grant): OutstandingCredentials {
  const { id, jobId, agent, principal, askedAt, credentials = [] } = record;
  return {
    ...{ grantId: id, jobId, agent, principal, credentials, status, attempts, error },
    askedAt: new Date(askedAt),
  };
}
