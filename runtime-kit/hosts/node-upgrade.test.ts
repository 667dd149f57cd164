import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readAll, readSome } from "../transports/contract.js";
import { dialWs } from "../transports/ws.js";
import { Echo, endAll, raw, sockets, started, status, upgrade } from "./node.test-helper.js";

afterEach(endAll);

describe("the upgrade", () => {
  const cases: [string, number, Record<string, string | undefined>, string?][] = [
    ["a client without an origin", 101, {}],
    ["an allowed origin", 101, { Origin: "https://app.test" }],
    ["localhost by name", 101, { Host: "localhost:PORT" }],
    ["a foreign host", 403, { Host: "evil.test" }],
    ["a foreign host with our port", 403, { Host: "evil.test:PORT" }],
    [
      "a rebound name that is host and origin",
      403,
      { Host: "evil.test:PORT", Origin: "http://evil.test:PORT" },
    ],
    ["our own address without the port", 403, { Host: "127.0.0.1" }],
    ["a foreign origin", 403, { Origin: "https://evil.test" }],
    ["an origin that is null", 403, { Origin: "null" }],
    ["our own address as origin", 403, { Origin: "http://127.0.0.1:PORT" }],
    ["two hosts", 403, { Host: "127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT" }],
    ["two origins", 403, { Origin: "https://app.test\r\nOrigin: https://app.test" }],
    ["another path", 404, {}, "/other"],
    ["a token in the query", 400, {}, "/arcp?token=s3cr3t"],
    ["an absolute target", 400, {}, "http://evil.test/arcp"],
    ["no Host header", 403, { Host: undefined }],
    ["another protocol", 400, { Upgrade: "h2c" }],
    ["no key", 400, { "Sec-WebSocket-Key": undefined }],
    ["a malformed key", 400, { "Sec-WebSocket-Key": "short" }],
    ["an unknown version", 400, { "Sec-WebSocket-Version": "99" }],
    ["headers without end", 431, { "X-Long": "x".repeat(100_000) }],
  ];

  it.each(cases)("of %s is answered %i", async (_name, code, change, target) => {
    const logged: string[] = [];
    const log = (fields: object): void => void logged.push(JSON.stringify(fields));
    const runtime = new Echo();
    const { port } = await started(
      {
        allowedOrigins: ["https://App.test:443/"],
        logger: { debug: log, info: log, warn: log, error: log },
      },
      runtime,
    );
    const changed = Object.fromEntries(
      Object.entries(change).map(([name, value]) => [
        name,
        value?.replaceAll("PORT", String(port)),
      ]),
    );
    const client = raw(port, upgrade(port, changed, target));
    const answer = await (code === 101 ? client.answer : client.ended);
    expect(status(answer)).toBe(code);
    expect(runtime.transports).toHaveLength(code === 101 ? 1 : 0);
    expect(answer + logged.join()).not.toContain("s3cr3t");
    if (code === 403) expect(logged.join()).toContain('"status":403');
  });

  it.each([
    "\x00\xff\x16\x03\x01",
    "GET /arcp HTTP/9.9\r\n\r\n",
    "hello\r\n\r\n",
    "\r\n".repeat(50_000),
  ])("of garbage ends the connection and harms nobody: %j", async (garbage) => {
    const server = await started({ requestTimeoutMs: 100 });
    await raw(server.port, garbage).ended;
    const client = await dialWs(server.url)({});
    await client.send(["alive"]);
    expect(await readSome(client, 1)).toEqual(["alive"]);
  });

  it.each([
    ["says nothing", ""],
    ["stops in the middle", "GET /arcp HTTP/1.1\r\nHost: 127"],
  ])("of a client that %s is given up after the time", async (_name, text) => {
    const { port } = await started({ requestTimeoutMs: 50 });
    const client = raw(port, text);
    expect(status(await client.ended)).toBe(408);
  });

  it("survives clients that go away in the middle of it", async () => {
    const server = await started();
    for (let i = 0; i < 50; i += 1) {
      const { socket } = raw(
        server.port,
        upgrade(server.port, i % 2 === 0 ? {} : { Host: "evil.test" }),
      );
      await once(socket, "connect");
      socket.resetAndDestroy();
    }
    const client = await dialWs(server.url)({});
    await client.send(["alive"]);
    expect(await readSome(client, 1)).toEqual(["alive"]);
  });

  it("is refused above the cap, and allowed again when one has gone", async () => {
    const server = await started({ maxConnections: 2 });
    const clients = [await dialWs(server.url)({}), await dialWs(server.url)({})];
    await expect(dialWs(server.url)({})).rejects.toMatchObject({
      code: "REFUSED",
      message: expect.stringContaining("503 Service Unavailable: too many connections"),
    });
    await clients[0]?.close();
    for (;;) {
      const next = await dialWs(server.url)({}).catch(() => undefined);
      if (next !== undefined) break;
    }
  });

  it("keeps a client's first frames that share a packet with the request", async () => {
    const runtime = new Echo();
    const { port } = await started({}, runtime);
    const frame = "\x81\x82\x00\x00\x00\x00hi";
    const socket = connect(port, "127.0.0.1");
    sockets.push(socket);
    socket.write(Buffer.from(upgrade(port) + frame, "latin1"));
    let got = "";
    while (!got.endsWith("\x81\x02hi"))
      got += ((await once(socket, "data"))[0] as Buffer).toString("latin1");
    expect(status(got)).toBe(101);
  });

  it("gives frames above the limit the close that they ask for", async () => {
    const server = await started({ maxFrameBytes: 1_000 });
    const client = await dialWs(server.url)({});
    await client.send(["x".repeat(1_000)]);
    expect(await readSome(client, 1)).toHaveLength(1);
    await client.send(["x".repeat(1_001)]);
    expect((await readAll(client)).closed.code).toBe(1009);
  });

  it("closes with 1011 when the runtime throws, and says so in the log only", async () => {
    const logged: string[] = [];
    const log = (_fields: object, message: string): void => void logged.push(message);
    const server = await started(
      { logger: { debug: log, info: log, warn: log, error: log } },
      {
        accept() {
          throw new Error("a secret of the inside");
        },
      },
    );
    const { closed } = await readAll(await dialWs(server.url)({}));
    expect(closed).toEqual({ code: 1011, reason: "internal error" });
    expect(logged).toContain("the runtime did not accept a connection");
  });
});
