import { Limits } from "../../generated/current/index.js";
import type { JobId, Message } from "../../generated/current/index.js";
import type { StoredRecord } from "../stores/port.js";
import { canonicalJson } from "../wire/canonical.js";
import type { Clock } from "../wire/time.js";
import type { Commits } from "./commits.js";
import type { LiveJob } from "./live.js";
import type { Core } from "./core.js";
import type { Reason } from "./retention.js";

/** An idempotency key and what was asked for with it. §7.2 */
export type Key = NonNullable<LiveJob["state"]["key"]>;

/** The key of a submit, with the hash of its parameters: a job's input is too large to be kept for a comparison. */
export async function keyOf(
  { sha256 }: Core,
  { payload }: Message<"job.submit">,
): Promise<Key | undefined> {
  const { idempotency_key: name } = payload;
  if (name === undefined) return undefined;
  const { agent, input, lease_request, lease_constraints, max_runtime_sec, parent_job_id } =
    payload;
  const asked = {
    ...{ agent, input, lease_request, lease_constraints, max_runtime_sec },
    // Whose authority it is has always been a part of what is asked for.
    ...(parent_job_id == null ? {} : { parent_job_id }),
  };
  return { name, asked: await sha256(canonicalJson(asked)) };
}

/** A key whose job was forgotten before the key's time was over: it must not make a second job (IDEM-08, G6). */
export interface SpentKey {
  readonly id: JobId;
  readonly principal: string;
  readonly key: Key;
  /** When it may be used again, by the wall clock. */
  readonly spentUntil: number;
  /** Why the job was forgotten; absent in what an earlier release has stored. */
  readonly reason?: Reason | undefined;
}

/** What a key leads to. */
export type Found =
  | { readonly job: LiveJob; readonly spent?: undefined }
  | { readonly spent: SpentKey; readonly job?: undefined };

/** The jobs that were submitted with a key: by principal and key (IDEM-01). */
export interface Keys {
  add(job: LiveJob): void;
  /** The job is forgotten; from its end its key is remembered as long as a job is kept, and the time of the draft at least. */
  forget(job: LiveJob, retentionMs: number, reason: Reason): void;
  get(principal: string, key: Key): Found | undefined;
  /** Takes a stored record if it is that of a spent key; says whether it was. */
  restore(record: StoredRecord<JobId>): boolean;
}

/** A job may be kept for less, and its key may not: a submit that comes again would make a second job (IDEM-08). */
const REMEMBERED_MS = Limits.idempotencyHours * 3_600_000;

/** More spent keys than this are not remembered, whoever makes jobs in order to have them forgotten. */
const MOST = 100_000;

export function createKeys(clock: Clock, commits: Commits): Keys {
  const found = new Map<string, Found>();
  /** By the name that they are found by, in the order in which they were spent. */
  const spent = new Map<string, SpentKey>();
  const at = (principal: string, { name }: Key) => JSON.stringify([principal, name]);

  function prune(): void {
    for (const [name, { id, spentUntil }] of spent) {
      if (spentUntil > clock.wall() && spent.size < MOST) return;
      spent.delete(name);
      found.delete(name);
      commits.write({ op: "job.delete", id });
    }
  }

  function spend(one: SpentKey): void {
    const name = at(one.principal, one.key);
    spent.set(name, one);
    found.set(name, { spent: one });
  }

  return {
    add(job) {
      const { principal, key } = job.state;
      if (key !== undefined) found.set(at(principal, key), { job });
    },
    forget(job, retentionMs, reason) {
      prune();
      const { id, principal, key, completedAt = clock.wall() } = job.state;
      if (key === undefined) return;
      const until = completedAt + Math.max(retentionMs, REMEMBERED_MS);
      found.delete(at(principal, key));
      if (until <= clock.wall()) return;
      const one = { id, principal, key, spentUntil: until, reason };
      spend(one);
      commits.write({ op: "job.put", job: { ...one } });
    },
    get(principal, key) {
      prune();
      return found.get(at(principal, key));
    },
    restore(record) {
      if (record["spentUntil"] === undefined) return false;
      spend(record as unknown as SpentKey);
      return true;
    },
  };
}
