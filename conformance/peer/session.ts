/** What every session begins with: hello, welcome, resume. §6.1–§6.3 */
import { Feature } from "../../generated/current/constants.js";
import { CheckFailed } from "./faults.js";
import type { Frame } from "./message.js";
import type { Peer } from "./peer.js";

/** Who the suite says it is. */
export const suiteClient = { name: "arcp-conformance", version: "0.1.0" } as const;

/** All features of the draft; a session offers them unless the check says otherwise. */
export const allFeatures: readonly string[] = Object.values(Feature);

/** What a session presents in order to go on where it was. */
export interface ResumeBlock {
  readonly session_id: string;
  readonly resume_token: string;
  readonly last_event_seq: number;
}

/** How to say hello. */
export interface HelloOptions {
  /** The bearer token; `null` leaves `auth` away. */
  readonly token: string | null;
  /** The features offered; `null` leaves `capabilities` away. Default: all. */
  readonly features?: readonly string[] | null;
  readonly resume?: ResumeBlock;
}

/** The payload of a `session.hello`. */
export function helloPayload(options: HelloOptions): Record<string, unknown> {
  const features = options.features === undefined ? allFeatures : options.features;
  return {
    client: suiteClient,
    ...(options.token === null ? {} : { auth: { scheme: "bearer", token: options.token } }),
    ...(features === null ? {} : { capabilities: { encodings: ["json"], features } }),
    ...(options.resume === undefined ? {} : { resume: options.resume }),
  };
}

/** Says hello and returns the first answer, welcome or error. A welcome is adopted by the peer. */
export async function hello(peer: Peer, options: HelloOptions): Promise<Frame> {
  const after = peer.last;
  peer.send("session.hello", helloPayload(options));
  const answer = await peer.expect(["session.welcome", "session.error"], { after });
  if (answer.message.type === "session.welcome") adopt(peer, answer);
  return answer;
}

/** Says hello and insists on being welcomed. */
export async function mustWelcome(peer: Peer, options: HelloOptions): Promise<Frame> {
  const answer = await hello(peer, options);
  if (answer.message.type !== "session.welcome") {
    throw new CheckFailed(`hello was refused: ${JSON.stringify(answer.message.payload)}`);
  }
  return answer;
}

/** Takes session, token and features of a welcome over into the peer. */
function adopt(peer: Peer, welcome: Frame): void {
  const { message } = welcome;
  const id = message["session_id"] ?? message.payload["session_id"];
  const token = message.payload["resume_token"];
  peer.welcome = welcome;
  if (typeof id === "string") peer.sessionId = id;
  if (typeof token === "string") {
    peer.resumeToken = token;
    peer.context.log.hide(token);
  }
  peer.features = new Set(featuresOf(welcome));
}

/** The features that a welcome names. §6.2 */
export function featuresOf(welcome: Frame): string[] {
  const capabilities = welcome.message.payload["capabilities"] as
    { readonly features?: unknown } | undefined;
  const features = capabilities?.features;
  return Array.isArray(features) ? features.filter((f) => typeof f === "string") : [];
}

/** What is needed to resume the session of `peer` after `lastSeq`. */
export function resumeBlock(peer: Peer, lastSeq: number): ResumeBlock {
  if (peer.sessionId === undefined || peer.resumeToken === undefined) {
    throw new CheckFailed("the welcome gave no session_id or no resume_token");
  }
  return {
    session_id: peer.sessionId,
    resume_token: peer.resumeToken,
    last_event_seq: lastSeq,
  };
}
