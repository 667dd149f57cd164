import type { Command } from "commander";
import type { Client, Job } from "../../client/index.js";
import { ConnectionError } from "../../wire/errors.js";
import type { Context } from "../context.js";
import { deferred } from "../deferred.js";
import { Exit } from "../exit.js";
import { follow } from "../follow.js";
import { explain } from "../help.js";
import { attachByKey, findRecord, noRecord, sessionOf } from "../kept/attach.js";
import type { JobRecord } from "../kept/folder.js";
import { reachOptions, whole } from "../options.js";
import type { ReachOptions } from "../options.js";
import { inCliWords } from "../report.js";
import { openSession } from "../session.js";
import type { View } from "../view.js";
import { openView } from "../views.js";

interface TailCommand extends ReachOptions {
  readonly from?: number;
}

/** How long a lost connection is dialled again before the command gives up. */
const GIVE_UP_MS = 60_000;

/** `arcp tail`: follows a job that another process has submitted, to its end. §6.3 */
export function addTail(program: Command, context: Context): void {
  const command = program
    .command("tail")
    .summary("follows a job that was submitted before")
    .description(
      "follows a job that `arcp submit` has submitted from here, from where the last reader was; ends with the job.",
    )
    .argument("<job>", "the job's id");
  reachOptions(command)
    .option(
      "--from <seq>",
      "from after the event of this number; 0 shows all of them again",
      whole(0, Number.MAX_SAFE_INTEGER),
    )
    .action(async (jobId: string, options: TailCommand) => {
      const kept = await findRecord(context.io, jobId, options);
      if (kept === undefined) throw noRecord(context.io, jobId);
      context.finish(await tail(context, { ...options, url: kept.url }, kept));
    });
  explain(command, {
    notes:
      "Ctrl-C leaves; the job goes on. While another process follows the job, what it tells from now on is\n" +
      "shown here as well, and its result.",
    examples: [
      "arcp tail job_01JZ0000000000000000000000",
      "arcp tail job_01JZ0000000000000000000000 --from 0 --json",
    ],
    environment: ["ARCP_URL", "ARCP_TOKEN", "ARCP_STATE"],
  });
}

async function tail(context: Context, options: TailCommand, kept: JobRecord): Promise<number> {
  const view = openView(context, options.json === true);
  const { promise: left, resolve } = deferred<number>();
  const leave = (): void => resolve(Exit.Unexpected);
  const off = context.io.onSignal(() => {
    view.notice("left; the job goes on");
    leave();
  });
  context.out.closed.addEventListener("abort", leave, { once: true });
  let client: Client | undefined;
  const run = async (): Promise<number> => {
    client = await open(context, options, kept, view);
    await follow(context, await jobIn(client, kept), view);
    return Exit.Success;
  };
  const running = run();
  running.catch(() => undefined);
  try {
    return await Promise.race([running, left]);
  } finally {
    off();
    context.out.closed.removeEventListener("abort", leave);
    view.close();
    await client?.close();
  }
}

/** In the job's own session; where that cannot be had, in a session of this process. */
async function open(
  context: Context,
  options: TailCommand,
  kept: JobRecord,
  view: View,
): Promise<Client> {
  const more = { on: view.listeners, reconnect: { giveUpAfterMs: GIVE_UP_MS } };
  try {
    const session = sessionOf(context.io, kept, options.from);
    return await openSession(context, options, { ...more, session });
  } catch (error) {
    if (!ConnectionError.is(error, "NOT_KEPT")) throw error;
    const why = inCliWords(error.message.replace("[NOT_KEPT] ", ""));
    view.notice(`${why}; here is what the job tells from now on, and its result`);
    return openSession(context, options, more);
  }
}

async function jobIn(client: Client, kept: JobRecord): Promise<Job> {
  if (client.session.resumed > 0) {
    const open = await client.openJobs();
    const job = open.find(({ id }) => id === kept.job_id);
    if (job !== undefined) return job;
  }
  return attachByKey(client, kept);
}
