import type { Command } from "commander";
import type { JobState } from "../../jobs/state.js";
import type { GrantRecord } from "../../runtime/credentials/ledger.js";
import { sqlite } from "../../stores/sqlite.js";
import { timestamp } from "../../wire/time.js";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { explain } from "../help.js";
import { DEFAULT_DB, fileOf, storeTold } from "../store.js";
import { oneLine, table } from "../text.js";

interface CredentialsOptions {
  readonly db: string;
  readonly json?: boolean;
}

/** `arcp credentials`: what a runtime has issued and nobody is known to have revoked, as its file says. §14.5 */
export function addCredentials(program: Command, context: Context): void {
  const command = program
    .command("credentials")
    .summary("lists credentials that are not known to be revoked")
    .description(
      "lists what a runtime with this file had issued for its jobs and has not revoked yet, and how to find it upstream. " +
        "No secret is in the file. Only reads it: a runtime may be using it.",
    )
    .option("--db <file>", "the file", DEFAULT_DB)
    .option("--json", "prints NDJSON: one line for each grant")
    .action(async (options: CredentialsOptions) => {
      const store = sqlite(fileOf(options.db), { readOnly: true });
      try {
        const { ledger, jobs } = await store.load();
        const states = new Map(
          jobs.map((job) => [job.id as string, (job as unknown as JobState).status as string]),
        );
        await list(context, ledger as readonly GrantRecord[], states, options.json === true);
      } catch (error) {
        throw storeTold(error, options.db, "name the file of a runtime with --db");
      } finally {
        await store.close();
      }
    });
  explain(command, {
    notes:
      "Those of a job that is pending or running are in use; the rest is revoked by the runtime when it runs, and tried " +
      "again at each start. What it cannot revoke, its log tells of too.",
    examples: ["arcp credentials", "arcp credentials --db arcp.db"],
  });
}

async function list(
  context: Context,
  ledger: readonly GrantRecord[],
  states: ReadonlyMap<string, string>,
  json: boolean,
): Promise<void> {
  const rows = [["GRANT", "JOB", "STATUS", "AGENT", "PRINCIPAL", "ASKED", "CREDENTIALS"]];
  for (const { id, jobId, agent, principal, askedAt, credentials, handle } of ledger) {
    const status = states.get(jobId);
    const asked = timestamp(askedAt);
    if (json) {
      const grant = { grant_id: id, job_id: jobId, job_status: status ?? null, agent, principal };
      const known = { credentials: credentials ?? null, handle: handle ?? null };
      await record(context, { grant: { ...grant, asked_at: asked, ...known } });
    } else {
      const ids = credentials?.join(" ") ?? "no answer";
      rows.push([id, jobId, status ?? "no job", agent, principal, asked, ids].map(oneLine));
    }
  }
  if (json) return;
  if (rows.length === 1) return context.err.line("arcp: nothing is outstanding");
  for (const line of table(rows)) await context.out.line(line);
}
