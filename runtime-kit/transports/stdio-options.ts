// By itself, so that the declarations of `arcp` name no type of Node's.
import type { Closed } from "./port.js";

/** Options of a transport over lines. */
export interface StdioTransportOptions {
  /** The longest line that is read, in bytes; a longer one ends the transport with 1009. Default 1 MiB (TRN-14). */
  readonly maxFrameBytes?: number;
  /**
   * The longest line to write where that can be chosen, in bytes. Default 60 KiB: deployed peers read lines of
   * 64 KiB (TRN-15). More, for a peer that is known to read longer ones.
   */
  readonly lineBytes?: number;
  /** `send` stays pending while this much or more waits to be written, in bytes. Default 256 KiB. */
  readonly mark?: number;
  /** The input is not read while this much or more is unread here, in UTF-16 units. Default 1 MiB. */
  readonly readMark?: number;
  /**
   * How long the peer may take nothing of what was written, or not end after us, in milliseconds, before both
   * streams are destroyed. Default 5,000.
   */
  readonly closeTimeoutMs?: number;
  /** Told how the transport ended before its reader is; may wait for what explains it better, as an exit code. */
  readonly explain?: (closed: Closed) => Promise<Closed>;
}
