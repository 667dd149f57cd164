/** Goes on with a job that another process has submitted: in its session, or in one of this process by its key. */
import { join } from "node:path";
import type { Client, Job, SubmitOptions } from "../../client/index.js";
import { keptOfText, textOfKept } from "../../client/kept-session.js";
import type { KeptSession } from "../../client/kept-session.js";
import { keptInFile } from "../../keepers/file.js";
import type { KeptPlace, SessionKeeper } from "../../keepers/port.js";
import { ArcpError } from "../../wire/errors.js";
import type { Io } from "../io.js";
import { urlOf } from "../options.js";
import type { ReachOptions } from "../options.js";
import { UsageError } from "../report.js";
import { recordsOf, stateFolder } from "./folder.js";
import type { JobRecord } from "./folder.js";

/** The record of a job, if it was submitted from here to the runtime that is meant. */
export async function findRecord(
  io: Io,
  jobId: string,
  { url }: ReachOptions,
): Promise<JobRecord | undefined> {
  const folder = stateFolder(io);
  if (folder === undefined) return undefined;
  const records = await recordsOf(folder, jobId);
  const named = url !== undefined || (io.env["ARCP_URL"] ?? "") !== "";
  const meant = named ? records.filter((one) => one.url === urlOf(url, io)) : records;
  if (meant.length < 2) return meant[0];
  const urls = meant.map((one) => one.url).join(", ");
  throw new UsageError(`more than one runtime has a job ${jobId}: give --url, one of ${urls}`);
}

/** Said where there is no record for the runtime that is meant. */
export async function noRecord(io: Io, jobId: string): Promise<ArcpError> {
  const folder = stateFolder(io);
  if (folder === undefined) {
    return new ArcpError("JOB_NOT_FOUND", "no folder keeps jobs: set ARCP_STATE");
  }
  const urls = (await recordsOf(folder, jobId)).map((one) => one.url);
  const where =
    urls.length === 0
      ? `${folder} keeps nothing of ${jobId}; \`arcp submit\` keeps what it submits, for its user on its machine`
      : `${folder} keeps ${jobId} as a job of ${urls.join(" and of ")}: give that as --url`;
  return new ArcpError("JOB_NOT_FOUND", where);
}

/**
 * The end of a job was shown: nothing of it is left to be read in its session, which is swept out in time. One that
 * another process uses is left to it.
 */
export async function noteShown(io: Io, record: JobRecord): Promise<void> {
  const keeper = keptInFile(join(stateFolder(io)!, record.session));
  // What is in use or damaged is left as it is: the job was shown, which is what was asked for.
  const place = await keeper.take().catch(() => undefined);
  const text = await place?.read().catch(() => undefined);
  if (place !== undefined && text !== undefined) await shorten(place, text).catch(() => undefined);
  await place?.release();

  async function shorten({ save }: KeptPlace, text: string): Promise<void> {
    const kept = keptOfText(text, keeper.place);
    const jobs = kept.jobs.filter(({ job_id }) => job_id !== record.job_id);
    await save(textOfKept({ ...kept, jobs }));
  }
}

/**
 * The session of a job, from which it is read on; from after the number `from` where that is given. A job whose end was
 * read already is open again, so that its end comes once more.
 */
export function sessionOf(io: Io, record: JobRecord, from: number | undefined): SessionKeeper {
  const keeper = keptInFile(join(stateFolder(io)!, record.session));
  return {
    place: keeper.place,
    async take() {
      const place = await keeper.take();
      return {
        ...place,
        async read() {
          const text = await place.read();
          if (text === undefined) return undefined;
          return textOfKept(reopened(keptOfText(text, keeper.place), record, from));
        },
      };
    },
  };
}

function reopened(kept: KeptSession, record: JobRecord, from: number | undefined): KeptSession {
  const { job_id, submission, accepted } = record;
  const open = kept.jobs.find((one) => one.job_id === job_id);
  if (open !== undefined && from === undefined) return kept;
  const job = { job_id, submission, accepted, read_seq: from ?? Number.MAX_SAFE_INTEGER };
  return {
    ...kept,
    // One whose end was read has to be told it again, or it would be waited for for ever.
    last_event_seq: open === undefined ? 0 : Math.min(kept.last_event_seq, from ?? 0),
    jobs: [...kept.jobs.filter((one) => one !== open), job],
  };
}

/**
 * The same job in this client's session, by submitting the same under the same key, which gives the authority to cancel
 * it as well (W-17). Throws `JOB_NOT_FOUND` where the runtime does not list the job: its key would start another one.
 */
export async function attachByKey(client: Client, record: JobRecord): Promise<Job> {
  const { job_id, submission } = record;
  const { agent, input, lease_request, lease_constraints, idempotency_key, max_runtime_sec } =
    submission.payload;
  if (!(await isListed(client, agent, job_id))) throw forgotten(job_id);
  const options: { -readonly [Name in keyof SubmitOptions]: SubmitOptions[Name] } = {
    idempotencyKey: idempotency_key!,
  };
  if (lease_request !== undefined) options.lease = lease_request;
  if (lease_constraints?.expires_at !== undefined) options.expiresAt = lease_constraints.expires_at;
  if (max_runtime_sec !== undefined) options.maxRuntimeSec = max_runtime_sec;
  const job = await client.submit(agent, input, options);
  if (job.id === job_id) return job;
  // It was forgotten in the meantime, and this is one that nobody asked for.
  await job.cancel("submitted by mistake");
  throw forgotten(job_id);
}

async function isListed(client: Client, agent: string, jobId: string): Promise<boolean> {
  for await (const job of client.jobs({ agent })) if (job.job_id === jobId) return true;
  return false;
}

/** A runtime does not say which of the two it is (W-20). */
export function forgotten(jobId: string): ArcpError {
  const why = "it was forgotten, or submitted with the token of somebody else";
  return new ArcpError("JOB_NOT_FOUND", `the runtime has no ${jobId} for this token: ${why}`);
}
