import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { describeTransport, readAll, readSome } from "./contract.js";
import type { Transport } from "./port.js";
import { MAX_FRAGMENTS, dialWs, wsTransport } from "./ws.js";
import type { WsTransportOptions } from "./ws.js";

/** A WebSocket server on a free port, whose connections are taken one by one. */
class Listener {
  readonly http = createServer();
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: 1024 * 1024,
    maxFragments: MAX_FRAGMENTS,
  });
  readonly #arrived: { transport: Transport; raw: Socket }[] = [];
  readonly #wanted: ((end: { transport: Transport; raw: Socket }) => void)[] = [];
  options: WsTransportOptions = {};

  constructor() {
    this.http.on("upgrade", (request, socket, head) =>
      this.#server.handleUpgrade(request, socket, head, (ws) => {
        const end = { transport: wsTransport(ws, socket, this.options), raw: socket as Socket };
        const want = this.#wanted.shift();
        if (want === undefined) this.#arrived.push(end);
        else want(end);
      }),
    );
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.http.listen(0, "127.0.0.1", resolve));
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/arcp`;
  }

  next(): Promise<{ transport: Transport; raw: Socket }> {
    const end = this.#arrived.shift();
    if (end !== undefined) return Promise.resolve(end);
    return new Promise((resolve) => this.#wanted.push(resolve));
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }
}

const listener = new Listener();
beforeAll(() => listener.listen());
afterAll(() => listener.close());
afterEach(() => {
  listener.options = {};
});

describeTransport("WebSocket (ws server, ws client)", async () => {
  const client = dialWs(listener.url)({});
  const { transport, raw } = await listener.next();
  return { a: transport, b: await client, drop: () => raw.destroy() };
});

describeTransport("WebSocket, with room for one frame", async () => {
  listener.options = { mark: 1, readMark: 1 };
  const client = dialWs(listener.url, listener.options)({});
  const { transport, raw } = await listener.next();
  return { a: transport, b: await client, drop: () => raw.destroy() };
});

/** A client that writes bytes by hand, past the opening handshake. */
async function rawClient(): Promise<{
  socket: Socket;
  received: () => Buffer;
  ended: Promise<void>;
}> {
  const socket = connect(listener.port, "127.0.0.1");
  let received = Buffer.alloc(0);
  socket.write(
    `GET /arcp HTTP/1.1\r\nHost: 127.0.0.1:${listener.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  await new Promise<void>((resolve) => {
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n\r\n");
      if (end >= 0) resolve();
    });
  });
  const start = received.indexOf("\r\n\r\n") + 4;
  socket.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return { socket, received: () => received.subarray(start), ended };
}

/** A client's frame, masked with zeros. */
function frame(opcode: number, payload: Buffer, fin = true): Buffer {
  const first = (fin ? 0x80 : 0) | opcode;
  const mask = Buffer.alloc(4);
  if (payload.length < 126)
    return Buffer.concat([Buffer.from([first, 0x80 | payload.length]), mask, payload]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(payload.length));
  return Buffer.concat([Buffer.from([first, 0x80 | 127]), length, mask, payload]);
}

/** The code in the close frame that ends `received`, if there is one. */
function closeCode(received: Buffer): number | undefined {
  const at = received.indexOf(0x88);
  return at >= 0 ? received.readUInt16BE(at + 2) : undefined;
}

