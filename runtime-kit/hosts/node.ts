// `Serving` is an `AsyncDisposable`, which a program for ES2022 has not asked for.
/// <reference lib="esnext.disposable" preserve="true" />
/** A runtime behind Node's own HTTP server: WebSocket at `/arcp`. §4 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Transport } from "../transports/port.js";
import { MAX_FRAGMENTS, wsTransport } from "../transports/ws.js";
import type { WsTransportOptions } from "../transports/ws.js";
import type { Logger } from "../wire/logger.js";
import { checkAttach, checkServe } from "./check-options.js";
import { forLog, isLocal, isLoopback, pathOf, refusal } from "./node-checks.js";
import type { AdmissionOptions, Refusal } from "./node-checks.js";
import { originsOf } from "./origins.js";

export { dialWs } from "../transports/ws.js";
export type { DialWsOptions } from "../transports/ws.js";

/** What a host needs of a runtime. */
export interface Acceptor {
  /** Takes a connection over. The runtime answers for the deadline of the hello and its own caps. */
  accept(
    transport: Transport,
    peer: { readonly address?: string; readonly secure?: boolean },
  ): void;
  /** Ends the sessions in an orderly way; resolves when that is done. */
  close?(): Promise<void>;
}

/** Options of an endpoint on a server that somebody else made. */
export interface AttachOptions extends AdmissionOptions {
  /** How many connections may be open at once; the next one is answered 503. Default 10,000. */
  readonly maxConnections?: number;
  /** The largest message that is read, in bytes; a larger one closes with 1009. Default 1 MiB. */
  readonly maxFrameBytes?: number;
  /**
   * Says that every client's connection is encrypted on its way here, though not to this server: a proxy in front of it
   * ends TLS. Default false; then credentials are sent over TLS of our own and within this host alone (SEC-03).
   */
  readonly behindTls?: boolean;
  /** Marks and timeout of each transport. */
  readonly transport?: WsTransportOptions;
  readonly logger?: Logger;
}

/** Options of a server of our own. */
export interface ServeOptions extends AttachOptions {
  /** The name or address to listen at. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 7777; 0 takes a free one. */
  readonly port?: number;
  /** Certificate and key in PEM. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Allows a host that other machines reach without TLS, as behind a proxy that ends TLS. */
  readonly allowInsecureRemote?: boolean;
  /** How long a client may take for its request's headers, in milliseconds. Default 10,000. */
  readonly requestTimeoutMs?: number;
}

/** An endpoint on somebody's server. */
export interface Attached {
  /** Open connections. */
  readonly connections: number;
  /** Takes no more connections and ends those that are open. Leaves server and runtime alone. */
  close(): Promise<void>;
}

/** A server that listens. */
export interface Serving {
  /** The address for clients, as `ws://127.0.0.1:7777/arcp`. */
  readonly url: string;
  readonly port: number;
  /** Stops listening, lets the runtime drain, then ends what is left. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How long a connection that is left over at the end may take to close, in milliseconds. */
const LAST_CLOSE_MS = 1_000;

const STATUS = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  503: "Service Unavailable",
};

/**
 * Accepts connections for `runtime` on an HTTP server. Requests for other paths are left to the server's
 * other `upgrade` listeners, and answered 404 if there are none.
 *
 * @throws TypeError for an option that is none, and for allowed hosts or origins that no client could send.
 */
export function attach(server: Server, runtime: Acceptor, options: AttachOptions = {}): Attached {
  checkAttach(options);
  return attachAs(server, runtime, options, undefined);
}

/** `Attached`, with the first half of its end by itself. */
interface Endpoint extends Attached {
  /** Answers 503 from now on. */
  refuseMore(): void;
}

function attachAs(
  server: Server,
  runtime: Acceptor,
  options: AttachOptions,
  name: string | undefined,
): Endpoint {
  const { logger, maxConnections = 10_000 } = options;
  const path = options.path ?? "/arcp";
  const admission: AdmissionOptions = {
    ...options,
    allowedOrigins: originsOf(options.allowedOrigins),
  };
  const open = new Map<WebSocket, Transport>();
  const upgrader = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.maxFrameBytes ?? 1024 * 1024,
    maxFragments: MAX_FRAGMENTS,
  });
  let refusing = false;
  let closing: Promise<void> | undefined;

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (server.listenerCount("upgrade") > 1 && pathOf(request) !== path) return;
    socket.on("error", ignore);
    const address = request.socket.remoteAddress;
    const refused: Refusal | undefined =
      refusal(
        request,
        { address: server.address(), tls: isTls(socket), ...(name && { name }) },
        admission,
      ) ??
      (refusing ? { status: 503, reason: "the server is closing" } : undefined) ??
      (open.size >= maxConnections ? { status: 503, reason: "too many connections" } : undefined);
    if (refused !== undefined) {
      const { host, origin } = request.headers;
      logger?.warn(
        { address, ...refused, host: forLog(host), origin: forLog(origin) },
        "connection refused",
      );
      return refuse(socket, refused);
    }
    const secure =
      options.behindTls === true || isTls(socket) || isLocal(request, server.address());
    upgrader.handleUpgrade(request, socket, head, (ws) => take(ws, socket, { address, secure }));
  };

  /** What listens here as long as the connection lasts holds on to nothing of its request. */
  function take(
    ws: WebSocket,
    socket: Duplex,
    { address, secure }: { readonly address: string | undefined; readonly secure: boolean },
  ): void {
    socket.off("error", ignore);
    const transport = wsTransport(ws, socket, options.transport);
    open.set(ws, transport);
    ws.on("close", () => open.delete(ws));
    try {
      runtime.accept(transport, { secure, ...(address !== undefined && { address }) });
    } catch (error) {
      logger?.error({ address, err: error }, "the runtime did not accept a connection");
      void transport.close(1011, "internal error");
    }
  }
  server.on("upgrade", onUpgrade);

  const close = async (): Promise<void> => {
    refusing = true;
    const ended = Array.from(open.values(), (transport) => transport.close(1001, "going away"));
    const timer = setTimeout(() => {
      for (const ws of open.keys()) ws.terminate();
    }, LAST_CLOSE_MS);
    await Promise.all(ended);
    clearTimeout(timer);
    server.off("upgrade", onUpgrade);
  };
  return {
    get connections() {
      return open.size;
    },
    refuseMore: () => {
      refusing = true;
    },
    close: () => (closing ??= close()),
  };
}

