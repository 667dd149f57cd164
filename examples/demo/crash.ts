/** The same job once more, and in the middle of it the runtime is killed: `kill -9`, and a new one on its file. */
import { ArcpError, connect } from "arcp";
import type { Client, Job } from "arcp";
import { dialWebSocket } from "arcp/websocket";
import { WebSocket } from "ws";
import { whole } from "./screen.js";
import type { Screen } from "./screen.js";
import type { Served } from "./server.js";

/** What the crash came to. */
export interface Crash {
  /** The number of each event that the program read, before and after. */
  readonly seen: readonly number[];
  /** What the program was told of the job. */
  readonly told: string;
  /** The report of the job that was submitted instead. */
  readonly report: string;
  readonly sameSession: boolean;
  readonly gaps: number;
  /** Finished jobs from before the crash that are still listed after it. */
  readonly kept: number;
  /** From the kill to the job's end, as the program was told. */
  readonly ms: number;
}

/** The process is killed when this much of the work is done. */
const KILL_AT = 0.5;

/** Runs `repo-report` on `folder`, kills the runtime in the middle, and goes on. */
export async function crashOn(folder: string, served: Served, screen: Screen): Promise<Crash> {
  let gaps = 0;
  // The runtime comes back at another port; a dial is asked anew each time.
  const client = await connect((options) => dialWebSocket(served.url, { WebSocket })(options), {
    token: served.token,
    name: "arcp-demo",
    reconnect: { minDelayMs: 50 },
    on: {
      gap: () => void (gaps += 1),
      resumed: () => screen.good("connected to the new process, and the session resumed"),
    },
  });
  try {
    const { id } = client.session;
    const before = await finished(client);
    const submit = (): Promise<Job<string>> =>
      client.submit(
        "repo-report",
        { path: folder },
        { lease: { "fs.read": [`${folder}/**`, folder] } },
      );
    const job = await submit();
    const seen: number[] = [];
    let killed: number | undefined;
    for await (const event of job) {
      seen.push(event.seq);
      if (event.kind !== "progress" || killed !== undefined) continue;
      if (event.body.current / (event.body.total ?? 1) < KILL_AT) continue;
      screen.bad(`event ${seen.length}: kill -9, and a new process on the same file`);
      killed = performance.now();
      await served.crash();
    }
    const { message } = await interruption(job);
    const ms = performance.now() - (killed ?? performance.now());
    screen.good(`the program is told the truth: ${message}`);
    return {
      seen,
      told: message,
      report: await (await submit()).result(),
      sameSession: client.session.id === id,
      gaps,
      kept: (await finished(client)).filter((one) => before.includes(one)).length,
      ms,
    };
  } finally {
    await client.close();
  }
}

/** The error that says that the job may be submitted again. */
async function interruption(job: Job<string>): Promise<ArcpError> {
  try {
    await job.result();
  } catch (error) {
    if (ArcpError.is(error, "INTERNAL_ERROR") && error.retryable) return error;
    throw error;
  }
  throw new Error("the job ended well, though its process was killed");
}

async function finished(client: Client): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { job_id } of client.jobs({ status: ["success"] })) ids.push(job_id);
  return ids;
}

/** What is wrong with a crash, in words; nothing if all is as promised. */
export function problemsOfCrash(crash: Crash, report: string): readonly string[] {
  const { seen, sameSession, gaps, kept } = crash;
  const wrong = seen.findIndex((seq, index) => seq !== index + 1);
  const checks: readonly (readonly [boolean, string])[] = [
    [wrong === -1, `event ${seen[wrong]} was read where event ${wrong + 1} belongs`],
    [sameSession, "the session is another one"],
    [gaps === 0, `${gaps} gaps were told`],
    [kept > 0, "the job that had ended before is not listed any more"],
    [crash.report === report, "the report is another one than before"],
  ];
  return checks.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}

/** What it came to, for the screen. */
export function tellCrash({ seen, kept, ms }: Crash, screen: Screen): void {
  screen.good(`${whole(seen.length)} events, each once and in order, over both processes`);
  screen.fact("told after", `${whole(ms)} ms, the start of the new process included`);
  screen.fact("kept", `${kept} finished job of before, with its result`);
  screen.good("submitted once more, as a program would; the report is the same");
}
