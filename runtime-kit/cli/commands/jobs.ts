import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { jobLifecycle } from "../../../generated/current/index.js";
import type { JobStatus, JobSummary } from "../../../generated/current/index.js";
import type { JobsFilter } from "../../client/index.js";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { explain } from "../help.js";
import { reachOptions, whole } from "../options.js";
import type { ReachOptions } from "../options.js";
import { withSession } from "../session.js";
import { oneLine, table } from "../text.js";

interface JobsOptions extends ReachOptions {
  readonly status?: readonly JobStatus[];
  readonly agent?: string;
  readonly limit: number;
}

const STATUSES: readonly string[] = [jobLifecycle.initial, "running", ...jobLifecycle.terminal];

/** `arcp jobs`: the jobs that the token's principal may see, finished ones too. §6.6 */
export function addJobs(program: Command, context: Context): void {
  const command = program
    .command("jobs")
    .summary("lists jobs, finished ones too")
    .description("lists the jobs that the token may see, finished ones too.");
  reachOptions(command)
    .addOption(
      new Option("--status <status>", "only of this status; may be repeated")
        .choices(STATUSES)
        .argParser(addStatus),
    )
    .option("--agent <agent>", "only of this agent; `name` stands for every version of it")
    .option("--limit <n>", "at most so many, the newest", whole(1, 1_000_000), 100)
    .action((options: JobsOptions) =>
      withSession(context, options, async (client) => {
        const { jobs, older } = await newest(client.jobs(filterOf(options)), options.limit);
        if (older > 0) {
          await context.err.line(`arcp: ${older} older ones are not shown; --limit shows more`);
        }
        if (options.json === true) {
          for (const job of jobs) await record(context, { job: withoutSecrets(job) });
          return;
        }
        const rows = [["JOB", "AGENT", "STATUS", "CREATED"]];
        for (const job of jobs) {
          rows.push([job.job_id, job.agent, job.status, job.created_at].map(oneLine));
        }
        if (rows.length === 1) {
          const all = options.status === undefined && options.agent === undefined;
          await context.err.line(all ? "arcp: there are no jobs yet" : "arcp: no job is like that");
          return;
        }
        for (const line of table(rows)) await context.out.line(line);
      }),
    );
  explain(command, {
    examples: [
      "arcp jobs",
      "arcp jobs --status pending --status running",
      "arcp jobs --agent echo --limit 10 --json",
    ],
    environment: ["ARCP_URL", "ARCP_TOKEN"],
  });
}

/** The list begins with the oldest; who looks at it wants to see the newest, and those last. */
async function newest(list: AsyncIterable<JobSummary>, most: number) {
  let jobs: JobSummary[] = [];
  let older = 0;
  for await (const job of list) {
    jobs.push(job);
    if (jobs.length < 2 * most) continue;
    older += jobs.length - most;
    jobs = jobs.slice(-most);
  }
  older += Math.max(0, jobs.length - most);
  return { jobs: jobs.slice(-most), older };
}

function filterOf({ status, agent }: JobsOptions): JobsFilter {
  return {
    ...(status === undefined ? {} : { status }),
    ...(agent === undefined ? {} : { agent }),
  };
}

function addStatus(text: string, before: readonly JobStatus[] = []): readonly JobStatus[] {
  if (!STATUSES.includes(text)) {
    throw new InvalidArgumentError(`It must be one of ${STATUSES.join(", ")}.`);
  }
  return [...before, text as JobStatus];
}

/** Credentials come to the job's own principal; what a command prints goes into files and logs. */
function withoutSecrets({ credentials, ...job }: JobSummary): object {
  return credentials === undefined
    ? job
    : { ...job, credentials: credentials.map(({ id, scheme }) => ({ id, scheme })) };
}
