import { join } from "node:path";
import type { Job, SubmitOptions } from "../../client/index.js";
import { submissionOf } from "../../client/options.js";
import { keptInFile } from "../../keepers/file.js";
import type { SessionKeeper } from "../../keepers/port.js";
import type { TraceId } from "../../../generated/current/index.js";
import type { Io } from "../io.js";
import { UsageError } from "../report.js";
import { forget, keepRecord, newSession, stateFolder } from "./folder.js";
import type { JobRecord } from "./folder.js";

/** How a command keeps the job that it submits. */
export interface JobKeeping {
  /** For `connect`. */
  readonly session: SessionKeeper;
  /** Keeps the record of the job, so that its id leads to all the rest. */
  accepted(job: Job, submission: Submission): Promise<void>;
  /** The job has ended and was followed to there, or never was one: nothing is left to go on with. */
  done(): Promise<void>;
}

interface Submission {
  readonly agent: string;
  readonly input: unknown;
  /** With its key. */
  readonly options: SubmitOptions;
}

/** Prepares to keep a job for the runtime at `url`. Throws a `UsageError` where there is no place for it. */
export async function keepJob(io: Io, url: string): Promise<JobKeeping> {
  const folder = stateFolder(io);
  if (folder === undefined) {
    throw new UsageError("there is no folder to keep jobs in: set ARCP_STATE to one");
  }
  const session = await newSession(folder).catch((error: Error) => {
    throw new UsageError(`${folder} cannot keep jobs: ${error.message}`, { cause: error });
  });
  let record: JobRecord | undefined;
  let running: Job | undefined;
  return {
    session: keptInFile(join(folder, session)),
    async accepted(job, { agent, input, options }) {
      const payload = submissionOf(agent, input, options, () => "");
      const { id: job_id, accepted, traceId } = job;
      const trace = traceId === undefined ? {} : { trace_id: traceId as TraceId };
      running = job;
      record = { url, job_id, accepted, session, submission: { ...trace, payload } };
      await keepRecord(folder, record);
    },
    async done() {
      // One that was cut off runs on, and is why all this is kept.
      if (running !== undefined && running.finalStatus === undefined) return;
      await forget(folder, session, record);
    },
  };
}
