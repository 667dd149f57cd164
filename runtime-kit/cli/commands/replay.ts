import type { Command } from "commander";
import { Option } from "commander";
import type { JobId, SessionId } from "../../../generated/current/index.js";
import type { JobState } from "../../jobs/state.js";
import type { SessionState } from "../../sessions/server.js";
import type { Loaded, LogEntry, Run, Store } from "../../stores/port.js";
import { sqlite } from "../../stores/sqlite.js";
import { frameBuilder } from "../../wire/encode.js";
import { wireVersion } from "../../wire/version.js";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { explain } from "../help.js";
import { whole } from "../options.js";
import { UsageError } from "../report.js";
import { DEFAULT_DB, fileOf, storeTold } from "../store.js";
import { oneLine, table } from "../text.js";

interface ReplayOptions {
  readonly db: string;
  readonly session?: string;
  readonly afterSeq: number;
  readonly json?: boolean;
}

/** What is read of a file at once. */
const RUNS_AT_ONCE = 64;
const ENTRIES_AT_ONCE = 256;

/** `arcp replay`: what a store's file holds, as it was sent or would be. Reads only, while the file is in use too. */
export function addReplay(program: Command, context: Context): void {
  const command = program
    .command("replay")
    .summary("prints the stored events of a session")
    .description(
      "prints the events of a session from a file of `arcp serve`, or which sessions there are. Only reads it: " +
        "a runtime may be using it.",
    )
    .option("--db <file>", "the file", DEFAULT_DB)
    .option("--session <id>", "whose events; without it the sessions are listed")
    .addOption(
      new Option("--after-seq <n>", "only events with a greater number")
        .argParser(whole(0, Number.MAX_SAFE_INTEGER))
        .default(0),
    )
    .option("--json", "prints NDJSON: one line for each message, or for each session")
    .action(async (options: ReplayOptions) => {
      const store = sqlite(fileOf(options.db), { readOnly: true });
      try {
        await replay(context, store, options);
      } catch (error) {
        throw storeTold(error, options.db, "name the file of an `arcp serve` with --db");
      } finally {
        await store.close();
      }
    });
  explain(command, {
    examples: ["arcp replay --db arcp.db", "arcp replay --db arcp.db --json"],
  });
}

async function replay(context: Context, store: Store, options: ReplayOptions): Promise<void> {
  const loaded = await store.load();
  if (options.session === undefined) return listSessions(context, loaded, options.json === true);
  const found = loaded.sessions.find(({ id }) => id === options.session);
  if (found === undefined) {
    const text = `--session ${options.session}: ${options.db} holds no such session; without --session it lists those it holds`;
    throw new UsageError(text);
  }
  const session = found as unknown as SessionState;
  const traces = new Map(
    loaded.jobs.map((job) => [job.id, (job as unknown as JobState).traceId] as const),
  );
  for await (const { run, index, entry } of entriesOf(store, session.id, options.afterSeq)) {
    const seq = run.firstSeq + index - run.firstIndex;
    const head = { sessionId: session.id, jobId: run.job, traceId: traces.get(run.job) ?? "" };
    const frame = frameBuilder({ ...head, version: wireVersion(session.version) });
    // As it was sent, byte for byte.
    if (options.json === true) await context.out.line(`{"message":${frame(entry, index, seq)}}`);
    else await context.out.line(lineOf(run.job, seq, entry));
  }
}

/** The entries that a session numbered above `afterSeq`. Those of jobs that were forgotten are passed over. */
async function* entriesOf(store: Store, session: SessionId, afterSeq: number) {
  let after = afterSeq;
  for (;;) {
    const runs = await store.readRuns(session, after, RUNS_AT_ONCE);
    if (runs.length === 0) return;
    for (const run of runs) {
      const skipped = Math.max(0, after + 1 - run.firstSeq);
      yield* entriesOfRun(store, run, skipped);
      after = run.firstSeq + run.count - 1;
    }
  }
}

async function* entriesOfRun(store: Store, run: Run, skipped: number) {
  for (let at = skipped; at < run.count;) {
    const count = Math.min(ENTRIES_AT_ONCE, run.count - at);
    const entries = await store.readLog(run.job, run.firstIndex + at, count);
    if (entries.length === 0) return;
    for (const entry of entries) yield { run, index: run.firstIndex + at++, entry };
  }
}

function lineOf(job: JobId, seq: number, { type, body }: LogEntry): string {
  const payload = JSON.parse(body) as { readonly kind?: string; readonly body?: unknown };
  const [what, said] = type === "job.event" ? [payload.kind, payload.body] : [type, payload];
  return oneLine(
    `${String(seq).padStart(6)}  ${job}  ${String(what).padEnd(12)}  ${JSON.stringify(said)}`,
  );
}

async function listSessions(context: Context, loaded: Loaded, json: boolean): Promise<void> {
  const rows = [["SESSION", "PRINCIPAL", "LAST EVENT", "JOBS"]];
  for (const stored of loaded.sessions) {
    const { id, principal } = stored as unknown as SessionState;
    const numbers = loaded.numbers.filter(({ session }) => session === id);
    const last = Math.max(0, ...numbers.map(({ lastSeq }) => lastSeq));
    if (json) {
      const session = { session_id: id, principal, last_event_seq: last, jobs: numbers.length };
      await record(context, { session });
    } else rows.push([id, principal, String(last), String(numbers.length)].map(oneLine));
  }
  if (json) return;
  if (rows.length === 1) return context.err.line("arcp: the file holds no sessions");
  for (const line of table(rows)) await context.out.line(line);
}
