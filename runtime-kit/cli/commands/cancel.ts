import type { Command } from "commander";
import type { Cancelled, Client } from "../../client/index.js";
import { ArcpError } from "../../wire/errors.js";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { explain } from "../help.js";
import { attachByKey, findRecord, noRecord } from "../kept/attach.js";
import type { JobRecord } from "../kept/folder.js";
import { reachOptions } from "../options.js";
import type { ReachOptions } from "../options.js";
import { withSession } from "../session.js";
import { oneLine } from "../text.js";

interface CancelCommand extends ReachOptions {
  readonly reason?: string;
}

/** `arcp cancel`: ends a job that another process has submitted. §7.4 (W-17) */
export function addCancel(program: Command, context: Context): void {
  const command = program
    .command("cancel")
    .summary("cancels a job")
    .description("cancels a job that `arcp submit` has submitted from here, whoever follows it.")
    .argument("<job>", "the job's id");
  reachOptions(command)
    .option("--reason <text>", "tells the agent why")
    .action(async (jobId: string, options: CancelCommand) => {
      const kept = await findRecord(context.io, jobId, options);
      const reach = kept === undefined || options.stdio ? options : { ...options, url: kept.url };
      await withSession(context, reach, async (client) => {
        const { finalStatus } = await cancel(context, client, { jobId, kept, ...options });
        const status = finalStatus === undefined ? {} : { final_status: finalStatus };
        if (options.json === true) {
          await record(context, { cancelled: { job_id: jobId, ...status } });
          return;
        }
        const words =
          finalStatus === undefined ? "is cancelled" : `had ended already: ${finalStatus}`;
        await context.out.line(oneLine(`${jobId} ${words}`));
      });
    });
  explain(command, {
    notes:
      "A runtime lets the session cancel that has submitted a job, or one that repeats its key: `arcp submit`\n" +
      "keeps it for this user. Resolves once the runtime has agreed; the agent then ends, or is ended.",
    examples: [
      "arcp cancel job_01JZ0000000000000000000000",
      "arcp cancel job_01JZ0000000000000000000000 --reason 'no longer needed' --json",
    ],
    environment: ["ARCP_URL", "ARCP_TOKEN", "ARCP_STATE"],
  });
}

interface Asked {
  readonly jobId: string;
  readonly kept: JobRecord | undefined;
  readonly reason?: string;
}

/** As whoever asks, where the operator allows that; else by the key, as the one that has submitted it. */
async function cancel(
  { io }: Context,
  client: Client,
  { jobId, kept, reason }: Asked,
): Promise<Cancelled> {
  try {
    return await client.cancel(jobId, reason);
  } catch (error) {
    // Some runtimes say the one, some the other (CANCEL-20).
    const refused =
      ArcpError.is(error, "PERMISSION_DENIED") || ArcpError.is(error, "JOB_NOT_FOUND");
    if (!refused) throw error;
    if (kept !== undefined) return (await attachByKey(client, kept)).cancel(reason);
    if (error.code === "JOB_NOT_FOUND") throw error;
    const text = `${error.reason}; ${(await noRecord(io, jobId)).reason}`;
    throw new ArcpError(error.code, text, { cause: error });
  }
}
