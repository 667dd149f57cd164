import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { describeTransport, readAll, readSome } from "./contract.js";
import type { Transport } from "./port.js";
import { dialWebSocket, webSocketTransport } from "./websocket.js";
import type { BrowserWebSocket } from "./websocket.js";
import { wsTransport } from "./ws.js";

const http = createServer();
const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
let arrived: (end: { transport: Transport; raw: Socket; socket: WebSocket }) => void;
let url: string;
const connections = new Set<Socket>();

beforeAll(async () => {
  http.on("connection", (socket) => connections.add(socket));
  http.on("upgrade", (request, socket, head) => {
    if (request.url === "/silent") return;
    server.handleUpgrade(request, socket, head, (ws) =>
      arrived({ transport: wsTransport(ws, socket), raw: socket as Socket, socket: ws }),
    );
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/arcp`;
});
afterAll(async () => {
  for (const socket of connections) socket.destroy();
  await new Promise((resolve) => http.close(resolve));
});

async function pairWith(Class: new (url: string) => BrowserWebSocket) {
  const end = new Promise<Parameters<typeof arrived>[0]>((resolve) => (arrived = resolve));
  const client = dialWebSocket(url, { WebSocket: Class })({});
  return { client: await client, ...(await end) };
}

const classes: [string, new (url: string) => BrowserWebSocket][] = [["ws's", WebSocket]];
const own = (globalThis as { WebSocket?: new (url: string) => BrowserWebSocket }).WebSocket;
if (own !== undefined) classes.push(["the platform's", own]);

for (const [name, Class] of classes) {
  describeTransport(
    `browser WebSocket (${name})`,
    async () => {
      const { client, transport, raw } = await pairWith(Class);
      return { a: client, b: transport, drop: () => raw.destroy() };
    },
    { cannotPause: ["a"] },
  );
}

describe("webSocketTransport", () => {
  it("refuses binary messages, with a code that a page may send", async () => {
    const { client, transport, socket } = await pairWith(WebSocket);
    socket.send(Buffer.from("{}"));
    socket.send("after");
    expect(await readAll(client)).toEqual({
      frames: [],
      closed: { code: 1003, reason: "only text frames are accepted" },
    });
    expect((await readAll(transport)).closed.code).toBe(4000);
  });

  it("gives up a connection whose frames nobody reads", async () => {
    const end = new Promise<Parameters<typeof arrived>[0]>((resolve) => (arrived = resolve));
    const client = await dialWebSocket(url, { WebSocket, readLimit: 10_000 })({});
    const { transport } = await end;
    await transport.send(Array.from({ length: 100 }, () => "x".repeat(100)));
    expect((await readAll(transport)).closed.code).toBe(4008);
    expect((await readAll(client)).closed.code).toBe(4008);
  });

  it("looks at the buffer only while a send waits, and ever less often", async () => {
    vi.useFakeTimers();
    const fake = new FakeSocket();
    const transport = webSocketTransport(fake, { mark: 10 });
    await transport.send(["small"]);
    expect(fake.looks).toBe(1);
    fake.bufferedAmount = 10;
    let settled = 0;
    const sends = [transport.send(["a"]), transport.send(["b"])];
    for (const send of sends) void send.then(() => (settled += 1));
    const looksIn = async (ms: number) => {
      const before = fake.looks;
      await vi.advanceTimersByTimeAsync(ms);
      return fake.looks - before;
    };
    const early = await looksIn(500);
    const late = await looksIn(500);
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(early);
    expect(settled).toBe(0);
    fake.bufferedAmount = 9;
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all(sends);
    expect(await looksIn(60_000)).toBe(0);
    vi.useRealTimers();
    expect(fake.sent).toEqual(["small", "a", "b"]);
  });

  it("counts a close as done when the peer never answers it", async () => {
    const fake = new FakeSocket();
    const transport = webSocketTransport(fake, { closeTimeoutMs: 10 });
    await transport.close(4009, "superseded");
    expect(fake.closedWith).toEqual([4009, "superseded"]);
    expect(await readAll(transport)).toEqual({
      frames: [],
      closed: { code: 4009, reason: "superseded" },
    });
  });
});

describe("dialWebSocket", () => {
  it("says that the connection did not open", async () => {
    const dial = dialWebSocket("ws://127.0.0.1:1/arcp", { WebSocket });
    await expect(dial({})).rejects.toMatchObject({
      name: "ConnectionError",
      code: "UNREACHABLE",
      closeCode: 1006,
    });
  });

  it.each([
    ["https://a.example", "(arcp serve --allowed-origin https://a.example)"],
    ["null", "the origin null (a sandboxed frame, data: or file:)"],
  ])("says to a page of the origin %s what may be the reason", async (origin, hint) => {
    vi.stubGlobal("origin", origin);
    const dialled = dialWebSocket("ws://127.0.0.1:1/arcp", { WebSocket })({});
    await expect(dialled).rejects.toThrow(hint);
    vi.unstubAllGlobals();
  });

  it("says at once what the policy of a page forbids, of which no close event tells", async () => {
    class Forbidden extends FakeSocket {
      override readonly readyState: number = 3;
    }
    const dialled = dialWebSocket("ws://127.0.0.1:1/arcp", { WebSocket: Forbidden })({});
    await expect(dialled).rejects.toThrow("forbids it (connect-src)");
    class Insecure extends FakeSocket {
      constructor() {
        super();
        throw new Error("not from a page over TLS");
      }
    }
    const insecure = dialWebSocket("ws://127.0.0.1:1/arcp", { WebSocket: Insecure })({});
    await expect(insecure).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringContaining("not from a page over TLS"),
    });
  });

  it("gives up after its time, and when it is told to", async () => {
    const silent = url.replace("/arcp", "/silent");
    await expect(dialWebSocket(silent, { WebSocket, timeoutMs: 20 })({})).rejects.toMatchObject({
      code: "UNREACHABLE",
    });
    const abort = new AbortController();
    const dialled = dialWebSocket(silent, { WebSocket })({ signal: abort.signal });
    abort.abort("enough");
    await expect(dialled).rejects.toMatchObject({ code: "CLOSED", cause: "enough" });
    const late = dialWebSocket(silent, { WebSocket })({ signal: AbortSignal.abort("before") });
    await expect(late).rejects.toMatchObject({ code: "CLOSED", cause: "before" });
  });

  it("loses no frame that follows the opening at once", async () => {
    const end = new Promise<Parameters<typeof arrived>[0]>((resolve) => (arrived = resolve));
    const client = dialWebSocket(url.replace("ws:", "http:"), { WebSocket })({});
    void (await end).transport.send(["first"]);
    expect(await readSome(await client, 1)).toEqual(["first"]);
  });

  it("refuses an address with a secret at once", () => {
    expect(() => dialWebSocket("wss://h/arcp?token=x", { WebSocket })).toThrow(TypeError);
  });

  it("says that the platform has no WebSocket", () => {
    vi.stubGlobal("WebSocket", undefined);
    expect(() => dialWebSocket(url)).toThrow("this platform has no WebSocket");
    vi.unstubAllGlobals();
  });
});

/** An open WebSocket whose buffer is set by hand. */
class FakeSocket implements BrowserWebSocket {
  readonly readyState: number = 1;
  readonly sent: string[] = [];
  looks = 0;
  closedWith: [number?, string?] | undefined;
  #buffered = 0;

  get bufferedAmount(): number {
    this.looks += 1;
    return this.#buffered;
  }

  set bufferedAmount(bytes: number) {
    this.#buffered = bytes;
  }

  send(data: string): void {
    this.sent.push(data);
  }

  close(code?: number, reason?: string): void {
    this.closedWith = [code, reason] as [number?, string?];
  }

  addEventListener(): void {
    // nothing ever happens
  }
}
