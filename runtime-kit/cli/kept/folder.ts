/**
 * Where `arcp submit` keeps what another process needs to go on with a job: a record of what was submitted, key and all,
 * and the session beside it. One folder for each user, readable by nobody else.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { keptOfText } from "../../client/kept-session.js";
import type { KeptJob, KeptSubmission } from "../../client/kept-session.js";
import { keptInFile } from "../../keepers/file.js";
import { isPlain } from "../../wire/options.js";
import type { Io } from "../io.js";

/** A job that was submitted from here. */
export interface JobRecord extends Pick<KeptJob, "job_id" | "accepted"> {
  /** The runtime that has it. */
  readonly url: string;
  readonly submission: KeptSubmission;
  /** The name of the file with its session. */
  readonly session: string;
}

const FORMAT = "arcp-job";
const VERSION = 1;

/** What is known to have ended stays as long as a runtime keeps its history, and an hour. */
const KEPT_MS = 25 * 60 * 60 * 1000;

/** The folder that the environment names; `undefined` where it names none. */
export function stateFolder({ env }: Io): string | undefined {
  const { ARCP_STATE, XDG_STATE_HOME, LOCALAPPDATA, HOME } = env;
  if (ARCP_STATE) return ARCP_STATE;
  if (process.platform === "win32") return LOCALAPPDATA ? join(LOCALAPPDATA, "arcp") : undefined;
  if (XDG_STATE_HOME) return join(XDG_STATE_HOME, "arcp");
  return HOME ? join(HOME, ".local", "state", "arcp") : undefined;
}

/** Makes the folder, and a name in it for a session that begins. Sweeps out what ended long ago. */
export async function newSession(folder: string): Promise<string> {
  await makeFolder(folder);
  await sweep(folder);
  return `${randomBytes(12).toString("hex")}.session`;
}

/**
 * Step by step: Node's own `recursive` goes round for ever where a parent is there and takes no folder, as `/proc` is.
 * Rejects as `mkdir` does.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (await isThere(folder)) return;
    const parent = dirname(folder);
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" || (await isThere(parent))) throw error;
    await makeFolder(parent);
    await makeFolder(folder);
  }
}

function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Keeps the record of a job. */
export async function keepRecord(folder: string, record: JobRecord): Promise<void> {
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...record });
  const place = await keptInFile(join(folder, nameOf(record.url, record.job_id))).take();
  await place.save(text).finally(() => place.release());
}

/** Forgets a session, and the job that it was for. */
export async function forget(folder: string, session: string, record?: JobRecord): Promise<void> {
  await rm(join(folder, session), { force: true });
  if (record !== undefined) {
    await rm(join(folder, nameOf(record.url, record.job_id)), { force: true });
  }
}

/** The records of a job; more than one where runtimes have a job of that name each. Throws for one that is damaged. */
export async function recordsOf(folder: string, jobId: string): Promise<readonly JobRecord[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.startsWith(`${plain(jobId)}@`));
  return Promise.all(files.map((name) => recordIn(join(folder, name))));
}

async function recordIn(file: string): Promise<JobRecord> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new Error(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (!isPlain(value) || value["format"] !== FORMAT || value["version"] !== VERSION) {
    throw new Error(`${file} is no record of a job that this arcp has written`);
  }
  return value as unknown as JobRecord;
}

async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((one) => one.endsWith(".session"))) {
    if (await isOver(join(folder, name))) await rm(join(folder, name), { force: true });
  }
  for (const name of names.filter((one) => one.endsWith(".job"))) {
    // One that cannot be read is left for whoever asks for it.
    const record = await recordIn(join(folder, name)).catch(() => undefined);
    if (record === undefined || (await exists(join(folder, record.session)))) continue;
    await rm(join(folder, name), { force: true });
  }
}

/** Whether nothing is left open in a session that nobody has touched for long. */
async function isOver(file: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs < KEPT_MS) return false;
    const { jobs, unanswered } = keptOfText(await readFile(file, "utf8"), file);
    return jobs.length === 0 && unanswered.length === 0;
  } catch {
    return false;
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** Ids are the runtime's to choose, and may be alike in two of them. */
function nameOf(url: string, jobId: string): string {
  return `${plain(jobId)}@${createHash("sha256").update(url).digest("hex").slice(0, 12)}.job`;
}

/** A name without a way out of the folder. */
function plain(jobId: string): string {
  if (/^[\w-]{1,128}$/.test(jobId)) return jobId;
  return `id-${createHash("sha256").update(jobId).digest("hex")}`;
}