describe("wsTransport against a hostile client", () => {
  const cases: [string, number, () => Buffer][] = [
    ["a binary frame", 1003, () => frame(2, Buffer.from("{}"))],
    ["a frame above maxPayload", 1009, () => frame(1, Buffer.alloc(1024 * 1024 + 1, 0x20))],
    [
      "a length of 2^62",
      1009,
      () => Buffer.from([0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ],
    ["invalid UTF-8", 1007, () => frame(1, Buffer.from([0x7b, 0xc3, 0x28, 0x7d]))],
    ["a lone surrogate in UTF-8", 1007, () => frame(1, Buffer.from([0xed, 0xa0, 0x80]))],
    ["an unmasked frame", 1002, () => Buffer.from([0x81, 0x01, 0x20])],
    ["a reserved opcode", 1002, () => frame(3, Buffer.from("x"))],
    ["a continuation of nothing", 1002, () => frame(0, Buffer.from("x"))],
    ["a reserved bit", 1002, () => Buffer.from([0xc1, 0x80, 0, 0, 0, 0])],
    ["a ping of 126 bytes", 1002, () => frame(9, Buffer.alloc(126))],
    [
      "fragments without end",
      1008,
      () =>
        Buffer.concat([
          frame(1, Buffer.from("x"), false),
          ...Array.from({ length: MAX_FRAGMENTS + 1 }, () => frame(0, Buffer.from("x"), false)),
        ]),
    ],
    [
      "fragments that are too large together",
      1009,
      () =>
        Buffer.concat([
          frame(1, Buffer.alloc(700_000, 0x20), false),
          frame(0, Buffer.alloc(700_000, 0x20)),
        ]),
    ],
  ];

  it.each(cases)("closes on %s with %i, and tells the reader so", async (_name, code, bytes) => {
    listener.options = { closeTimeoutMs: 50 };
    const { socket, received, ended } = await rawClient();
    const { transport } = await listener.next();
    socket.write(frame(1, Buffer.from("good")));
    expect(await readSome(transport, 1)).toEqual(["good"]);
    socket.write(Buffer.concat([bytes(), frame(1, Buffer.from("after"))]));
    const { frames, closed } = await readAll(transport);
    expect(frames).toEqual([]);
    expect(closed.code).toBe(code);
    await ended; // the peer never answers the close: the timeout ends the socket
    expect(closeCode(received())).toBe(code);
    await transport.close();
  });

  it("understands a frame whose bytes come one by one", async () => {
    const { socket } = await rawClient();
    const { transport } = await listener.next();
    socket.setNoDelay(true);
    for (const byte of Buffer.concat([
      frame(1, Buffer.from("hé"), false),
      frame(0, Buffer.from("llo")),
    ])) {
      socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    expect(await readSome(transport, 1)).toEqual(["héllo"]);
    socket.destroy();
  });

  it("bounds what a flood of pings makes it send to a client that does not read", async () => {
    const { socket, ended } = await rawClient();
    const { transport, raw } = await listener.next();
    socket.pause();
    const pings = Buffer.concat(Array.from({ length: 4_000 }, () => frame(9, Buffer.alloc(125))));
    let most = 0;
    while (!raw.destroyed) {
      if (socket.writableLength < 1024 * 1024) socket.write(pings);
      await new Promise(setImmediate);
      most = Math.max(most, raw.writableLength);
    }
    expect(most).toBeLessThan(1024 * 1024);
    expect((await readAll(transport)).closed.code).toBe(1006);
    socket.resume();
    await ended;
  });

  it("ends with 1006 when the peer ends its side without a close frame", async () => {
    const { socket } = await rawClient();
    const { transport } = await listener.next();
    socket.end(frame(1, Buffer.from("last words")));
    expect(await readAll(transport)).toEqual({
      frames: ["last words"],
      closed: { code: 1006, reason: "" },
    });
  });

  it("passes on a close without a code as 1005", async () => {
    const { socket } = await rawClient();
    const { transport } = await listener.next();
    socket.write(frame(8, Buffer.alloc(0)));
    expect((await readAll(transport)).closed).toEqual({ code: 1005, reason: "" });
  });

  it("answers pings between frames that were written past ws", async () => {
    const client = new WebSocket(listener.url, { perMessageDeflate: false });
    const opened = new Promise((resolve) => client.once("open", resolve));
    const closed = new Promise((resolve) => client.once("close", resolve));
    const { transport } = await listener.next();
    const got: string[] = [];
    let pongs = 0;
    client.on("message", (data) => got.push((data as Buffer).toString()));
    client.on("pong", () => (pongs += 1));
    await opened;
    for (let i = 0; i < 200; i += 1) {
      client.ping("x");
      void transport.send([`a${i}`, `é${i}`, "x".repeat(40_000)]);
      await new Promise(setImmediate);
    }
    await transport.close();
    await closed;
    expect(got).toHaveLength(600);
    expect(got.filter((_, i) => i % 3 === 0)).toEqual(
      Array.from({ length: 200 }, (_, i) => `a${i}`),
    );
    expect(pongs).toBeGreaterThan(0);
  });

  it("writes the frames of one call as one write", async () => {
    const client = dialWs(listener.url)({});
    const { transport, raw } = await listener.next();
    const writes: unknown[] = [];
    const write = raw.write.bind(raw);
    raw.write = ((...parts: Parameters<typeof write>) => {
      writes.push(parts[0]);
      return write(...parts);
    }) as typeof raw.write;
    await transport.send(Array.from({ length: 256 }, (_, i) => `{"n":${i}}`));
    expect(writes).toHaveLength(1);
    await transport.send(["é", "x"]);
    expect(writes).toHaveLength(2);
    expect(await readSome(await client, 258)).toHaveLength(258);
    await transport.close();
  });
});

describe("dialWs", () => {
  it.each(["ftp://x/", "nonsense", "ws://user:secret@h/arcp", "ws://h/arcp?access_token=secret"])(
    "refuses %s at once, without repeating what may be secret",
    (address) => {
      expect(() => dialWs(address)).toThrow(TypeError);
      expect(() => dialWs(address)).not.toThrow(/secret@|=secret/);
    },
  );

  it("says that nobody answers", async () => {
    const nobody = new Listener();
    await nobody.listen();
    const { url } = nobody;
    await nobody.close();
    await expect(dialWs(url)({})).rejects.toMatchObject({
      name: "ConnectionError",
      code: "UNREACHABLE",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("SEC-01 TRN-04 goes to no other address than its own, wherever it is sent", async () => {
    const elsewhere = new Listener();
    await elsewhere.listen();
    let reached = 0;
    elsewhere.http.on("connection", () => (reached += 1));
    const server = createServer().on("upgrade", (_request, socket) => {
      socket.end(`HTTP/1.1 307 Temporary Redirect\r\nLocation: ${elsewhere.url}\r\n\r\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/arcp`;
    await expect(dialWs(url)({})).rejects.toMatchObject({
      code: "REFUSED",
      message: `[REFUSED] ${url} answered 307 Temporary Redirect`,
    });
    expect(reached).toBe(0);
    server.close();
    await elsewhere.close();
  });

  it("says how the server refused", async () => {
    const server = createServer();
    server.on("upgrade", (_request, socket) => {
      socket.end(
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 23\r\n\r\nnot\x1b[31m allowed\r\n here",
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/arcp`;
    await expect(dialWs(url)({})).rejects.toMatchObject({
      code: "REFUSED",
      message: `[REFUSED] ${url} answered 403 Forbidden: not [31m allowed here`,
    });
    server.removeAllListeners("upgrade");
    server.on("upgrade", (_request, socket) => {
      socket.end("HTTP/1.1 503 Full\r\nContent-Length: 9\r\n\r\nbreaks");
    });
    await expect(dialWs(url)({})).rejects.toMatchObject({
      code: "REFUSED",
      message: expect.stringContaining("answered 503 Full"),
    });
    server.close();
  });

  it("gives up when the server does not answer in time", async () => {
    const server = createServer();
    server.on("upgrade", () => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/arcp`;
    await expect(dialWs(url, { timeoutMs: 20 })({})).rejects.toMatchObject({ code: "UNREACHABLE" });
    const abort = new AbortController();
    const dialled = dialWs(url)({ signal: abort.signal });
    abort.abort("enough");
    await expect(dialled).rejects.toMatchObject({ code: "CLOSED", cause: "enough" });
    await expect(dialWs(url)({ signal: AbortSignal.abort("before") })).rejects.toMatchObject({
      code: "CLOSED",
      cause: "before",
    });
    server.close();
  });

  it("loses no frame that shares a packet with the answer to the upgrade", async () => {
    const client = dialWs(listener.url)({});
    const { transport } = await listener.next();
    await transport.send(["first"]);
    expect(await readSome(await client, 1)).toEqual(["first"]);
    await transport.close();
  });

  it("sends the headers it is given", async () => {
    const asked = new Promise<string | undefined>((resolve) =>
      listener.http.once("upgrade", (request) => resolve(request.headers["x-test"] as string)),
    );
    const client = dialWs(listener.url, { headers: { "x-test": "yes" } })({});
    expect(await asked).toBe("yes");
    await (await listener.next()).transport.close();
    await readAll(await client);
  });

  it("accepts messages up to its own limit only", async () => {
    const client = dialWs(listener.url, { maxFrameBytes: 1000 })({});
    const { transport } = await listener.next();
    await transport.send(["x".repeat(1000), "x".repeat(1001)]);
    const { frames, closed } = await readAll(await client);
    expect(closed.code).toBe(1009);
    expect(frames.length).toBeLessThanOrEqual(1);
  });
});
