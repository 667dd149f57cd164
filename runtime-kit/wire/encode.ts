import { PROTOCOL_VERSION } from "../../generated/current/index.js";
import type { Message, UnknownMessage } from "../../generated/current/index.js";
import { eventIds } from "./ids.js";

/** The frame of a message that stands outside any job's log. */
export function encode(message: Message | UnknownMessage): string {
  return JSON.stringify(message);
}

/** What is the same in every frame of one job that one session receives. */
export interface FrameHead {
  readonly sessionId: string;
  readonly jobId: string;
  readonly traceId: string;
  /** `1.1`, or `1` for a peer that said so (W-01). */
  readonly version?: string;
}

/** Builds the frames of a job's log for one session by joining: each body was encoded once (law 3). */
export type FrameBuilder = (
  entry: { readonly type: string; readonly body: string },
  index: number,
  seq: number,
) => string;

/**
 * What builds the frames of one job for one session. §8.3
 *
 * @param originOf for a subscriber: the number that the entry at an index bears in the submitting session (WATCH-11)
 */
export function frameBuilder(
  head: FrameHead,
  originOf?: (index: number) => number | undefined,
): FrameBuilder {
  const id = eventIds(head.jobId);
  const start = `{"arcp":${JSON.stringify(head.version ?? PROTOCOL_VERSION)},"id":"`;
  const middle = `","session_id":${JSON.stringify(head.sessionId)},"trace_id":${JSON.stringify(
    head.traceId,
  )},"job_id":${JSON.stringify(head.jobId)},"event_seq":`;
  let type = "";
  let rest = "";
  return (entry, index, seq) => {
    if (entry.type !== type) {
      type = entry.type;
      rest = ['","type":"', type, middle].join("");
    }
    // A terminal has none: all its copies are the same but for the envelope (G4).
    const origin = type === "job.event" ? originOf?.(index) : undefined;
    if (origin === undefined) return `${start}${id(index)}${rest}${seq},"payload":${entry.body}}`;
    return `${start}${id(index)}${rest}${seq},"payload":{"origin_seq":${origin},${entry.body.slice(1)}}`;
  };
}

/** More than the envelope around any event's body takes, in bytes. */
export const FRAME_OVERHEAD = 1024;
