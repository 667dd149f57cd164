/** Says what went wrong: one line for people, one object for programs, one exit code. */
import { CommanderError } from "commander";
import type { ErrorCode } from "../../generated/current/index.js";
import { ArcpError, ConnectionError, isErrorCode } from "../wire/errors.js";
import { Exit, exitOfConnection, exitOfEnd, exitOfRefusal } from "./exit.js";
import type { EndedCode, ExitCode } from "./exit.js";
import { oneLine } from "./text.js";

/** What to do about a refusal, where the command line has a better word for it than the draft. */
const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  AGENT_NOT_AVAILABLE: "`arcp agents` lists what can be run",
  AGENT_VERSION_NOT_AVAILABLE: "`arcp agents` lists the versions that can be run",
  JOB_NOT_FOUND: "`arcp jobs` lists the jobs that this token may see",
  UNAUTHENTICATED: "give a valid token: ARCP_TOKEN, --token-file or --token",
  PERMISSION_DENIED: "ask for what the job may touch with --lease",
};

/** What a library tells a program, as a person at a shell can do it. */
export function inCliWords(text: string): string {
  return text.replaceAll("client.jobs()", "`arcp jobs`");
}

/** The command line, or what it names, is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Who gave the command has left it before its end. */
export class Left extends Error {
  override readonly name = "Left";
  readonly code = "LEFT";
}

/** A job ended in an error, which is something else than a request that was refused with the same code. */
export class JobEnded extends Error {
  override readonly name = "JobEnded";
  override readonly cause: ArcpError;
  readonly jobId: string;
  readonly finalStatus: string | undefined;
  readonly exit: EndedCode;

  constructor(
    job: { readonly id: string; readonly finalStatus: string | undefined },
    error: ArcpError,
    told: { readonly exit: EndedCode; readonly message: string } = {
      exit: exitOfEnd(error.code),
      message: error.message,
    },
  ) {
    super(told.message, { cause: error });
    this.cause = error;
    this.jobId = job.id;
    this.finalStatus = job.finalStatus;
    this.exit = told.exit;
  }

  /** The same end, told in other words and with another exit code. */
  as(exit: EndedCode, message: string): JobEnded {
    return new JobEnded({ id: this.jobId, finalStatus: this.finalStatus }, this.cause, {
      exit,
      message,
    });
  }
}

/** A failure, ready to be told. */
export interface Failure {
  readonly exit: ExitCode;
  /** Without a line break or an escape code. */
  readonly line: string;
  /** The value of `error` in NDJSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Whatever was thrown, as it is told. No stack: one that is of use stands under `ARCP_DEBUG`. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof JobEnded) {
    const { cause, jobId, finalStatus } = thrown;
    const words = `${jobId} ended: ${thrown.message}`;
    const what = { job_id: jobId, final_status: finalStatus, ...cause.toPayload() };
    return failure(thrown.exit, words, { ...what, hint: cause.hint });
  }
  if (thrown instanceof ArcpError) {
    const hint = hintOf(thrown);
    // Whoever refused may have said it already.
    const words =
      hint === undefined || says(thrown.message) ? thrown.message : `${thrown.message} (${hint})`;
    const what = { ...thrown.toPayload(), hint, section: thrown.section };
    return failure(exitOfRefusal(thrown.code), words, what);
  }
  if (thrown instanceof ConnectionError) {
    const { code } = thrown;
    const message = inCliWords(thrown.message);
    // The runtime is there, and wants nobody in with this token.
    const refused = code === "CLOSED" && ArcpError.is(thrown.cause, "UNAUTHENTICATED");
    const exit = refused ? Exit.Unauthenticated : exitOfConnection(code);
    return failure(exit, message, { code, message });
  }
  if (thrown instanceof CommanderError) return usage(thrown.message.replace(/^error: /, ""));
  if (thrown instanceof UsageError) return usage(thrown.message);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const { code } = (thrown ?? {}) as { code?: unknown };
  return failure(Exit.Unexpected, message, {
    code: typeof code === "string" ? code : "UNEXPECTED",
    message,
  });
}

function hintOf({ code, details, hint }: ArcpError): string | undefined {
  if (!isErrorCode(code)) return undefined;
  // The draft's hint speaks of a pointer, which not every refusal has.
  if (code === "INVALID_REQUEST" && typeof details?.["path"] !== "string") return undefined;
  return HINTS[code] ?? hint;
}

/** Whether a text says what to do, as a hint would. */
function says(message: string): boolean {
  return message.includes("ARCP_TOKEN") || message.includes("`arcp ");
}

function usage(message: string): Failure {
  return failure(Exit.Usage, message, { code: "USAGE", message });
}

function failure(exit: ExitCode, line: string, json: Record<string, unknown>): Failure {
  return { exit, line: oneLine(line.replace(/\s*\n\s*/g, " ")), json: { ...json, exit } };
}
