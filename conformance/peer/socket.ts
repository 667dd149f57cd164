/** Opens the WebSocket of a peer, or says with which HTTP status it was refused. §4 */
import type { Writable } from "node:stream";
import { WebSocket } from "ws";
import { Unreachable } from "./faults.js";

/** How to open a connection. */
export interface DialOptions {
  /** Headers of the upgrade; `Host` and `Origin` may be replaced here. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Subprotocols to ask for. Default: none. */
  readonly protocols?: readonly string[];
  /** Text that follows the address, such as `?token=…`. */
  readonly query?: string;
  /** Milliseconds, already scaled. */
  readonly within: number;
}

/** What the suite uses of a socket of the package `ws`, whose types stay out of what is published. */
export interface Socket {
  send(data: string): void;
  send(data: string | Uint8Array, options: { readonly binary: boolean }): void;
  close(code?: number): void;
  terminate(): void;
  on(event: "message", listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: "close", listener: (code: number, reason: Uint8Array) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  /** What is worth a line of the log and is no message, such as the standard error of a child. */
  on(event: "note", listener: (text: string) => void): unknown;
  /** The stream that carries the messages, for bytes that no peer would send. */
  readonly raw?: Writable;
}

/** The stream below a socket, if there is one. */
export function rawOf(socket: Socket): Writable | undefined {
  // The field is part of ws in every release; without it the check that asks is inconclusive.
  return socket.raw ?? (socket as unknown as { _socket?: Writable })._socket;
}

/** The server answered the upgrade with something else than 101. */
export interface Refused {
  readonly status: number;
}

/** A socket that is open, or the status of its refusal. Rejects with `Unreachable` if there was no answer. */
export function dial(url: string, options: DialOptions): Promise<Socket | Refused> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url + (options.query ?? ""), [...(options.protocols ?? [])], {
      headers: { ...options.headers },
      perMessageDeflate: false,
      // The suite reads whatever comes: a frame that is too large must be seen, not cut off here.
      maxPayload: 64 * 1024 * 1024,
    });
    const timer = setTimeout(() => {
      socket.terminate();
      reject(new Unreachable(`no answer to the upgrade within ${options.within} ms`));
    }, options.within);
    socket.once("open", () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once("unexpected-response", (request, response) => {
      clearTimeout(timer);
      response.resume();
      request.destroy();
      resolve({ status: response.statusCode ?? 0 });
    });
    socket.on("error", (error: Error) => {
      clearTimeout(timer);
      reject(new Unreachable(`cannot connect: ${error.message}`));
    });
  });
}
