import { once } from "node:events";
import { Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readAll, readSome } from "../transports/contract.js";
import { dialWs } from "../transports/ws.js";
import { attach, serve } from "./node.js";
import type { Acceptor, AttachOptions } from "./node.js";
import {
  Echo,
  certificate,
  endAll,
  raw,
  servers,
  sockets,
  started,
  status,
  upgrade,
} from "./node.test-helper.js";

afterEach(endAll);

describe("serve", () => {
  it("carries frames between a client and the runtime", async () => {
    const runtime = new Echo();
    const server = await started({}, runtime);
    expect(server.url).toBe(`ws://127.0.0.1:${server.port}/arcp`);
    const client = await dialWs(server.url)({});
    await client.send(["one", "zwölf"]);
    expect(await readSome(client, 2)).toEqual(["one", "zwölf"]);
    expect(runtime.peers).toEqual([{ address: "127.0.0.1", secure: true }]);
    await client.close();
  });

  it.each(["abc", "7777", -1, 65_536, 1.5, NaN, null])("refuses the port %j", async (port) => {
    const refused = await serve(new Echo(), { port: port as number }).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(TypeError);
    expect(String(refused)).toContain("port must be a whole number from 0 to 65535");
  });

  it("refuses hosts and origins that no client could send", async () => {
    const wrong: AttachOptions[] = [
      { allowedOrigins: ["foo/bar"] },
      { allowedOrigins: "https://a.test" as never },
      { allowedHosts: "a.test" as never },
    ];
    for (const options of wrong) {
      await expect(serve(new Echo(), { port: 0, ...options })).rejects.toThrow(TypeError);
      expect(() => attach(createServer(), new Echo(), options)).toThrow(
        /^(attach: )?allowed(Hosts|Origins)/,
      );
    }
  });

  it("listens at 127.0.0.1 and port 7777 unless told otherwise, and says so where it cannot", async () => {
    // Not really: the port is that of the guides, whose code runs at the same time.
    const listen = vi.spyOn(Server.prototype, "listen").mockImplementation(function (this: Server) {
      this.emit("error", Object.assign(new Error("taken"), { code: "EADDRINUSE" }));
      return this;
    });
    try {
      const refused = /port 7777 of 127\.0\.0\.1 is in use/;
      await expect(serve(new Echo())).rejects.toThrow(refused);
      expect(listen).toHaveBeenCalledExactlyOnceWith(7777, "127.0.0.1", expect.any(Function));
    } finally {
      listen.mockRestore();
    }
  });

  it.each(["0.0.0.0", "::", "192.168.1.7", "example.com", ""])(
    "refuses to listen at %j without TLS",
    async (host) => {
      await expect(serve(new Echo(), { host, port: 0 })).rejects.toThrow(/allowInsecureRemote/);
    },
  );

  it("listens at all addresses when it is told that this is meant", async () => {
    const server = await started({ host: "0.0.0.0", allowInsecureRemote: true });
    const client = await dialWs(`ws://127.0.0.1:${server.port}/arcp`)({});
    await client.send(["x"]);
    expect(await readSome(client, 1)).toEqual(["x"]);
    const named = raw(server.port, upgrade(server.port, { Host: "evil.test" }));
    expect(status(await named.answer)).toBe(403);
  });

  it("says which port is in use", async () => {
    const { port } = await started();
    await expect(serve(new Echo(), { port })).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: expect.stringContaining(`port ${port} of 127.0.0.1 is in use`),
    });
  });

  it("says that an address is not of this machine", async () => {
    await expect(
      serve(new Echo(), { host: "192.0.2.1", port: 0, allowInsecureRemote: true }),
    ).rejects.toThrow("192.0.2.1 is not an address of this machine");
  });

  it("speaks TLS", async () => {
    const { cert, key } = certificate();
    const server = await started({ tls: { cert, key } });
    expect(server.url).toBe(`wss://127.0.0.1:${server.port}/arcp`);
    await expect(dialWs(server.url)({})).rejects.toMatchObject({ code: "UNREACHABLE" });
    const client = await dialWs(server.url, { tls: { ca: cert } })({});
    const frames = [
      "x",
      "é",
      "y".repeat(300_000),
      ...Array.from({ length: 100 }, (_, i) => `${i}`),
    ];
    void client.send(frames);
    expect(await readSome(client, frames.length)).toEqual(frames);
    const silent = connect(server.port, "127.0.0.1"); // never begins its handshake
    sockets.push(silent);
    await once(silent, "connect");
    await server.close();
    expect((await readAll(client)).closed).toEqual({ code: 1001, reason: "going away" });
  });

  it("serves again on the same port after it was closed", async () => {
    const first = await started();
    const client = await dialWs(first.url)({});
    await first.close();
    await client.close();
    const second = await started({ port: first.port });
    const again = await dialWs(second.url)({});
    await again.close();
  });
});

