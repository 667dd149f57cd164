/** The proxy on a WebSocket between the suite and a healthy runtime, through which one mutant changes the wire. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { newLink, newShared, noteFromClient, noteFromRuntime, pass, readMessage } from "./link.js";
import type { Message, Mutant, Shared } from "./mutant.js";

/** A proxy that runs. */
export interface Proxy {
  /** Where the suite connects instead. */
  readonly url: string;
  close(): Promise<void>;
}

const largest = 64 * 1024 * 1024;

/** Starts a proxy to the runtime at `target` on a free port of this machine. Without a mutant it changes nothing. */
export async function startProxy(
  target: string,
  mutant: Mutant,
  shared: Shared = newShared(),
): Promise<Proxy> {
  const server: Server = createServer((_, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largest });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const status = mutant.refuses?.(request.headers);
    if (status !== undefined) return refuse(socket, status);
    const accept = (runtime: WebSocket | undefined) =>
      sockets.handleUpgrade(request, socket, head, (client) => {
        const query = new URL(request.url ?? "/", "http://proxy").search;
        join(client, runtime, () => dialRuntime(target, request, mutant), mutant, shared, query);
      });
    if (mutant.dialsLate === true) return accept(undefined);
    const runtime = dialRuntime(target, request, mutant);
    runtime.once("open", () => accept(runtime));
    runtime.once("unexpected-response", (_, response) =>
      refuse(socket, response.statusCode ?? 502),
    );
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { pathname } = new URL(target);
  return {
    url: `ws://127.0.0.1:${port}${mutant.servesAt ?? pathname}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function dialRuntime(target: string, request: IncomingMessage, mutant: Mutant): WebSocket {
  const { search } = new URL(request.url ?? "/", "http://proxy");
  const { origin, host } = request.headers;
  // The proxy's own name becomes the runtime's; any other name was chosen by the check.
  const own = `127.0.0.1:${request.socket.localPort}`;
  const headers: Record<string, string> = {
    ...(origin === undefined || mutant.forgets === "origin" ? {} : { origin }),
    ...(host === undefined || host === own || mutant.forgets === "host" ? {} : { host }),
  };
  const socket = new WebSocket(target + (mutant.forgets === "query" ? "" : search), {
    perMessageDeflate: false,
    maxPayload: largest,
    headers,
  });
  socket.on("error", () => socket.terminate());
  return socket;
}

function join(
  client: WebSocket,
  early: WebSocket | undefined,
  dialLate: () => WebSocket,
  mutant: Mutant,
  shared: Shared,
  query: string,
): void {
  let runtime = early;
  const waiting: (string | Buffer)[] = [];
  const write = (data: string | Buffer) => {
    if (runtime === undefined) {
      runtime = dialLate();
      runtime.once("open", () => waiting.splice(0).forEach((late) => runtime?.send(late)));
      listen(runtime);
    }
    if (runtime.readyState === WebSocket.CONNECTING) waiting.push(data);
    else if (runtime.readyState === WebSocket.OPEN) runtime.send(data);
  };
  const toClient = (message: Message, original?: string) => {
    if (client.readyState !== WebSocket.OPEN) return;
    const plain = original ?? JSON.stringify(message);
    const text = mutant.textToClient?.(plain, message) ?? plain;
    const bytes = mutant.bytesToClient?.(text);
    if (bytes !== undefined) client.send(bytes, { binary: false });
    else client.send(mutant.asBinary?.(message) === true ? Buffer.from(text) : text);
  };
  const link = newLink(shared, query, {
    toClient: (message) => toClient(message),
    toServer: (message) => write(JSON.stringify(message)),
    closeClient: (code) => client.close(code),
  });
  const listen = (socket: WebSocket) => {
    socket.on("message", (data, binary) => {
      const text = String(data);
      const message = binary ? undefined : readMessage(text);
      if (message === undefined) return client.send(data, { binary });
      noteFromRuntime(link, message);
      return pass(text, message, mutant.toClient?.(message, link), toClient);
    });
    socket.on("close", (code, reason) => {
      if (mutant.staysOpen?.(link, code) === true) return;
      const told = mutant.closeCode?.(code) ?? code;
      if (told === 1006) client.terminate();
      else client.close(told === 1005 ? undefined : told, reason);
    });
  };
  shared.links.add(link);
  client.on("message", (data, binary) => {
    if (binary) return mutant.swallowBinary === true ? undefined : write(data as Buffer);
    const text = mutant.textToServer ? mutant.textToServer(String(data)) : String(data);
    if (text === undefined) return undefined;
    const message = readMessage(text);
    if (message === undefined) return write(text);
    noteFromClient(link, message);
    const forward = (m: Message, original?: string) => write(original ?? JSON.stringify(m));
    return pass(text, message, mutant.toServer?.(message, link), forward);
  });
  client.on("error", () => mutant.clientBroken?.(link));
  client.on("close", () => {
    shared.links.delete(link);
    mutant.clientGone?.(link);
    // What the mutant still had to say is sent before the end.
    runtime?.close();
  });
  if (early !== undefined) listen(early);
}
