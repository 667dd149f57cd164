/**
 * One request and its answer by `node:http`, and not by `fetch`, which cannot be told the address to
 * connect to. Bounded in bytes, also where they were compressed; never follows a redirect.
 */
import { request as overHttp, type ClientRequest, type IncomingMessage } from "node:http";
import { request as overHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { failed } from "./context.js";
import { locationOf, type Hop } from "./redirects.js";

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Decoded; empty for a redirect, whose body nobody reads. */
  readonly bytes: Uint8Array;
}

/** Bounds of one exchange. */
export interface Bounds {
  readonly lookup: LookupFunction;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  br: createBrotliDecompress,
};

/** Sends the request, and reads the answer whole. Rejects with the system's errors, or an `ArcpError`. */
export async function exchange(
  { url, method, headers, body }: Hop,
  { lookup, maxBytes, signal }: Bounds,
): Promise<Answer> {
  const start = url.startsWith("https:") ? overHttps : overHttp;
  const asking = start(url, {
    method,
    headers: { ...Object.fromEntries(headers), ...lengthOf(method, body) },
    lookup,
    signal,
    // No connection is shared: the next request may have to go to another address of the same name.
    agent: false,
  });
  try {
    asking.end(body);
    const response = await responseTo(asking);
    const status = response.statusCode ?? 0;
    const told = headersOf(response);
    const empty = method === "HEAD" || status === 204 || status === 304;
    const bytes =
      empty || locationOf(status, told) !== undefined
        ? new Uint8Array()
        : await content(response, maxBytes);
    return { status, headers: told, bytes };
  } finally {
    asking.destroy();
  }
}

function responseTo(asking: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asking.once("response", resolve);
    // What fails once there is a response fails where its body is read.
    asking.on("error", reject);
    // An answer that switches protocols is no response, and Node ends it without an error.
    asking.once("close", () => {
      reject(Object.assign(new Error("the connection ended"), { code: "ECONNRESET" }));
    });
  });
}

function lengthOf(method: string, body: Uint8Array | undefined): Record<string, string> {
  if (body !== undefined) return { "content-length": String(body.byteLength) };
  return method === "POST" || method === "PUT" ? { "content-length": "0" } : {};
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    // Bytes came as Latin-1. A redirect is read as UTF-8, as browsers do; elsewhere bytes stay bytes.
    const [name, value] = [rawHeaders[at]!, rawHeaders[at + 1]!];
    const isLocation = name.toLowerCase() === "location";
    headers.append(name, isLocation ? percentEncoded(value) : value);
  }
  return headers;
}

/** Bytes beyond ASCII, percent-encoded, so that a header can hold what a URL means by them. */
function percentEncoded(value: string): string {
  return value.replaceAll(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
}

async function content(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  if (Number(response.headers["content-length"]) > maxBytes) throw tooLarge(maxBytes);
  const pieces: Uint8Array[] = [];
  let total = 0;
  for await (const piece of decoded(response)) {
    total += (piece as Uint8Array).byteLength;
    if (total > maxBytes) throw tooLarge(maxBytes);
    pieces.push(piece as Uint8Array);
  }
  return Buffer.concat(pieces, total);
}

function decoded(response: IncomingMessage): Readable {
  const coding = (response.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (coding === "identity" || coding === "") return response;
  const decoder = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (decoder === undefined) throw failed("UNKNOWN_ENCODING", "the body is in an unknown encoding");
  // The reader of the last stream hears of every failure; here is nothing to be done about it.
  return pipeline(response, decoder(), () => {});
}

function tooLarge(limit: number): Error {
  return failed("TOO_LARGE", `the answer is larger than ${limit} bytes`, { limit });
}
