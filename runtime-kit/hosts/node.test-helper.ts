/** What the tests of the Node host share. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { Socket } from "node:net";
import { connect } from "node:net";
import type { Transport } from "../transports/port.js";
import { serve } from "./node.js";
import type { Acceptor, ServeOptions, Serving } from "./node.js";

/** A runtime that sends every frame back, and remembers who came. */
export class Echo implements Acceptor {
  readonly transports: Transport[] = [];
  readonly peers: { readonly address?: string }[] = [];

  accept(transport: Transport, peer: { readonly address?: string }): void {
    this.transports.push(transport);
    this.peers.push(peer);
    void (async () => {
      for await (const frame of transport.incoming) await transport.send([frame]);
    })();
  }
}

/** Ended after each test by `endAll`. */
export const servers: { close(): Promise<void> }[] = [];
export const sockets: Socket[] = [];

/** Ends what a test has started. */
export async function endAll(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** A server on a free port, ended after the test. */
export async function started(
  options: ServeOptions = {},
  runtime: Acceptor = new Echo(),
): Promise<Serving> {
  const server = await serve(runtime, { port: 0, ...options });
  servers.push(server);
  return server;
}

/** A client that speaks TCP, and what it got when the other side ended or a head was complete. */
export function raw(
  port: number,
  text: string,
): { socket: Socket; answer: Promise<string>; ended: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  let got = "";
  socket.on("error", () => undefined);
  socket.write(text);
  const answer = new Promise<string>((resolve) => {
    socket.on("data", (chunk) => {
      got += chunk.toString("latin1");
      if (got.includes("\r\n\r\n")) resolve(got);
    });
    socket.once("close", () => resolve(got));
  });
  const ended = new Promise<string>((resolve) => socket.once("close", () => resolve(got)));
  return { socket, answer, ended };
}

/** The text of an upgrade request, with some headers changed or left out. */
export function upgrade(
  port: number,
  change: Record<string, string | undefined> = {},
  target = "/arcp",
): string {
  const headers: Record<string, string | undefined> = {
    Host: `127.0.0.1:${port}`,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...change,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  return `GET ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** The status of an answer. */
export const status = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);

/** A certificate for 127.0.0.1 and its key, made for this run: an X.509 v3 one, written out in DER. */
export function certificate(): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = der(0x30, der(0x06, hex("2a8648ce3d040302")));
  const name = der(0x30, der(0x31, der(0x30, der(0x06, hex("550403")), der(0x0c, "localhost"))));
  const time = (ms: number) =>
    der(
      0x17,
      `${new Date(ms)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, "")
        .slice(2, 14)}Z`,
    );
  const names = der(0x30, der(0x87, hex("7f000001")), der(0x82, "localhost"));
  const facts = der(
    0x30,
    der(0xa0, der(0x02, hex("02"))),
    der(
      0x02,
      randomBytes(8).map((byte, i) => (i === 0 ? (byte & 0x3f) | 0x40 : byte)),
    ),
    ecdsaWithSha256,
    name,
    der(0x30, time(Date.now() - 3_600_000), time(Date.now() + 86_400_000)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(0x30, der(0x30, der(0x06, hex("551d11")), der(0x04, names)))),
  );
  const signature = der(0x03, hex("00"), sign("sha256", facts, privateKey));
  const base64 = der(0x30, facts, ecdsaWithSha256, signature).toString("base64");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

const hex = (text: string): Buffer => Buffer.from(text, "hex");

/** One element of DER: its tag, its length, its content. */
function der(tag: number, ...content: (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(content.map((part) => Buffer.from(part as string)));
  const { length } = body;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
