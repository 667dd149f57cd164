/** A client over the WebSocket that browsers have, and Node from 22 on. No package, no built-in. §4 */
import { ConnectionError } from "../wire/errors.js";
import { aFunction, aNumber, checkOptions } from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import { printable, webSocketUrl } from "./address.js";
import { ABRUPT, CLOSE_TIMEOUT_MS, closing, unlessTaken } from "./closing.js";
import type { Closed, Dial, Transport } from "./port.js";
import { DONE, FrameQueue, Waiters } from "./queue.js";

/** What is used of a WebSocket; that of browsers, of Node, and of the `ws` package have it. */
export interface BrowserWebSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
}

/** Options of a transport over a browser's WebSocket. */
export interface WebSocketTransportOptions {
  /** `send` stays pending while this much or more waits for the network, in bytes. Default 256 KiB. */
  readonly mark?: number;
  /**
   * How much may be unread here, in UTF-16 units, before the connection is given up with 4008. A browser
   * cannot stop reading a WebSocket, so this is what bounds memory; a session resumes. Default 64 MiB.
   */
  readonly readLimit?: number;
  /** How long a closed peer may take nothing, in milliseconds, before it is given up. Default 5,000. */
  readonly closeTimeoutMs?: number;
}

const OPTIONS: Checks<WebSocketTransportOptions> = {
  mark: aNumber,
  readLimit: aNumber,
  closeTimeoutMs: aNumber,
};

const OPEN = 1;
const CLOSED = 3;

/** How often a waiting `send` looks at `bufferedAmount`, in milliseconds: soon, then ever less often. */
const FIRST_LOOK_MS = 4;
const LATEST_LOOK_MS = 64;

/**
 * A transport over a WebSocket that is connecting or open. There is no event for "the buffer is empty",
 * so that a `send` above the mark looks again after some milliseconds; none waiting, no timer.
 */
export function webSocketTransport(
  socket: BrowserWebSocket,
  options: WebSocketTransportOptions = {},
): Transport {
  checkOptions("webSocketTransport", options, OPTIONS);
  return new WebSocketTransport(socket, options);
}

class WebSocketTransport implements Transport {
  readonly incoming: FrameQueue;
  readonly #socket: BrowserWebSocket;
  readonly #mark: number;
  readonly #closeTimeoutMs: number;
  readonly #senders = new Waiters();
  readonly #gone: Promise<void>;
  #goneNow: () => void = () => undefined;
  #looking = false;

  constructor(socket: BrowserWebSocket, options: WebSocketTransportOptions) {
    this.#socket = socket;
    this.#mark = options.mark ?? 256 * 1024;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS;
    this.#gone = new Promise((resolve) => (this.#goneNow = resolve));
    this.incoming = new FrameQueue({
      high: options.readLimit ?? 64 * 1024 * 1024,
      onFull: () => void this.close(4008, "the client reads too slowly"),
      onStop: () => void this.close(),
    });
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.incoming.push(data);
      else void this.close(1003, "only text frames are accepted");
    });
    socket.addEventListener("error", () => undefined); // the close event that follows says it
    // Deno calls a connection that broke 0.
    socket.addEventListener("close", ({ code, reason }) =>
      this.#ended({ code: code || ABRUPT.code, reason }),
    );
  }

  send(frames: readonly string[]): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState !== OPEN || this.incoming.closed !== undefined) return DONE;
    for (const frame of frames) socket.send(frame);
    if (socket.bufferedAmount < this.#mark) return DONE;
    if (!this.#looking) {
      this.#looking = true;
      this.#lookAfter(FIRST_LOOK_MS);
    }
    return this.#senders.wait();
  }

  close(code?: number, reason?: string): Promise<void> {
    const closed = closing(code, reason);
    const ended = this.incoming.closed !== undefined;
    this.incoming.discard(closed);
    if (ended) return this.#gone;
    this.#senders.release();
    if (this.#socket.readyState === CLOSED) this.#ended(closed);
    else {
      this.#socket.close(forBrowser(closed.code), closed.reason);
      // Nothing destroys a browser's socket; whoever waits is told that it has ended as far as we can.
      const unsent = (): number => this.#socket.bufferedAmount;
      void this.#gone.then(unlessTaken(unsent, this.#closeTimeoutMs, () => this.#ended(ABRUPT)));
    }
    return this.#gone;
  }

  #ended(closed: Closed): void {
    this.incoming.end(closed);
    this.#senders.release();
    this.#goneNow();
  }

  #lookAfter(ms: number): void {
    setTimeout(() => {
      const open = this.#socket.readyState === OPEN && this.incoming.closed === undefined;
      if (open && this.#socket.bufferedAmount >= this.#mark) {
        this.#lookAfter(Math.min(ms * 2, LATEST_LOOK_MS));
      } else {
        this.#looking = false;
        this.#senders.release();
      }
    }, ms);
  }
}

