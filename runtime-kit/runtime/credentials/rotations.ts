import { isTerminal } from "../../../generated/current/index.js";
import type { Credential, JobId } from "../../../generated/current/index.js";
import type { JobInput } from "../../jobs/facts.js";
import { ArcpError } from "../../wire/errors.js";
import type { Commits } from "../commits.js";
import type { Core } from "../core.js";
import { inWords } from "../failures.js";
import type { LiveJob } from "../live.js";
import { createTimer } from "../timer.js";
import type { Timer } from "../timer.js";
import type { Asked, Asking } from "./asking.js";
import type { Ledger } from "./ledger.js";
import { rotationBody } from "./wallet.js";
import type { Wallet } from "./wallet.js";

/** New credentials in the place of a job's old ones: under a grant of their own, so that a crash in between leaves nothing. §9.8.2 */
export interface Rotations {
  /** One at a time for each job: who asks for another meanwhile gets the same. Rejects with why there is none. */
  rotate(id: JobId): Promise<void>;
  /** Rotates at this time (wall clock), and again until that succeeds; `undefined` calls that off. */
  by(id: JobId, wall: number | undefined): void;
  /** Rotates with what is true now: a rotation that runs already has asked before. Nothing where there is nothing to rotate. */
  renew(id: JobId): Promise<void>;
  /** Rotates in a moment, once for all that asks for it until then, and again until that succeeds. */
  soon(id: JobId): void;
  /** Says in the job's log that these were rotated; gives the places. */
  announce(job: LiveJob, credentials: readonly Credential[]): readonly number[];
}

interface Due {
  readonly timer: Timer;
  /** The first time, by the monotonic clock; it is past while one that failed is tried again. */
  at: number;
}

/** One that failed is tried again after so long, then after twice as long, and so on. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

export function createRotations(options: {
  readonly core: Core;
  readonly commits: Commits;
  readonly asking: Asking;
  readonly ledger: Ledger;
  readonly wallet: (id: JobId) => Wallet | undefined;
  readonly job: (id: JobId) => LiveJob | undefined;
  readonly step: (job: LiveJob, input: JobInput) => void;
  /** What was issued is the runtime's to look after. */
  readonly take: (asked: Asked, id: JobId) => void;
}): Rotations {
  const { core, commits, asking, ledger } = options;
  const { clock, logger } = core;
  const running = new Map<JobId, Promise<void>>();
  /** When each job's credentials are to be rotated, where a time was named. */
  const due = new Map<JobId, Due>();
  /** Those that are to be rotated once more, with what has changed since the rotation that runs has asked. */
  const again = new Set<JobId>();

  const isOver = ({ state, suspended }: LiveJob) => isTerminal(state.status) || suspended;

  function announce(job: LiveJob, credentials: readonly Credential[]): readonly number[] {
    return credentials.map(({ id }) => {
      const place = job.state.entries;
      options.step(job, { type: "emit", kind: "status", body: rotationBody(id) });
      return place;
    });
  }

  async function rotate(id: JobId): Promise<void> {
    const wallet = options.wallet(id);
    const job = options.job(id);
    if (wallet === undefined || job === undefined || isOver(job)) {
      throw new ArcpError("JOB_NOT_FOUND", "no job that has credentials and has not ended");
    }
    const { current, grant: former } = wallet;
    const ids = current.map((credential) => credential.id);
    const asked = await asking.ask(job.state, { ids, replaced: former });
    if (asked === undefined) {
      throw new ArcpError("INTERNAL_ERROR", "the provisioner issued nothing in their place");
    }
    options.take(asked, id);
    const { grant, answer } = asked;
    if (options.wallet(id) !== wallet || isOver(job)) {
      ledger.revoke(grant);
      throw new ArcpError("JOB_NOT_FOUND", "the job ended while its credentials were rotated");
    }
    wallet.rotate(grant, answer.credentials, announce(job, answer.credentials));
    by(id, answer.rotateAt);
    logger.info({ job: id, grant: grant.record.id }, "credentials rotated");
    // CRED-10: once it is durable which ones are good now, the old ones are not.
    await commits.flushed().finally(() => ledger.revoke(former));
  }

  function rotateOnce(id: JobId): Promise<void> {
    const rotation =
      running.get(id) ??
      rotate(id).finally(() => {
        running.delete(id);
        if (again.delete(id)) soon(id);
      });
    running.set(id, rotation);
    return rotation;
  }

  function by(id: JobId, wall: number | undefined): void {
    const former = due.get(id);
    former?.timer.set(undefined);
    if (former !== undefined) core.alarms.clear(former);
    due.delete(id);
    if (wall === undefined) return;
    let pause = FIRST_PAUSE_MS;
    const at = clock.monotonic() + Math.max(wall - clock.wall(), FIRST_PAUSE_MS);
    const timer = createTimer(clock, attempt);
    function attempt(): void {
      core.alarms.clear(one);
      one.at = Math.min(one.at, clock.monotonic());
      rotateOnce(id).catch((error: unknown) => {
        if (due.get(id) !== one) return;
        logger.warn({ job: id, error: inWords(error) }, "credentials were not rotated in time");
        timer.set(clock.monotonic() + pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      });
    }
    const one: Due = { timer, at };
    due.set(id, one);
    timer.set(at);
    // What it is to replace ends by the time of day.
    if (wall > clock.wall()) {
      core.alarms.set(one, wall, () => {
        timer.set(undefined);
        attempt();
      });
    }
  }

  async function renew(id: JobId): Promise<void> {
    await running.get(id)?.catch(() => {});
    await rotateOnce(id).catch((error: unknown) => {
      // Whose job has ended in the meantime has no key that could be spent from.
      if (options.wallet(id) !== undefined) throw error;
    });
  }

  function soon(id: JobId): void {
    if (options.wallet(id) === undefined) return;
    if (running.has(id)) return void again.add(id);
    // Never later than it is to be: what is asked for time and again would not come. One that failed keeps its pause.
    const planned = due.get(id)?.at ?? Infinity;
    if (planned > clock.monotonic() + FIRST_PAUSE_MS) by(id, clock.wall());
  }

  return { rotate: rotateOnce, by, renew, soon, announce };
}
