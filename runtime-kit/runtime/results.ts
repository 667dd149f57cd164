import type { ResultId } from "../../generated/current/index.js";
import type { JobInput } from "../jobs/facts.js";
import { FRAME_OVERHEAD } from "../wire/encode.js";
import { ArcpError } from "../wire/errors.js";
import { kindOf } from "../wire/options.js";
import { fitsBytes, pieces, utf8Length } from "../wire/utf8.js";
import { checkStream } from "./check-doors.js";
import type { StreamedResult } from "./context.js";
import { agentMistake } from "./failures.js";
import { signalOf } from "./live.js";
import type { LiveJob } from "./live.js";
import { lostIn } from "./lost.js";

/** What a streamed result is made of. */
export type Part = string | Uint8Array;

/** What the parts of a stream pass on their way, in order. */
export interface StreamGuard {
  /** What of it goes out now, behind what had to wait before. Throws what is refused to the agent. */
  pass(part: Part): Part;
  /** What still waits, at the end. */
  rest(): Part;
}

/** Lets everything pass. */
export const UNGUARDED: StreamGuard = { pass: (part) => part, rest: () => "" };

export interface ResultSink {
  /** Hands an input to the job's machine; waits when much is on its way. */
  readonly report: (input: JobInput) => Promise<void>;
  readonly guard: StreamGuard;
  /** Data of one chunk at most, decoded. */
  readonly chunkBytes: number;
  /** What a frame of the job should stay within. */
  readonly frameBytes: number;
  /** The id of the result, should it go out in chunks. */
  readonly resultId: () => ResultId;
  readonly use: StreamUse;
}

/** What the agent made of `ctx.stream`. A job has one result, and no part of it may vanish. */
export interface StreamUse {
  /** It was called, and has not failed. */
  begun: boolean;
  done: StreamedResult | undefined;
  twice: boolean;
}

/** What `ctx.stream` returned, so that `run`'s value is not taken for an inline result. */
const marks = new WeakMap<object, { readonly summary: string | undefined }>();

/** Ends a job with what its agent returned: inline if it fits a frame, else in chunks (W-37). */
export async function deliverResult(job: LiveJob, value: unknown, sink: ResultSink): Promise<void> {
  const { begun, done, twice } = sink.use;
  if (twice) throw noResult("the agent called ctx.stream twice: a job has one result");
  if (begun) {
    if (value !== undefined && value !== done) {
      throw noResult(
        "the agent returned a value beside its streamed result: return what ctx.stream gives",
      );
    }
    if (done === undefined) {
      throw noResult(
        "the agent returned before its streamed result was complete: return or await what ctx.stream gives",
      );
    }
    const summary = marks.get(done)?.summary;
    await sink.report({ type: "returned", result: undefined, summary });
    return;
  }
  if (value instanceof Uint8Array) {
    // Bytes are no JSON; as a stream they arrive as what they are.
    await streamResult([value], sink, signalOf(job));
    await sink.report({ type: "returned", result: undefined });
    return;
  }
  const text = toJson(value);
  if (text === undefined || fitsBytes(text, roomOf(sink)) || !job.state.records.chunks) {
    await sink.report({ type: "returned", result: text });
    return;
  }
  await streamResult([typeof value === "string" ? value : text], sink, signalOf(job));
  const contentType = typeof value === "string" ? undefined : "application/json";
  await sink.report({ type: "returned", result: undefined, contentType });
}

/** JSON text of a result; `undefined` for no result, which is not the same as one that JSON cannot say. */
function toJson(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  const lost = text === undefined ? undefined : lostIn(value, text);
  if (text !== undefined && lost === undefined) return text;
  const what = cause === undefined ? `: ${lost ?? `it is ${kindOf(value)}`}` : "";
  throw noResult(`the agent's result is not JSON${what}`, cause);
}

function noResult(text: string, cause?: unknown): ArcpError {
  return new ArcpError("INTERNAL_ERROR", text, { retryable: false, cause });
}

/** The stream of an agent's own. */
export async function streamOnce(
  source: Iterable<Part> | AsyncIterable<Part>,
  sink: ResultSink,
  signal: AbortSignal,
  options?: { readonly summary?: string },
): Promise<StreamedResult> {
  const { use } = sink;
  if (use.begun) {
    use.twice = true;
    throw invalid("ctx.stream was called before: a job has one result");
  }
  use.begun = true;
  try {
    return (use.done = await streamResult(source, sink, signal, options));
  } catch (error) {
    // Whoever awaits it is told; what went out of it the job's machine knows.
    use.begun = false;
    throw error;
  }
}