/** For a client that goes away before its connection is one. */
function ignore(): void {}

function isTls(socket: Duplex): boolean {
  return (socket as { encrypted?: boolean }).encrypted === true;
}

function refuse(socket: Duplex, { status, reason }: Refusal): void {
  const body = `${reason}\n`;
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/**
 * Serves a runtime: WebSocket at the path, `GET /healthz` beside it.
 *
 * @throws TypeError for an option, a port, hosts or origins that are none; Error if the host can be reached from other machines and there is neither TLS nor
 * `allowInsecureRemote`, or if the port cannot be listened at (`code` is the system's, such as
 * `EADDRINUSE`).
 */
export async function serve(runtime: Acceptor, options: ServeOptions = {}): Promise<Serving> {
  checkServe(options);
  const { host = "127.0.0.1", port = 7777, path = "/arcp", tls, logger } = options;
  if (!isLoopback(host) && tls === undefined && options.allowInsecureRemote !== true) {
    throw new Error(
      `${host} can be reached from other machines, and tokens would travel in plain text: ` +
        "give { tls }, or { allowInsecureRemote: true } behind a proxy that ends TLS",
    );
  }
  let closing: Promise<void> | undefined;
  const answer = (request: IncomingMessage, response: ServerResponse): void =>
    answerPlainly(request, response, path, closing !== undefined);
  const timeout = options.requestTimeoutMs ?? 10_000;
  const timeouts = {
    headersTimeout: timeout,
    requestTimeout: timeout,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: Math.min(timeout, 1_000),
  };
  const server =
    tls === undefined
      ? createServer(timeouts, answer)
      : createTlsServer({ ...timeouts, ...tls, handshakeTimeout: timeout }, answer);
  // Beyond the sockets that are counted after their upgrade, some may be on the way to it.
  server.maxConnections = (options.maxConnections ?? 10_000) + 1_000;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const attached = attachAs(server, runtime, options, host);
  await listen(server, host, port);
  server.on("error", (error) => logger?.error({ err: error }, "the server failed"));

  const bound = (server.address() as AddressInfo).port;
  const name = host.includes(":") ? `[${host}]` : host;
  const url = `${tls === undefined ? "ws" : "wss"}://${name}:${bound}${path}`;
  logger?.info({ url }, "listening");

  const end = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    attached.refuseMore();
    try {
      await runtime.close?.();
    } finally {
      await attached.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      logger?.info({ url }, "closed");
    }
  };
  const close = (): Promise<void> => (closing ??= end());
  return { url, port: bound, close, [Symbol.asyncDispose]: close };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const what = {
        EADDRINUSE: `port ${port} of ${host} is in use: end what uses it, or choose another { port }`,
        EACCES: `port ${port} of ${host} may not be used by this process: choose one above 1023`,
        EADDRNOTAVAIL: `${host} is not an address of this machine`,
      }[error.code ?? ""];
      const message = what ?? `cannot listen at ${host}:${port}: ${error.message}`;
      reject(Object.assign(new Error(message, { cause: error }), { code: error.code }));
    };
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      resolve();
    });
  });
}

/** Requests that do not ask for an upgrade. */
function answerPlainly(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  closing: boolean,
): void {
  const asked = pathOf(request);
  const reading = request.method === "GET" || request.method === "HEAD";
  response.setHeader("Connection", "close"); // whatever body there is stays unread
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (asked === "/healthz" && reading) {
    response.writeHead(closing ? 503 : 200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ status: closing ? "closing" : "ok" }));
  } else if (asked === path) {
    response.setHeader("Connection", "Upgrade, close");
    response.writeHead(426, { "Content-Type": "text/plain", Upgrade: "websocket" });
    response.end("this path speaks WebSocket\n");
  } else {
    response.writeHead(404, { "Content-Type": "text/plain" });
    response.end("there is nothing here\n");
  }
}
