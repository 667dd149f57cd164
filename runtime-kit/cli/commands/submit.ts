import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import type { Client, ClientListeners, Job, SubmitOptions } from "../../client/index.js";
import { ConnectionError } from "../../wire/errors.js";
import { authorityOf, authorityOptions } from "../authority-options.js";
import type { AuthorityOptions } from "../authority-options.js";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { deferred } from "../deferred.js";
import { Exit } from "../exit.js";
import { follow } from "../follow.js";
import { explain } from "../help.js";
import { stateFolder } from "../kept/folder.js";
import { keepJob } from "../kept/keep.js";
import { inputOf, reachOptions, seconds, urlOf } from "../options.js";
import type { ReachOptions } from "../options.js";
import { JobEnded, Left, UsageError } from "../report.js";
import { openSession } from "../session.js";
import { oneLine } from "../text.js";
import type { View } from "../view.js";
import { openView } from "../views.js";

interface SubmitCommand extends ReachOptions, AuthorityOptions {
  readonly maxRuntime?: number;
  readonly timeout?: number;
  readonly key?: string;
  readonly detach?: boolean;
}

/** How long a lost connection is dialled again before the command gives up. */
const GIVE_UP_MS = 60_000;

/** `arcp submit`: one job, from its submission to its end. §7.1 */
export function addSubmit(program: Command, context: Context): void {
  const command = program.command("submit");
  authorityOptions(
    reachOptions(
      command
        .summary("submits a job and follows it to its end")
        .description("submits a job and follows it to its end; prints only the result when piped.")
        .argument("<agent>", "name, or name@version")
        .argument("[input]", "JSON, @file, or - for the standard input"),
    ),
  )
    .option("--max-runtime <sec>", "the runtime ends the job after so long", seconds)
    .option("--timeout <sec>", "this command cancels the job after so long", seconds)
    .option("--key <key>", "an idempotency key: submitting the same again finds the same job")
    .option("--detach", "prints the job's id once it is accepted, and leaves the job to run")
    .action(async (agent: string, argument: string | undefined, options: SubmitCommand) => {
      if (options.detach === true && options.timeout !== undefined) {
        throw new UsageError(
          "--detach does not wait, so --timeout has no meaning; use --max-runtime",
        );
      }
      const submission = {
        agent,
        input: await inputOf(argument, context.io),
        options: submitOptions(options),
      };
      context.finish(await submitAndFollow(context, options, submission));
    });
  explain(command, {
    notes:
      "Ctrl-C cancels the job; a second one leaves without waiting for its end.\n" +
      "A lost connection is dialled again for a minute; then the job goes on without this command.\n" +
      "What another process needs to go on is kept in ARCP_STATE until the job has ended: see `arcp tail` and\n" +
      "`arcp cancel`. With --detach it is kept longer, so that its end can be read too.\n" +
      "A --key goes with the same --expires: give an instant, since 10m is another one each time.",
    examples: [
      `arcp submit echo '{"hi": 1}'`,
      "arcp submit count @input.json --timeout 30",
      "arcp submit echo - --json < input.json",
      "arcp submit count @input.json --detach",
      `arcp submit repo-report '{"path": "/srv/repo"}' --lease 'fs.read=/srv/repo/**'`,
      "arcp submit echo '[1]' --budget USD:5 --expires 10m",
    ],
    environment: ["ARCP_URL", "ARCP_TOKEN", "ARCP_STATE"],
  });
}

interface Submission {
  readonly agent: string;
  readonly input: unknown;
  readonly options: SubmitOptions;
}

/** Why this command ends before the job does, or has it end. */
class Interrupted extends Error {}
class GaveUp extends Error {}

async function submitAndFollow(
  context: Context,
  options: SubmitCommand,
  submission: Submission,
): Promise<number> {
  const stop = new AbortController();
  const view = openView(context, options.json === true);
  const keeping = await keepingFor(context, options, view);
  let accepted: string | undefined;
  const leaving = leave(context, stop, view, () => accepted);
  const timer = giveUpAfter(options.timeout, stop);
  const line = watchLine(view.listeners, stop.signal);
  let client: Client | undefined;
  const run = async (): Promise<void> => {
    client = await openSession(context, options, {
      signal: stop.signal,
      reconnect: { giveUpAfterMs: GIVE_UP_MS },
      on: line.listeners,
      ...(keeping === undefined ? {} : { session: keeping.session }),
    });
    const { agent, input, options: given } = submission;
    const job = await client.submit(agent, input, { ...given, signal: stop.signal });
    accepted = job.id;
    line.accepted(job.id);
    await keeping?.accepted(job, submission);
    if (options.detach === true) return detached(context, options, job);
    await follow(context, job, view);
  };
  const running = run();
  // Whoever leaves early hears no more of it.
  running.catch(() => undefined);
  try {
    await Promise.race([running, leaving.left, line.undeliverable]);
    return Exit.Success;
  } catch (error) {
    // Nobody is there to be told.
    if (error instanceof Left && context.out.closed.aborted) return Exit.Unexpected;
    if (ConnectionError.is(error) && accepted !== undefined && keeping !== undefined) {
      await context.err.line(`arcp: ${accepted} may run on; to follow it: arcp tail ${accepted}`);
    }
    throw told(error, stop.signal.reason);
  } finally {
    clearTimeout(timer);
    leaving.end();
    view.close();
    const closed = client?.close();
    if (!leaving.hasLeft()) {
      await closed;
      if (options.detach !== true) await keeping?.done();
    }
  }
}