describe("requests without an upgrade", () => {
  it("are answered: health, 426 at the path, 404 elsewhere", async () => {
    const { port } = await started();
    const base = `http://127.0.0.1:${port}`;
    const health = await fetch(`${base}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: "ok" }]);
    const upgradeMe = await fetch(`${base}/arcp`);
    expect([upgradeMe.status, upgradeMe.headers.get("upgrade")]).toEqual([426, "websocket"]);
    expect((await fetch(`${base}/arcp`, { method: "POST", body: "x" })).status).toBe(426);
    expect((await fetch(`${base}/`)).status).toBe(404);
    expect((await fetch(`${base}/healthz`, { method: "POST" })).status).toBe(404);
  });
});

describe("close", () => {
  it("stops listening, waits for the runtime, then ends what is left", async () => {
    const steps: string[] = [];
    let drain!: () => void;
    const drained = new Promise<void>((resolve) => (drain = resolve));
    const echo = new Echo();
    const runtime: Acceptor = {
      accept: (transport, peer) => echo.accept(transport, peer),
      async close() {
        steps.push("draining");
        await drained;
        steps.push("drained");
      },
    };
    const server = await serve(runtime, { port: 0 });
    const client = await dialWs(server.url)({});
    const early = connect(server.port, "127.0.0.1"); // connected before, asks after
    sockets.push(early);
    await once(early, "connect");
    await client.send(["x"]); // the server has seen both
    await readSome(client, 1);

    const closing = server.close();
    expect(server.close()).toBe(closing);
    await expect(dialWs(server.url)({})).rejects.toMatchObject({ code: "UNREACHABLE" });
    let answer = "";
    early.on("data", (chunk) => (answer += chunk.toString()));
    early.write(upgrade(server.port));
    await once(early, "close");
    expect(status(answer)).toBe(503);
    await client.send(["still served"]);
    expect(await readSome(client, 1)).toEqual(["still served"]);
    drain();
    void readAll(client).then(({ closed }) => steps.push(`closed ${closed.code}`));
    await closing;
    expect(steps.slice(0, 2)).toEqual(["draining", "drained"]);
    await client.close();
    await new Promise(setImmediate);
    expect(steps).toEqual(["draining", "drained", "closed 1001"]);
  });

  it("does not wait for clients that answer no close, nor for idle or half-open ones", async () => {
    const runtime = new Echo();
    const server = await serve(runtime, { port: 0 });
    const deaf = raw(server.port, upgrade(server.port));
    await deaf.answer;
    deaf.socket.pause();
    const silent = raw(server.port, "");
    const half = raw(server.port, "GET / HTTP/1.1\r\nHo");
    await Promise.all([once(silent.socket, "connect"), once(half.socket, "connect")]);
    await server.close();
    deaf.socket.resume();
    await Promise.all([deaf.ended, silent.ended, half.ended]);
  });

  it("ends the rest although the runtime fails to", async () => {
    const runtime: Acceptor = {
      accept: () => undefined,
      close: () => Promise.reject(new Error("the runtime failed")),
    };
    const server = await serve(runtime, { port: 0 });
    const client = await dialWs(server.url)({});
    await expect(server.close()).rejects.toThrow("the runtime failed");
    expect((await readAll(client)).closed.code).toBe(1001);
  });

  it("is what `await using` calls", async () => {
    const server = await serve(new Echo(), { port: 0 });
    await server[Symbol.asyncDispose]();
    await expect(dialWs(server.url)({})).rejects.toMatchObject({ code: "UNREACHABLE" });
  });
});

/** A server of an application, with answers of its own. */
async function listening(): Promise<{ server: ReturnType<typeof createServer>; port: number }> {
  const server = createServer((_request, response) => response.end("the app's own"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  });
  return { server, port: (server.address() as AddressInfo).port };
}

describe("attach", () => {
  it("adds the endpoint to a server and leaves the rest of it alone", async () => {
    const { server, port } = await listening();
    let runtimeClosed = false;
    const echo = new Echo();
    const endpoint = attach(
      server,
      {
        accept: (transport, peer) => echo.accept(transport, peer),
        close: async () => void (runtimeClosed = true),
      },
      { path: "/agents" },
    );
    const client = await dialWs(`ws://127.0.0.1:${port}/agents`)({});
    await client.send(["x"]);
    expect(await readSome(client, 1)).toEqual(["x"]);
    expect(endpoint.connections).toBe(1);
    expect(await (await fetch(`http://127.0.0.1:${port}/agents`)).text()).toBe("the app's own");
    expect(status(await raw(port, upgrade(port, {}, "/other")).ended)).toBe(404);
    expect(status(await raw(port, upgrade(port, { Host: "evil.test" }, "/agents")).ended)).toBe(
      403,
    );

    await endpoint.close();
    expect((await readAll(client)).closed.code).toBe(1001);
    expect(runtimeClosed).toBe(false);
    expect(endpoint.connections).toBe(0);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("the app's own");
    expect(server.listenerCount("upgrade")).toBe(0);
  });

  it("leaves other paths to other listeners", async () => {
    const { server, port } = await listening();
    const [one, two] = [new Echo(), new Echo()];
    attach(server, one, { path: "/one" });
    attach(server, two, { path: "/two" });
    const client = await dialWs(`ws://127.0.0.1:${port}/two`)({});
    await client.send(["x"]);
    expect(await readSome(client, 1)).toEqual(["x"]);
    expect([one.transports.length, two.transports.length]).toEqual([0, 1]);
    await client.close();
  });
});
