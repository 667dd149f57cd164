/** WebSocket with the `ws` package: the server's side, and clients on Node. §4 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import { WebSocket } from "ws";
import { ConnectionError } from "../wire/errors.js";
import { aNumber, anObject, checkOptions } from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import { printable, webSocketUrl } from "./address.js";
import { ABRUPT, CLOSE_TIMEOUT_MS, closing, unlessTaken } from "./closing.js";
import { dialFailure } from "./dial-failure.js";
import type { Closed, Dial, Transport } from "./port.js";
import { DONE, FrameQueue, Waiters } from "./queue.js";
import { writeTextFrames } from "./ws-frames.js";

/** Options of a transport over a `ws` socket. */
export interface WsTransportOptions {
  /** `send` stays pending while this much or more waits for the network, in bytes. Default 256 KiB. */
  readonly mark?: number;
  /** The socket is not read while this much or more is unread here, in UTF-16 units. Default 1 MiB. */
  readonly readMark?: number;
  /** How long a closed peer may take nothing, in milliseconds, before the socket is destroyed. Default 5,000. */
  readonly closeTimeoutMs?: number;
}

/**
 * What is used of an open socket of the package `ws`. Its own types stay out of ours: a program that
 * compiles against this package need not have them.
 */
export interface WsSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly extensions: string;
  pause(): void;
  resume(): void;
  send(data: string, written?: () => void): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  on(event: "message", listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close", listener: (code: number, reason: Uint8Array) => void): unknown;
}

/** The most fragments of one message. They cost memory apart from their bytes, which `maxPayload` bounds. */
export const MAX_FRAGMENTS = 4096;

const DEFAULT_MARK = 256 * 1024;

/**
 * A transport over an open `ws` socket and the network socket below it (`upgrade` hands it out; without
 * it, or on the client's side, frames go through `ws`).
 *
 * Binary messages are refused with 1003; `ws` itself refuses what is too large (1009), not UTF-8 (1007)
 * or against its protocol (1002). permessage-deflate must be off.
 */
export function wsTransport(
  socket: WsSocket,
  raw: Duplex | undefined,
  options: WsTransportOptions = {},
): Transport {
  return new WsTransport(socket, raw, options);
}

class WsTransport implements Transport {
  readonly incoming: FrameQueue;
  readonly #socket: WsSocket;
  readonly #raw: Duplex | undefined;
  readonly #direct: boolean;
  readonly #mark: number;
  readonly #closeTimeoutMs: number;
  readonly #senders = new Waiters();
  /** Those who wait for the end of a close. */
  readonly #closing = new Waiters();
  /** Frames that wait for the end of the turn, and their length in UTF-16 units. */
  #turn: string[] = [];
  #turnLength = 0;

  constructor(socket: WsSocket, raw: Duplex | undefined, options: WsTransportOptions) {
    this.#socket = socket;
    this.#raw = raw;
    this.#direct = isPlainServerSocket(socket, raw);
    this.#mark = options.mark ?? DEFAULT_MARK;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS;
    this.incoming = new FrameQueue({
      ...(options.readMark === undefined ? {} : { high: options.readMark }),
      onFull: () => socket.pause(),
      onReady: () => socket.resume(),
      onStop: () => void this.close(),
    });
    socket.on("message", (data: unknown, isBinary: boolean) => {
      // `binaryType` is never changed here, so that a message always comes as one Buffer.
      if (isBinary) void this.close(1003, "only text frames are accepted");
      else this.incoming.push((data as Buffer).toString());
    });
    socket.on("error", (error) => {
      this.incoming.end(violation(error)); // what had come before is good
      this.#letGo();
    });
    socket.on("close", (code: number, reason: Uint8Array) => {
      this.incoming.end({ code, reason: Buffer.from(reason).toString() });
      this.#senders.release();
      this.#closing.release();
    });
  }

