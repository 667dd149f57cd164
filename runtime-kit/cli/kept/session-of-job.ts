/** How `arcp tail` reads a job where the runtime has no subscriptions: in the session that submitted it. §6.3 */
import type { Client, ConnectOptions, Job } from "../../client/index.js";
import { ConnectionError } from "../../wire/errors.js";
import type { Context } from "../context.js";
import type { ReachOptions } from "../options.js";
import { inCliWords } from "../report.js";
import { openSession } from "../session.js";
import type { View } from "../view.js";
import { attachByKey, sessionOf } from "./attach.js";
import type { JobRecord } from "./folder.js";

/** Takes up the job's own session; where that cannot be had, opens one of this process. */
export async function openSessionOf(
  context: Context,
  options: ReachOptions & { readonly from?: number },
  kept: JobRecord,
  how: { readonly view: View; readonly more: Pick<ConnectOptions, "signal" | "on" | "reconnect"> },
): Promise<Client> {
  const { view, more } = how;
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

/** The job in that session. */
export async function jobIn(client: Client, kept: JobRecord): Promise<Job> {
  if (client.session.resumed > 0) {
    const open = await client.openJobs();
    const job = open.find(({ id }) => id === kept.job_id);
    if (job !== undefined) return job;
  }
  return attachByKey(client, kept);
}