/** Only the id, so that a script can take it. */
function detached(context: Context, { json }: SubmitCommand, job: Job): Promise<void> {
  const { id: job_id, agent } = job;
  return json === true
    ? record(context, { detached: { job_id, agent } })
    : context.out.line(oneLine(job_id));
}

/** Where the job is kept; nowhere with a runtime that ends with this command. */
async function keepingFor(context: Context, options: SubmitCommand, view: View) {
  const detach = options.detach === true;
  if (options.stdio !== undefined) {
    if (detach) throw new UsageError("--detach: a runtime of --stdio ends with this command");
    return undefined;
  }
  if (!detach && stateFolder(context.io) === undefined) return undefined;
  try {
    return await keepJob(context.io, urlOf(options.url, context.io));
  } catch (error) {
    if (detach) throw error;
    view.notice(`${(error as Error).message}; no other process will be able to go on with the job`);
    return undefined;
  }
}

/**
 * Knows whether there is a connection. A cancel that cannot be delivered is told at once, since nobody who
 * wants to leave waits for a runtime to come back.
 */
function watchLine(listeners: ClientListeners, stop: AbortSignal) {
  const { promise: undeliverable, reject } = deferred<never>();
  undeliverable.catch(() => undefined);
  let down = false;
  let job: string | undefined;
  const look = (): void => {
    if (!down || !stop.aborted || job === undefined) return;
    const why = stop.reason instanceof GaveUp ? `${stop.reason.message}, and ` : "";
    const text = `${why}the runtime is away: that ${job} was cancelled could not be told, or was not confirmed`;
    reject(new ConnectionError("UNREACHABLE", `${text}; it may run on; see \`arcp jobs\``));
  };
  stop.addEventListener("abort", look, { once: true });
  return {
    undeliverable,
    listeners: {
      ...listeners,
      reconnecting: (event) => {
        listeners.reconnecting?.(event);
        down = true;
        look();
      },
      resumed: (event) => {
        listeners.resumed?.(event);
        down = false;
      },
      gap: (event) => {
        listeners.gap?.(event);
        down = false;
      },
    } satisfies ClientListeners,
    accepted: (id: string) => {
      job = id;
      look();
    },
  };
}

/** Ctrl-C asks for the end; a second one, or an output that nobody reads, is the end of this command alone. */
function leave(
  context: Context,
  stop: AbortController,
  view: View,
  jobId: () => string | undefined,
) {
  const { promise: left, reject } = deferred<never>();
  left.catch(() => undefined);
  let hasLeft = false;
  const go = (text: string): void => {
    hasLeft = true;
    reject(new Left(text));
  };
  const onClosed = (): void => {
    const why = context.out.fault === undefined ? "nobody reads the output; " : "";
    const job = jobId() ?? "the job";
    void context.err.line(`arcp: ${why}${job} goes on without this command`);
    go("");
  };
  const off = context.io.onSignal(() => {
    if (stop.signal.aborted) {
      return go("left; the runtime goes on with the job or with its end");
    }
    view.notice("cancelling; once more leaves without waiting");
    stop.abort(new Interrupted("interrupted by its user"));
  });
  context.out.closed.addEventListener("abort", onClosed, { once: true });
  const end = (): void => {
    off();
    context.out.closed.removeEventListener("abort", onClosed);
  };
  return { left, end, hasLeft: () => hasLeft };
}

function giveUpAfter(sec: number | undefined, stop: AbortController): NodeJS.Timeout | undefined {
  if (sec === undefined) return undefined;
  const text = `not done within the ${sec} s of --timeout`;
  return setTimeout(() => stop.abort(new GaveUp(text)), sec * 1000);
}

/** What a failure means after this command had asked for the end. */
function told(error: unknown, reason: unknown): unknown {
  if (error instanceof JobEnded && error.cause.code === "CANCELLED" && reason instanceof GaveUp) {
    return error.as(Exit.Timeout, reason.message);
  }
  if (error !== reason) return error;
  // The runtime never said that there is a job, so this is no end of one.
  if (error instanceof GaveUp) return new ConnectionError("UNREACHABLE", error.message);
  if (error instanceof Interrupted) return new Error("interrupted before the job was accepted");
  return error;
}

function submitOptions({ maxRuntime, key, ...authority }: SubmitCommand): SubmitOptions {
  return {
    // Kept with the job, so that another process can find it by the same.
    idempotencyKey: key ?? `cli_${randomUUID()}`,
    ...authorityOf(authority),
    ...(maxRuntime === undefined ? {} : { maxRuntimeSec: maxRuntime }),
  };
}