  send(frames: readonly string[]): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.OPEN || this.incoming.closed !== undefined) return DONE;
    if (frames.length > 0) {
      if (this.#direct && this.#raw) this.#sendDirect(this.#raw, frames);
      else this.#sendEach(frames);
    }
    return socket.bufferedAmount + this.#turnLength < this.#mark ? DONE : this.#senders.wait();
  }

  close(code?: number, reason?: string): Promise<void> {
    const closed = closing(code, reason);
    const ended = this.incoming.closed !== undefined;
    if (!ended) this.endTurn();
    this.incoming.discard(closed);
    if (!ended) {
      this.#socket.close(closed.code, closed.reason);
      this.#letGo();
    }
    return this.#gone();
  }

  #gone(): Promise<void> {
    return this.#socket.readyState === WebSocket.CLOSED ? DONE : this.#closing.wait();
  }

  /** This side has ended; the peer takes what was sent and the close frame, and answers it. */
  #letGo(): void {
    this.#senders.release();
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const unsent = (): number => this.#socket.bufferedAmount;
    void this.#gone().then(
      unlessTaken(unsent, this.#closeTimeoutMs, () => this.#socket.terminate()),
    );
  }

  /** A write costs more than the frame of a reply: those of one turn leave together, as one text. */
  #sendDirect(raw: Duplex, frames: readonly string[]): void {
    if (frames.length > 1 && this.#turn.length === 0) {
      return writeTextFrames(raw, frames, this.#written);
    }
    if (this.#turn.length === 0) process.nextTick(endTurn, this);
    for (const frame of frames) {
      this.#turn.push(frame);
      this.#turnLength += frame.length;
    }
  }

  /** Called at the end of a turn. */
  endTurn(): void {
    const frames = this.#turn;
    if (frames.length === 0) return;
    this.#turn = [];
    this.#turnLength = 0;
    if (this.#raw && this.#socket.readyState === WebSocket.OPEN) {
      writeTextFrames(this.#raw, frames, this.#written);
    }
  }

  /** For clients, whose frames are masked: `ws` writes, and the cork makes one write of it. */
  #sendEach(frames: readonly string[]): void {
    const last = frames.length - 1;
    this.#raw?.cork();
    frames.forEach((frame, i) =>
      i === last ? this.#socket.send(frame, this.#written) : this.#socket.send(frame),
    );
    this.#raw?.uncork();
  }

  readonly #written = (): void => {
    if (this.#socket.bufferedAmount < this.#mark) this.#senders.release();
  };
}

function endTurn(transport: WsTransport): void {
  transport.endTurn();
}

/**
 * Whether frames may be written to the network socket past `ws`. It writes whole frames synchronously
 * unless it compresses, so that ours never fall into one of its own; but a client's frames are masked,
 * and two platforms look like Node and are not: Bun's `ws` owns the connection in another way, so that what
 * is written past it is not counted in `bufferedAmount`, and what does not leave at once is lost; and
 * Deno's TLS sockets do not write latin1 as it is.
 */
function isPlainServerSocket(socket: WsSocket, raw: Duplex | undefined): boolean {
  const inner = (name: string): unknown => Reflect.get(socket, name);
  if ("Bun" in globalThis || "Deno" in globalThis) return false;
  return inner("_socket") === raw && inner("_isServer") === true && socket.extensions === "";
}

/** The close that `ws` has sent for an error of the peer. */
function violation(error: Error & { code?: string }): Closed {
  switch (error.code) {
    case "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH":
    case "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH":
      return { code: 1009, reason: "the message is too large" };
    case "WS_ERR_INVALID_UTF8":
      return { code: 1007, reason: "the message is not UTF-8" };
    case "WS_ERR_TOO_MANY_BUFFERED_PARTS":
      return { code: 1008, reason: "the message is in too many parts" };
    default:
      return error.code?.startsWith("WS_ERR_") === true
        ? { code: 1002, reason: "the peer broke the WebSocket protocol" }
        : ABRUPT;
  }
}

