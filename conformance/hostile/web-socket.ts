/** WebSocket over a bare socket (RFC 6455), since a library would send nothing that is wrong. */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { Ears } from "./wire.js";
import type { Wire } from "./wire.js";

/** The head of a request, each line without its end; a case may say another. */
export function upgradeHead(url: URL): string {
  const lines = [
    `GET ${url.pathname} HTTP/1.1`,
    `Host: ${url.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Opens a connection with this head. An answer other than 101 is heard as the end, with its status. */
export async function dialRaw(url: URL, head: string | Buffer = upgradeHead(url)): Promise<Wire> {
  const socket = connect(Number(url.port), url.hostname.replaceAll(/[[\]]/g, ""));
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  const ears = new Ears();
  listen(socket, ears);
  socket.write(head);
  return {
    text: (frame) => void socket.write(masked(0x81, Buffer.from(frame))),
    bytes: (bytes) => void socket.write(bytes),
    next: () => ears.next(),
    end: async () => {
      socket.destroy();
    },
  };
}

/** A frame as a client sends it. */
function masked(first: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = first;
  if (length < 126) head[1] = 0x80 | length;
  else if (length < 65_536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  const body = Buffer.from(payload);
  for (let at = 0; at < length; at += 1) body[at]! ^= mask[at % 4]!;
  return Buffer.concat([head, mask, body]);
}

function listen(socket: Socket, ears: Ears): void {
  let rest: Buffer = Buffer.alloc(0);
  let upgraded = false;
  let code = 1006;
  socket.on("data", (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    if (!upgraded) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(rest.toString("latin1"))?.[1] ?? 0);
      if (status !== 101) {
        code = status;
        return;
      }
      upgraded = true;
      rest = rest.subarray(end + 4);
    }
    for (let frame = firstFrame(rest); frame !== undefined; frame = firstFrame(rest)) {
      rest = frame.rest;
      if (frame.opcode === 1) {
        ears.tell({ message: JSON.parse(frame.payload.toString()) as Record<string, unknown> });
      } else if (frame.opcode === 8) {
        code = frame.payload.length < 2 ? 1005 : frame.payload.readUInt16BE(0);
        socket.end();
      }
    }
  });
  // A peer that resets the connection has ended it.
  socket.on("error", () => {});
  socket.on("close", () => ears.tell({ closed: code }));
}

/** What a server sends is not masked, and ours cuts nothing. */
function firstFrame(bytes: Buffer) {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const at = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < at) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < at + length) return undefined;
  const payload = bytes.subarray(at, at + length);
  return { opcode: bytes[0]! & 0x0f, payload, rest: bytes.subarray(at + length) };
}
