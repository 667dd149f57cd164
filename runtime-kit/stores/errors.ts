/** What keeps a store from doing its work, for the operator's eyes: none of it travels on the wire. */

/** Why a store failed. */
export type StoreFailure =
  /** Another process has the file open. */
  | "IN_USE"
  /** What was read is not what was written. It is never served. */
  | "DAMAGED"
  /** The disc or the quota is full. */
  | "FULL"
  /** The file or its folder cannot be written. */
  | "READ_ONLY"
  /** The file is no store of this toolkit, or of a later release. */
  | "FOREIGN"
  /** There is no such file. */
  | "MISSING"
  /** The disc, or what stands for it, reports an error. */
  | "IO"
  /** The platform has nothing to store with. */
  | "UNAVAILABLE"
  /** The store was closed. */
  | "CLOSED";

/** A failure of the store itself. Local; the runtime stops what it can no longer make durable. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreFailure;
  /** The message without its code. */
  readonly reason: string;

  constructor(code: StoreFailure, reason: string, options: { readonly cause?: unknown } = {}) {
    super(
      `[${code}] ${reason}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.reason = reason;
  }

  static is(error: unknown, code?: StoreFailure): error is StoreError {
    return error instanceof StoreError && (code === undefined || error.code === code);
  }
}
