import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { certificate } from "../hosts/node.test-helper.js";
import { dialFailure } from "./dial-failure.js";
import { dialWs } from "./ws.js";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `127.0.0.1:${(server.address() as AddressInfo).port}/arcp`;
}

const saying = (bytes: string | Buffer): Server =>
  createServer((socket: Socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(bytes));
  });
const hangingUp = (): Server => createServer((socket) => void socket.destroy());
const ALERT = Buffer.from([0x15, 3, 1, 0, 2, 2, 70]);

async function failure(url: string): Promise<string> {
  const error = await dialWs(url)({}).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return error?.message ?? "connected";
}

describe("a dial that fails", () => {
  it.each<[string, string, () => Server, RegExp]>([
    ["wss", "an HTTP server", createHttpServer, /does not speak TLS: try ws:\/\//],
    ["wss", "a mail server", () => saying("220 ESMTP\r\n"), /does not speak TLS: try ws:\/\//],
    ["wss", "a server that hangs up", hangingUp, /before TLS was established/],
    ["ws", "a server with TLS", () => createTlsServer(certificate()), /try wss:\/\//],
    ["ws", "a server that answers in TLS", () => saying(ALERT), /speaks TLS[:,] try wss:\/\//],
    [
      "ws",
      "a server that hangs up",
      hangingUp,
      /without an answer: if it speaks TLS, try wss:\/\//,
    ],
    ["ws", "a mail server", () => saying("220 ESMTP\r\n"), /does not speak HTTP/],
  ])("says what %s:// to %s is", async (scheme, _what, make, words) => {
    const url = `${scheme}://${await listen(make())}`;
    const message = await failure(url);
    expect(message).toContain(`[UNREACHABLE] cannot connect to ${url}: `);
    expect(message).toMatch(words);
    expect(message).not.toMatch(/\n|routines|EPROTO/);
  });

  it("keeps what is plain enough, and of OpenSSL the reason", () => {
    const refused = { code: "ECONNREFUSED", message: "connect ECONNREFUSED 127.0.0.1:1" };
    expect(dialFailure("ws://h/", refused)).toBe(refused.message);
    expect(dialFailure("wss://h/", refused)).toBe(refused.message);
    const alert = {
      code: "EPROTO",
      message:
        "write EPROTO 80:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../a.c:1605:SSL alert number 40\n",
    };
    expect(dialFailure("wss://h/", alert)).toBe(
      "the handshake of TLS failed: sslv3 alert handshake failure",
    );
  });
});