/**
 * Sends a source as the chunks of one result, each piece as it comes. That the last one was the last is
 * known only afterwards, so an empty chunk says it. §8.4
 */
export async function streamResult(
  source: Iterable<Part> | AsyncIterable<Part>,
  sink: ResultSink,
  signal: AbortSignal,
  options: { readonly summary?: string } = {},
): Promise<StreamedResult> {
  checkStream(options);
  if (!isSource(source)) throw unstreamable("takes an iterable of strings or bytes", source);
  let encoding: Piece["encoding"] | undefined;
  const put = async (part: Part) => {
    for (const piece of split(part, sink)) {
      ({ encoding } = piece);
      await sink.report(chunk(piece, sink.resultId(), true));
    }
  };
  const send = (part: Part) => put(sink.guard.pass(part));
  // A source that slices strings may cut a character in two; its halves travel together.
  let half = "";
  for await (const part of source) {
    signal.throwIfAborted();
    if (typeof part !== "string" && !(part instanceof Uint8Array)) {
      throw unstreamable("takes pieces that are strings or bytes", part);
    }
    if (typeof part === "string") {
      const text = half + part;
      half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : "";
      await send(half === "" ? text : text.slice(0, -1));
    } else {
      // Of empty bytes no chunk is made, and they are no text all the same.
      encoding ??= "base64";
      await send(half);
      half = "";
      await send(part);
    }
  }
  await send(half);
  await put(sink.guard.rest());
  const last: Piece = { data: "", json: '""', encoding: encoding ?? "utf8", bytes: 0 };
  await sink.report(chunk(last, sink.resultId(), false));
  const marker = Object.freeze({}) as StreamedResult;
  marks.set(marker, { summary: options.summary });
  return marker;
}

function isSource(source: unknown): boolean {
  if (typeof source === "string") return true;
  // The bytes of an array one by one would be numbers.
  if (typeof source !== "object" || source === null || source instanceof Uint8Array) return false;
  return Symbol.asyncIterator in source || Symbol.iterator in source;
}

/** What an agent streams must be text or bytes; anything else would vanish, or arrive as something else. */
function unstreamable(takes: string, given: unknown): ArcpError {
  return invalid(`ctx.stream ${takes} (Uint8Array); got ${kindOf(given)}`);
}

function invalid(text: string): ArcpError {
  return agentMistake(new ArcpError("INVALID_REQUEST", text));
}

interface Piece {
  readonly data: string;
  /** The same as JSON text. */
  readonly json: string;
  readonly encoding: "utf8" | "base64";
  readonly bytes: number;
}

/**
 * What a chunk holds, in bytes, where more is allowed: as text in a frame it stays below 128 KiB. A longer string is an
 * object of its own for V8, with pages that are mapped, filled with zeros and unmapped again.
 */
const CHEAP_BYTES = 64 * 1024;

function* split(part: Part, sink: ResultSink): Generator<Piece> {
  const room = roomOf(sink);
  const most = Math.min(sink.chunkBytes, CHEAP_BYTES);
  if (typeof part === "string") {
    for (const piece of pieces(part, Math.min(most, room))) {
      yield* escaped(piece, room);
    }
    return;
  }
  // Three bytes are four characters.
  const size = Math.min(most, Math.floor(room / 4) * 3);
  for (let at = 0; at < part.length; at += size) {
    const bytes = part.subarray(at, at + size);
    const data = base64(bytes);
    yield { data, json: `"${data}"`, encoding: "base64", bytes: bytes.length };
  }
}

/** What a frame has for data, in bytes. */
function roomOf({ frameBytes }: ResultSink): number {
  return frameBytes - 2 * FRAME_OVERHEAD;
}

/** Pieces that fit `limit` bytes once they are escaped: a control character takes six (W-25). */
function* escaped(data: string, limit: number): Generator<Piece> {
  const json = JSON.stringify(data);
  if (fitsBytes(json, limit)) {
    yield { data, json, encoding: "utf8", bytes: utf8Length(data) };
    return;
  }
  for (const half of pieces(data, Math.ceil(utf8Length(data) / 2))) yield* escaped(half, limit);
}

function base64(bytes: Uint8Array): string {
  let text = "";
  // In slices: a spread of a quarter of a megabyte would be that many arguments.
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}

function chunk(piece: Piece, resultId: ResultId, more: boolean): JobInput {
  return { type: "chunk", resultId, ...piece, more };
}
