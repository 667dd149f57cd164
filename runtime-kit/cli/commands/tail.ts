import type { Command } from "commander";
import type { Client, Job, ReceivedEvent } from "../../client/index.js";
import { ArcpError } from "../../wire/errors.js";
import type { Context } from "../context.js";
import { deferred } from "../deferred.js";
import { Exit } from "../exit.js";
import { follow } from "../follow.js";
import { explain } from "../help.js";
import { findRecord, forgotten, noRecord, noteShown } from "../kept/attach.js";
import type { JobRecord } from "../kept/folder.js";
import { jobIn, openSessionOf } from "../kept/session-of-job.js";
import { reachOptions, whole } from "../options.js";
import type { ReachOptions } from "../options.js";
import { JobEnded, Left } from "../report.js";
import { openSession } from "../session.js";
import type { View } from "../view.js";
import { openView } from "../views.js";

interface TailCommand extends ReachOptions {
  readonly from?: number;
}

/** How long a lost connection is dialled again before the command gives up. */
const GIVE_UP_MS = 60_000;

/** How long one that leaves waits for its goodbye, and for what it keeps to be written. */
const LEAVE_MS = 300;

/** `arcp tail`: follows a job, whoever has submitted it, to its end. §7.6 */
export function addTail(program: Command, context: Context): void {
  const command = program
    .command("tail")
    .summary("follows a job, to its end")
    .description(
      "follows a job from its beginning, whoever has submitted it, as far as the runtime lets this token look; ends with the job.",
    )
    .argument("<job>", "the job's id");
  reachOptions(command)
    .option(
      "--from <seq>",
      "from after the event of this number; without it, all of them",
      whole(0, Number.MAX_SAFE_INTEGER),
    )
    .action(async (jobId: string, options: TailCommand) => {
      const kept = await findRecord(context.io, jobId, options);
      const reach = kept === undefined || options.stdio ? options : { ...options, url: kept.url };
      context.finish(await tail(context, jobId, reach, kept));
    });
  explain(command, {
    notes:
      "It looks on in a session of its own, and takes nothing from anybody else who reads or runs the job.\n" +
      "Ctrl-C leaves; the job goes on. A runtime without subscriptions has the job read in the session that\n" +
      "submitted it, which `arcp submit` keeps for this user: from where the last reader was.",
    examples: [
      "arcp tail job_01JZ0000000000000000000000",
      "arcp tail job_01JZ0000000000000000000000 --from 1 --json",
    ],
    environment: ["ARCP_URL", "ARCP_TOKEN", "ARCP_STATE"],
  });
}

async function tail(
  context: Context,
  jobId: string,
  options: TailCommand,
  kept: JobRecord | undefined,
): Promise<number> {
  const stop = new AbortController();
  const { promise: left, resolve, reject } = deferred<number>();
  const view = untilLeft(openView(context, options.json === true), stop.signal);
  const onClosed = (): void => {
    stop.abort();
    resolve(Exit.Unexpected);
  };
  const off = context.io.onSignal(() => {
    stop.abort();
    reject(new Left("left; the job goes on"));
  });
  context.out.closed.addEventListener("abort", onClosed, { once: true });
  const { signal } = stop;
  const more = { signal, on: view.listeners, reconnect: { giveUpAfterMs: GIVE_UP_MS } };
  let client: Client | undefined;
  const run = async (): Promise<number> => {
    client = await openSession(context, options, more);
    if (client.session.features.includes("subscribe")) {
      const job = await watch(context, client, jobId, { from: options.from, kept });
      await followShown(context, job, inOwnersNumbers(view), kept);
      return Exit.Success;
    }
    await client.close();
    if (kept === undefined) throw await noRecord(context.io, jobId);
    view.notice(
      "this runtime has no subscriptions: the job is read in the session that submitted it",
    );
    client = await openSessionOf(context, options, kept, { view, more });
    await follow(context, await jobIn(client, kept), view);
    return Exit.Success;
  };
  const running = run();
  running.catch(() => undefined);
  try {
    return await Promise.race([running, left]);
  } finally {
    off();
    context.out.closed.removeEventListener("abort", onClosed);
    view.close();
    const closed = client?.close();
    // Where there is no client yet, `stop` ends its connecting.
    if (signal.aborted) await leaveBehind(context, Promise.allSettled([running, closed]));
    else await closed;
  }
}

/** A runtime that does not answer keeps nobody who wants to leave. */
async function leaveBehind(context: Context, ended: Promise<unknown>): Promise<void> {
  context.io.leave?.();
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([ended, new Promise((over) => (timer = setTimeout(over, LEAVE_MS)))]);
  clearTimeout(timer);
}

/** Once its reader has left, nothing more of the job is shown. */
function untilLeft(view: View, left: AbortSignal): View {
  return {
    ...view,
    async accepted(job) {
      left.throwIfAborted();
      await view.accepted(job);
    },
    async event(event) {
      left.throwIfAborted();
      await view.event(event);
    },
    notice(text) {
      if (!left.aborted) view.notice(text);
    },
  };
}

/** Looks on at the job, from its beginning or after a number. */
async function watch(
  context: Context,
  client: Client,
  jobId: string,
  { from = 0, kept }: { readonly from: number | undefined; readonly kept: JobRecord | undefined },
): Promise<Job> {
  try {
    const job = await client.watch(jobId, { from });
    // All that there is was seen before: its end is told once more.
    const told = job.finalStatus !== undefined && from > 0;
    return told ? await client.watch(jobId, { from: from - 1 }) : job;
  } catch (error) {
    if (!ArcpError.is(error, "JOB_NOT_FOUND")) throw error;
    const why = kept === undefined ? await noRecord(context.io, jobId) : forgotten(jobId);
    const text = `${error.reason}; ${why.reason}`;
    throw new ArcpError(error.code, text, { cause: error });
  }
}

/** Follows to the end, after which nothing of the job is left to be read by who submitted it from here. */
async function followShown(
  context: Context,
  job: Job,
  view: View,
  kept: JobRecord | undefined,
): Promise<void> {
  const shown = async (): Promise<void> => {
    if (kept !== undefined) await noteShown(context.io, kept);
  };
  try {
    await follow(context, job, view);
  } catch (error) {
    if (error instanceof JobEnded) await shown();
    throw error;
  }
  await shown();
}

/** Events by the numbers of the session that submitted the job: those are good for `--from`, here and anywhere. */
function inOwnersNumbers(view: View): View {
  return {
    ...view,
    event({ origin_seq: seq, ...event }: ReceivedEvent) {
      return view.event({ ...event, seq: seq ?? event.seq } as ReceivedEvent);
    },
  };
}
