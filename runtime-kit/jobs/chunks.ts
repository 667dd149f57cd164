import type { ResultChunkBody, ResultId } from "../../generated/current/index.js";
import { utf8Length } from "../wire/utf8.js";
import { base64Bytes, base64Length } from "./base64.js";

/**
 * A vendor's field of `job.result`, which other clients ignore: what the text of a streamed result is, where a
 * value that was too large for a frame went out as chunks (W-37).
 */
export const CONTENT_TYPE_FIELD = "x-vendor.arcp.content_type";

/** A streamed result as far as it has arrived: plain data. §8.4 */
export interface Assembly {
  readonly resultId: ResultId;
  /** Most bytes that the result may have. */
  readonly maxBytes: number;
  /** The number that the next chunk must bear. */
  next: number;
  /** True after the chunk that said `more: false`. */
  complete: boolean;
  /** Size so far in bytes, decoded. */
  bytes: number;
  /** Whether every chunk so far was text. */
  text: boolean;
  /** Chunks that nobody took yet, as they came: a string costs nothing until its bytes are asked for. */
  parts: Part[];
  /** First half of a character that ended a chunk; the next chunk begins with the other half. */
  half: string;
}

interface Part {
  readonly data: string;
  readonly encoding: "utf8" | "base64";
}

/** What became of a chunk; `problem` says why it was refused. `repeated`: it was there already, and changes nothing. */
export type ChunkVerdict =
  | { readonly ok: true; readonly repeated: boolean }
  | { readonly ok: false; readonly problem: string };

/** An empty result. `maxBytes` bounds what will be taken. */
export function createAssembly(
  resultId: ResultId,
  options: { readonly maxBytes?: number } = {},
): Assembly {
  const { maxBytes = Infinity } = options;
  return {
    resultId,
    maxBytes,
    next: 0,
    complete: false,
    bytes: 0,
    text: true,
    parts: [],
    half: "",
  };
}

/** Adds the next chunk. One that does not fit, by order, encoding or size, is refused and changes nothing. §8.4 */
export function addChunk(assembly: Assembly, chunk: ResultChunkBody): ChunkVerdict {
  const { result_id: id, chunk_seq: seq, data, encoding, more } = chunk;
  if (id !== assembly.resultId) {
    return refuse(`chunk of result ${id} in the middle of result ${assembly.resultId}`);
  }
  if (seq < assembly.next) return { ok: true, repeated: true };
  if (assembly.complete) return refuse(`chunk ${seq} came after the last one`);
  if (seq > assembly.next) return refuse(`chunk ${seq} came where ${assembly.next} was due`);
  if (encoding !== "utf8" && encoding !== "base64") return refuse("unknown encoding of a chunk");
  const joined = encoding === "utf8" ? assembly.half + data : data;
  const length = encoding === "utf8" ? utf8Length(joined) : base64Length(data);
  if (length === undefined) return refuse(`chunk ${seq} is not base64`);
  if (encoding === "base64" && assembly.half !== "") {
    return refuse(`chunk ${seq - 1} ends within a character`);
  }
  // A half that waits was counted as three bytes; it is counted again with its other half.
  const bytes = assembly.bytes - utf8Length(encoding === "utf8" ? assembly.half : "") + length;
  if (bytes > assembly.maxBytes) return refuse(`the result exceeds ${assembly.maxBytes} bytes`);
  const cut = encoding === "utf8" && more && endsInHalf(joined) ? joined.length - 1 : joined.length;
  assembly.half = joined.slice(cut);
  assembly.parts.push({ data: joined.slice(0, cut), encoding });
  assembly.bytes = bytes;
  assembly.next += 1;
  assembly.complete = !more;
  assembly.text &&= encoding === "utf8";
  return { ok: true, repeated: false };
}

function refuse(problem: string): ChunkVerdict {
  return { ok: false, problem };
}

function endsInHalf(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last < 0xdc00;
}

/** What a finished result is checked for: that it is whole, and as long as its terminal says. */
export function resultProblem(assembly: Assembly, size: number | undefined): string | undefined {
  if (!assembly.complete)
    return `the result ended after chunk ${assembly.next - 1}, which promised more`;
  if (size !== undefined && size !== assembly.bytes) {
    return `the result has ${assembly.bytes} bytes, and result_size says ${size}`;
  }
  return undefined;
}

/** Takes out the oldest `most` chunks that are still here, as bytes; what was taken is held no longer. */
export function takeBytes(assembly: Assembly, most = Infinity): Uint8Array[] {
  return assembly.parts.splice(0, most).map(bytesOf);
}

/** Takes out the whole: a string if every chunk was text, else bytes. */
export function takeWhole(assembly: Assembly): string | Uint8Array {
  if (assembly.text) {
    const { parts } = assembly;
    assembly.parts = [];
    return parts.map(({ data }) => data).join("");
  }
  const whole = new Uint8Array(assembly.bytes);
  let at = 0;
  for (const piece of takeBytes(assembly)) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const encoder = new TextEncoder();

function bytesOf({ data, encoding }: Part): Uint8Array {
  // Its alphabet was checked when it was added.
  return encoding === "utf8" ? encoder.encode(data) : base64Bytes(data);
}