/** Options of a client's connection on Node. */
export interface DialWsOptions extends WsTransportOptions {
  /** Headers of the upgrade request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the connection may take to open, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** The largest message that is accepted, in bytes. Default 16 MiB: other runtimes may not know our limit. */
  readonly maxFrameBytes?: number;
  /** TLS options, such as `ca` for a certificate of one's own. */
  readonly tls?: ConnectionOptions;
}

const DIAL: Checks<DialWsOptions> = {
  headers: anObject,
  timeoutMs: aNumber,
  maxFrameBytes: aNumber,
  tls: anObject,
  mark: aNumber,
  readMark: aNumber,
  closeTimeoutMs: aNumber,
};

/**
 * Dials a runtime with `ws`; no redirect is followed. Whether a token may go there is for the caller to know: `connect`
 * refuses addresses of other hosts without TLS, and looks at no dial (SEC-01).
 *
 * @throws TypeError at once for an address that is no WebSocket URL or holds a secret.
 */
export function dialWs(address: string | URL, options: DialWsOptions = {}): Dial {
  checkOptions("dialWs", options, DIAL);
  const url = webSocketUrl(address);
  return ({ signal }) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, {
        ...options.tls,
        perMessageDeflate: false,
        maxPayload: options.maxFrameBytes ?? 16 * 1024 * 1024,
        maxFragments: MAX_FRAGMENTS,
        ...(options.headers === undefined ? {} : { headers: { ...options.headers } }),
      });
      const give = (error: ConnectionError): void => {
        settled();
        reject(error);
        socket.terminate();
      };
      const aborted = (): void =>
        give(new ConnectionError("CLOSED", "dialling was aborted", { cause: signal?.reason }));
      const timeoutMs = options.timeoutMs ?? 10_000;
      const timer = setTimeout(
        () => give(unreachable(url, `no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      const settled = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", aborted);
      };
      const failed = (error: Error): void => give(unreachable(url, dialFailure(url, error), error));
      socket.on("error", failed);
      socket.on("unexpected-response", (_request, response) => {
        socket.off("error", failed).on("error", () => undefined); // an answer that breaks off is one
        void firstWords(response).then((words) => give(refused(url, response, words)));
      });
      let raw: Duplex | undefined;
      socket.on("upgrade", (response) => {
        raw = response.socket ?? undefined; // Bun has none
      });
      // Synchronously: the first frames may share a packet with the upgrade.
      socket.on("open", () => {
        settled();
        socket.off("error", failed);
        resolve(wsTransport(socket, raw, options));
      });
      signal?.addEventListener("abort", aborted, { once: true });
      if (signal?.aborted === true) aborted();
    });
}

function unreachable(url: string, what: string, cause?: unknown): ConnectionError {
  const reason = `cannot connect to ${printable(url)}: ${what}`;
  return new ConnectionError("UNREACHABLE", reason, cause === undefined ? {} : { cause });
}

function refused(url: string, response: IncomingMessage, words: string): ConnectionError {
  const status = `${response.statusCode} ${response.statusMessage ?? ""}`.trim();
  const told = words === "" ? "" : `: ${words}`;
  // The commonest slip: the address of the server without the path of its endpoint.
  const elsewhere = response.statusCode === 404 && new URL(url).pathname !== "/arcp";
  const hint = elsewhere ? " (a runtime listens at the path /arcp unless it was told another)" : "";
  return new ConnectionError("REFUSED", `${printable(url)} answered ${status}${told}${hint}`);
}

/** The beginning of an answer's text, printable and short. */
function firstWords(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const done = (): void =>
      resolve(
        text
          .slice(0, 200)
          .replace(/[^\x21-\x7e]+/g, " ")
          .trim(),
      );
    response.setEncoding("latin1");
    response.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > 200) done();
    });
    response.once("end", done).once("error", done).once("close", done);
  });
}
