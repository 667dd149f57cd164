import { errors } from "../../generated/current/index.js";
import type { ErrorCode, ErrorPayload } from "../../generated/current/index.js";

/** Shared by every copy of this package in a process, where `instanceof` would tell them apart. */
const BRAND = Symbol.for("arcp.ArcpError");

/** What else an `ArcpError` may carry. */
export interface ArcpErrorOptions {
  /** Overrides the table's default for the code. */
  readonly retryable?: boolean;
  /** Facts for programs, specific to the code; goes on the wire. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

declare const foreign: unique symbol;

/** A code that a peer said and this revision does not have: `ArcpError.from` makes one of it, nobody writes one down. */
type ForeignCode = string & { readonly [foreign]: true };

/**
 * A failure that the protocol has a code for, on either side of the wire. §12
 *
 * `hint` says what to do about it and `section` where the draft defines it; both come from the
 * generated table and are absent for a code that this revision does not know.
 */
export class ArcpError extends Error {
  override readonly name = "ArcpError";
  /** @internal */
  readonly [BRAND] = true;
  readonly code: ErrorCode | ForeignCode;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly hint: string | undefined;
  readonly section: string | undefined;
  /** The message without the code in front of it, as it stands on the wire. */
  readonly reason: string;

  constructor(code: ErrorCode | ForeignCode, reason: string, options: ArcpErrorOptions = {}) {
    super(
      `[${code}] ${reason}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    const row = isErrorCode(code) ? errors[code] : undefined;
    this.code = code;
    this.reason = reason;
    this.retryable = options.retryable ?? row?.retryable ?? false;
    this.details = options.details;
    // Of a code that is worth another try the hint says so; of an error that is not, it would be wrong.
    this.hint = row?.retryable === true && !this.retryable ? undefined : row?.hint;
    this.section = row?.section;
  }

  /** Whether `error` is an `ArcpError`, and, if a code is given, one with that code. */
  static is(error: unknown, code?: ErrorCode): error is ArcpError {
    const branded = typeof error === "object" && error !== null && BRAND in error;
    return branded && (code === undefined || (error as ArcpError).code === code);
  }

  /** The error that a peer's payload tells of. An unknown code is not retryable by default (W-35). */
  static from(payload: ErrorPayload): ArcpError {
    return new ArcpError(payload.code as ErrorCode | ForeignCode, payload.message, {
      ...(payload.retryable === undefined ? {} : { retryable: payload.retryable }),
      ...(payload.details === undefined ? {} : { details: payload.details }),
    });
  }

  /** The shape of this error on the wire. §6.8 */
  toPayload(): ErrorPayload & { readonly retryable: boolean } {
    return {
      code: this.code,
      message: this.reason,
      retryable: this.retryable,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** Whether `code` is one of the fifteen of this revision. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errors, code);
}

/** Why a connection, and what waited on it, came to nothing. */
export type ConnectionFailure =
  /** Nobody answered at the address. */
  | "UNREACHABLE"
  /** The peer refused the connection before the protocol began (HTTP 403, 404 …), or speaks another one. */
  | "REFUSED"
  /** The connection ended, and nothing will bring it back. */
  | "CLOSED"
  /** A later resume of the same session owns it now (W-09). */
  | "SUPERSEDED"
  /** Nothing was heard for two heartbeat intervals (W-27). */
  | "HEARTBEAT_LOST"
  /** The peer sent what no peer of this protocol sends. */
  | "PROTOCOL"
  /** The connection went away before the answer, so that the request may or may not have been done. */
  | "OUTCOME_UNKNOWN"
  /** Events were lost for good: the resume window had closed. */
  | "GAP"
  /** The session cannot be kept where it should be, or what is kept there cannot be taken up. */
  | "NOT_KEPT";

/** A failure of the connection itself. Local: it never travels on the wire. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ConnectionFailure;
  /** The WebSocket close code, where there was one. */
  readonly closeCode: number | undefined;
  /** Of a dial: nothing will ever answer there, so that a client does not dial again. */
  readonly final: boolean;

  constructor(
    code: ConnectionFailure,
    reason: string,
    options: {
      readonly closeCode?: number;
      readonly cause?: unknown;
      readonly final?: boolean;
    } = {},
  ) {
    super(
      `[${code}] ${reason}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.closeCode = options.closeCode;
    this.final = options.final ?? false;
  }

  static is(error: unknown, code?: ConnectionFailure): error is ConnectionError {
    return error instanceof ConnectionError && (code === undefined || error.code === code);
  }
}