/** A page may send 1000 and the codes of applications only; any other reason to end becomes 4000. */
function forBrowser(code: number): number {
  return code === 1000 || code >= 3000 ? code : 4000;
}

/** Options of a client's connection over a browser's WebSocket. */
export interface DialWebSocketOptions extends WebSocketTransportOptions {
  /** The class to use instead of `globalThis.WebSocket`. */
  readonly WebSocket?: new (url: string) => BrowserWebSocket;
  /** How long the connection may take to open, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

const DIAL: Checks<DialWebSocketOptions> = { ...OPTIONS, WebSocket: aFunction, timeoutMs: aNumber };

/**
 * Dials a runtime with the platform's own WebSocket. A browser does not say why a connection failed, so
 * that every failure is `UNREACHABLE`; its message names what may be the reason. Whether a token may go there is for the
 * caller to know: `connect` refuses addresses of other hosts without TLS, and looks at no dial (SEC-01).
 *
 * @throws TypeError at once if the address is no WebSocket URL or holds a secret, or if there is no
 * WebSocket here.
 */
export function dialWebSocket(address: string | URL, options: DialWebSocketOptions = {}): Dial {
  checkOptions("dialWebSocket", options, DIAL);
  const url = webSocketUrl(address);
  const Socket = options.WebSocket ?? platformWebSocket();
  return ({ signal }) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(abortion(signal));
      let socket: BrowserWebSocket;
      try {
        socket = new Socket(url);
      } catch (cause) {
        // A page that came over TLS may not open ws:// at all.
        const { message } = cause as Error;
        return reject(new ConnectionError("UNREACHABLE", failure(url, message), { cause }));
      }
      // What the policy of a page forbids is closed from the start, and no close event says so.
      if (socket.readyState === CLOSED) return reject(unreachable(url, FORBIDDEN));
      // Now, not at `open`: the first frames may follow it at once.
      const transport = new WebSocketTransport(socket, options);
      let dialling = true;
      const settled = (): void => {
        dialling = false;
        clearTimeout(timer);
        signal?.removeEventListener("abort", aborted);
      };
      const give = (error: ConnectionError): void => {
        if (!dialling) return;
        settled();
        reject(error);
        void transport.close();
      };
      const aborted = (): void => give(abortion(signal));
      const timeoutMs = options.timeoutMs ?? 10_000;
      const timer = setTimeout(
        () => give(unreachable(url, `no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      signal?.addEventListener("abort", aborted, { once: true });
      socket.addEventListener("open", () => {
        settled();
        resolve(transport);
      });
      socket.addEventListener("close", ({ code }) =>
        give(unreachable(url, `the connection did not open${untold()}`, code)),
      );
    });
}

function platformWebSocket(): new (url: string) => BrowserWebSocket {
  const found = (globalThis as { WebSocket?: new (url: string) => BrowserWebSocket }).WebSocket;
  if (found === undefined) {
    throw new TypeError("this platform has no WebSocket: pass one in the options, or use dialWs");
  }
  return found;
}

const FORBIDDEN = "the page's Content-Security-Policy forbids it (connect-src)";

/** A browser hides from a page whether it was refused: what its author can look at, where this is a page. */
function untold(): string {
  const { origin } = globalThis as { readonly origin?: unknown };
  if (typeof origin !== "string") return "";
  const refused =
    origin === "null"
      ? "this page has the origin null (a sandboxed frame, data: or file:), which no runtime allows"
      : `the runtime does not allow the origin ${origin} (arcp serve --allowed-origin ${origin})`;
  return `, and a page is not told why: nobody listens there, or ${refused}`;
}

function abortion(signal: AbortSignal | undefined): ConnectionError {
  return new ConnectionError("CLOSED", "dialling was aborted", { cause: signal?.reason });
}

function failure(url: string, what: string): string {
  return `cannot connect to ${printable(url)}: ${what}`;
}

function unreachable(url: string, what: string, closeCode?: number): ConnectionError {
  const options = closeCode === undefined ? {} : { closeCode };
  return new ConnectionError("UNREACHABLE", failure(url, what), options);
}
