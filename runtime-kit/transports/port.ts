// `AsyncDisposable` is named by what is built on transports; whoever compiles against it need not have asked for it.
/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The contract of every transport: frames of text in, frames of text out, and an end. §4
 */

/** Why a transport ended. Codes are those of WebSocket (RFC 6455 §7.4); other transports use the nearest. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** The frames that arrive at one end. Consumed once, by one reader. */
export interface Incoming extends AsyncIterable<string, Closed, undefined> {
  /**
   * The next frame if one is already here, else nothing. A reader that was woken by `next()` may empty
   * the rest with it, without a promise for each frame; it need not.
   */
  take?(): string | undefined;
}

/** One end of a connection that carries whole text frames, in order, both ways. */
export interface Transport {
  /**
   * The size up to which frames of ours should stay, in bytes of UTF-8, since the peer may read no larger ones.
   * Absent where the protocol's own limit is all there is. §5.3 (TRN-15)
   */
  readonly frameBytes?: number;
  /**
   * The frames that arrive, in order; its return value says why the transport ended. It never throws:
   * an end, clean or not, is a `Closed`. Frames that came before anyone listened are kept. Consumed once.
   * After a local `close` nothing more is delivered, not even what waits here: the return value is then
   * the code and reason given to `close`. A reader that stops (`return()`) closes the transport.
   * Reading slowly slows the peer (the transport stops reading when its queue is above a mark).
   */
  readonly incoming: Incoming;
  /**
   * Writes the frames in order, as one write where the medium allows. Settles when what waits in the
   * peer's buffer is below the transport's mark. On a closed transport it resolves at once and drops
   * the frames: the end is told by `incoming`, in one place only.
   */
  send(frames: readonly string[]): Promise<void>;
  /** Ends the transport after what was sent. Safe to call twice. Resolves when it has ended. */
  close(code?: number, reason?: string): Promise<void>;
}

/**
 * Opens a transport to a peer; rejects with a `ConnectionError` that says what failed. A client dials again, unless the
 * error is `final`.
 */
export type Dial = (options: { readonly signal?: AbortSignal }) => Promise<Transport>;
