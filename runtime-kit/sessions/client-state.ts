import { PROTOCOL_VERSION } from "../../generated/current/index.js";
import type {
  AgentInfo,
  Feature,
  JobId,
  Message,
  PeerInfo,
  SessionId,
} from "../../generated/current/index.js";
import type { Decoded } from "../wire/decode.js";
import type { ClientDraft } from "../wire/draft.js";
import type { Now } from "../wire/time.js";
import type { ChildFacts } from "./client-children.js";
import { newAcks } from "./client-acks.js";
import type { Acks } from "./client-acks.js";

/** How a lost connection is dialled again. All times in milliseconds. */
export interface Backoff {
  /** Longest wait before the first attempt; doubles with each that fails. */
  readonly minDelayMs: number;
  /** The wait never grows beyond this. */
  readonly maxDelayMs: number;
  /** How long to go on without a welcome; `Infinity` for ever. */
  readonly giveUpAfterMs: number;
}

/** What a client's session is told once, at its start. Times in milliseconds. */
export interface ClientConfig {
  readonly peer: PeerInfo;
  /** Features offered in the hello, in order of preference. */
  readonly features: readonly Feature[];
  /** Longest wait from dialling to the welcome. */
  readonly welcomeMs: number;
  /** Longest wait for the answer to a `session.resume`, and to a close. */
  readonly replyMs: number;
  /** Acks are at least this far apart. §6.5 */
  readonly ackMs: number;
  /** `undefined`: a lost connection is the end. */
  readonly backoff: Backoff | undefined;
  /** Whether the session is to outlive this process: `keep` effects say when it has to be kept first. */
  readonly keeping?: boolean;
  /** Whether the program wants to hear what its jobs have delegated. */
  readonly children?: boolean;
}

/** What a former process left of its session, to go on with. §6.3 */
export interface FormerSession {
  readonly id: SessionId;
  readonly resumeToken: string;
  readonly features: readonly Feature[];
  /** Everything up to this number need not be heard again. */
  readonly lastSeq: number;
  /** Jobs whose end was not read. */
  readonly jobs: readonly JobId[];
  /** Submits that may have been sent, and whose answer did not come. */
  readonly unanswered: readonly Pick<Pending, "id" | "draft" | "abandoned">[];
}

/** What the welcome said of the session. §6.2 */
export interface SessionFacts {
  readonly id: SessionId;
  readonly resumeToken: string;
  readonly resumeWindowSec: number;
  /** What both sides agreed to use. */
  readonly features: readonly Feature[];
  /** Longest silence of a healthy connection; `undefined` without `heartbeat`. */
  readonly heartbeatMs: number | undefined;
  readonly runtime: PeerInfo;
  readonly agents: readonly AgentInfo[];
  readonly limits: Readonly<Record<string, unknown>>;
}

/** Messages of a job's stream: what is numbered. §8.3 */
export type Numbered = Message<"job.event"> | Message<"job.result"> | Message<"job.error">;

/** A request that has no answer yet. */
export interface Pending {
  readonly id: string;
  readonly draft: ClientDraft;
  /** Whether it may be sent again when its answer was lost with the connection (W-33). */
  readonly repeatable: boolean;
  sent: boolean;
  /** It was sent on a connection that ended: it may have been done already. */
  unsure: boolean;
  /** Nobody waits for it any more; a job that it still brings is cancelled. */
  abandoned: boolean;
}

/**
 * `waiting` to dial, `dialing`, `greeting` (hello sent), `recalling` (the resume in the hello was
 * ignored and `session.resume` was sent), `live`, `closing`, `ended`.
 */
type ClientPhase = "waiting" | "dialing" | "greeting" | "recalling" | "live" | "closing" | "ended";

/** A client's session: plain data, changed by `stepClient` alone. §6 */
export interface ClientState {
  readonly config: ClientConfig;
  phase: ClientPhase;
  /** Number of the present connection; what comes from an earlier one is not heard. */
  connection: number;
  /** When the phase ends by itself: the next dial, or the peer given up. Not used while live. */
  by: number;
  session: SessionFacts | undefined;
  /** Whether the hello of this connection asked for `session` to be resumed. */
  resuming: boolean;
  /** What came in a row and was no message: how much, and the first of it. */
  noise: { readonly count: number; readonly first: string } | undefined;
  /** Why `session` cannot be resumed; the next hello asks for a new one, and then the gap is told. */
  refusal: Error | undefined;
  /** The session that a peer opened instead of resuming ours. */
  instead: SessionFacts | undefined;
  /** How to name the protocol to this peer (W-01). */
  version: string;
  /** Times that the session was resumed. */
  resumed: number;
  /** Whether this process was ever welcomed: until then an address or a session of a former one may be wrong. */
  greeted: boolean;
  /** The newest number received without a hole. */
  lastSeq: number;
  /** The number after which a hole was found that a resume was to fill. */
  holeAfter: number | undefined;
  acks: Acks;
  ackAt: number | undefined;
  /** In order of arrival. */
  readonly pending: Map<string, Pending>;
  /** Jobs of this client that have not ended. */
  readonly jobs: Set<JobId>;
  /** Those of them that this client only looks on at. §7.6 */
  readonly watched: Set<JobId>;
  /** Subscriptions that are over, and of which the runtime was not told yet. */
  readonly givenBack: Set<JobId>;
  /** Jobs of submits that nobody waits for, which are being cancelled: by the submit that made them. */
  readonly doomed: Map<string, Pending>;
  /** Submits without an answer at the end: what became of them the next process can find out. */
  left: readonly Pending[];
  /** Jobs that are known and not this client's to hear: children, and those that ended. Bounded. */
  readonly strangers: Set<string>;
  /** Children that a `delegate` event has named, and of which nothing else has come. Bounded. */
  readonly expected: Map<JobId, ChildFacts>;
  /** What came for unknown jobs while the answer to a repeated submit may yet make them ours. */
  readonly early: Map<string, Numbered[]>;
  heardAt: number;
  sentAt: number;
  /** The program does not read, so silence proves nothing. */
  paused: boolean;
  pings: number;
  /** Attempts since the last welcome that lasted. */
  attempt: number;
  liveAt: number;
  /** Since when there is no connection. */
  downAt: number;
  /** Connections that ended soon and brought nothing after number `seq`, and when the first of them did. */
  stuck: { readonly seq: number; readonly times: number; readonly since: number } | undefined;
  closing: { readonly id: string; readonly reason: string | undefined; bye: boolean } | undefined;
  /** State of the jitter's generator. */
  chance: number;
}

/** A fact that `stepClient` takes. §6 */
export type ClientInput =
  /** The transport is open; the token that this hello is to carry. */
  | { readonly type: "opened"; readonly connection: number; readonly token: string | undefined }
  /** The dial failed, or no token could be had. */
  | { readonly type: "failed"; readonly connection: number; readonly error: Error }
  | {
      readonly type: "frame";
      readonly connection: number;
      readonly decoded: Decoded;
      /** The frame itself, read again only where it could not be decoded. */
      readonly text: string;
    }
  | {
      readonly type: "dropped";
      readonly connection: number;
      readonly closed: { readonly code: number; readonly reason: string };
    }
  | {
      readonly type: "request";
      readonly id: string;
      readonly draft: ClientDraft;
      readonly repeatable: boolean;
    }
  /** Nobody waits for this request any more; `unsent`: it never was a message. */
  | { readonly type: "abandon"; readonly id: string; readonly unsent?: boolean }
  /** The program hears no more of this job. */
  | { readonly type: "letGo"; readonly jobId: JobId }
  /** This job may be watched by the session for a process that is gone. */
  | { readonly type: "giveBack"; readonly jobId: JobId }
  /** The program has read the event with this number. */
  | { readonly type: "read"; readonly seq: number }
  | { readonly type: "paused" }
  | { readonly type: "flowing" }
  | { readonly type: "close"; readonly id: string; readonly reason?: string }
  /** What had to be kept could not be: to go on would break what was promised. */
  | { readonly type: "unkept"; readonly error: Error }
  | { readonly type: "time" };

/** A message to seal and send; without `id` the pump gives it one. */
export interface Outgoing {
  readonly id?: string;
  readonly draft: ClientDraft;
  readonly sessionId?: SessionId;
  readonly version: string;
}

/** What was lost when a session could not go on without a hole. §6.3 */
export interface Gap {
  /**
   * A new session took the place of the old one: its resume window had closed (`expired`), events that it had not
   * acknowledged went with jobs that had ended (`discarded`), or the runtime does not know it at all (`forgotten`), as
   * after a restart. `missing`: the runtime left numbers out. `unreadable`: what it keeps of one job is damaged; the
   * session goes on for the others.
   */
  readonly reason: "expired" | "discarded" | "forgotten" | "missing" | "unreadable";
  readonly sessionId: SessionId;
  /** The newest number that was received before the hole. */
  readonly lastSeq: number;
  /** The first number after the hole; absent when the session was replaced. */
  readonly nextSeq?: number;
  /** Jobs that had not ended and of which nothing more is heard in this session. */
  readonly jobs: readonly JobId[];
  readonly error?: Error;
}

/** What the program may want to know, besides the answers to its requests. §6 */
export type ClientNews =
  | { readonly type: "connected"; readonly session: SessionFacts }
  | {
      readonly type: "reconnecting";
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: Error;
    }
  | { readonly type: "resumed"; readonly session: SessionFacts }
  | { readonly type: "gap"; readonly gap: Gap }
  | { readonly type: "warning"; readonly error: Error }
  /** One of our jobs has delegated this one, of which messages are delivered from now on. */
  | { readonly type: "child"; readonly child: ChildFacts }
  /** Nothing more will happen; `error` is absent when the program asked for it. */
  | { readonly type: "ended"; readonly error: Error | undefined };

/** An order of `stepClient`, to be carried out in the order in which they come. §6 */
export type ClientEffect =
  | { readonly do: "dial"; readonly connection: number }
  /** What is sent from here on waits until the session as it is now is kept. */
  | { readonly do: "keep" }
  | { readonly do: "send"; readonly connection: number; readonly messages: readonly Outgoing[] }
  | {
      readonly do: "hangup";
      readonly connection: number;
      readonly code: number;
      readonly reason: string;
    }
  | { readonly do: "resolve"; readonly id: string; readonly message: Message }
  | { readonly do: "reject"; readonly id: string; readonly error: Error }
  | { readonly do: "deliver"; readonly jobId: JobId; readonly message: Numbered }
  /** These jobs run on, and this client hears no more of them. */
  | { readonly do: "cutoff"; readonly jobs: readonly JobId[]; readonly error: Error }
  | { readonly do: "tell"; readonly news: ClientNews };

/**
 * A client that dials at its first step. `seed` is any 32 bits of chance, for the jitter. With a `former` session it
 * resumes that one.
 */
export function newClient(
  config: ClientConfig,
  seed: number,
  now: Now,
  former?: FormerSession,
): ClientState {
  return {
    config,
    phase: "waiting",
    connection: 0,
    by: now.monotonic,
    session: former === undefined ? undefined : factsOfFormer(former),
    resuming: false,
    noise: undefined,
    refusal: undefined,
    instead: undefined,
    version: PROTOCOL_VERSION,
    resumed: 0,
    greeted: false,
    lastSeq: former?.lastSeq ?? 0,
    holeAfter: undefined,
    acks: newAcks(former?.lastSeq),
    ackAt: undefined,
    pending: new Map((former?.unanswered ?? []).map((one) => [one.id, ofFormer(one)])),
    jobs: new Set(former?.jobs),
    watched: new Set(),
    givenBack: new Set(),
    doomed: new Map(),
    left: [],
    strangers: new Set(),
    expected: new Map(),
    early: new Map(),
    heardAt: now.monotonic,
    sentAt: now.monotonic,
    paused: false,
    pings: 0,
    attempt: 0,
    liveAt: now.monotonic,
    downAt: now.monotonic,
    stuck: undefined,
    closing: undefined,
    chance: seed >>> 0,
  };
}

/** Enough to resume with; the welcome tells the rest. */
function factsOfFormer({ id, resumeToken, features }: FormerSession): SessionFacts {
  return {
    id,
    resumeToken,
    features,
    resumeWindowSec: 0,
    heartbeatMs: undefined,
    runtime: { name: "", version: "" },
    agents: [],
    limits: {},
  };
}

function ofFormer(one: FormerSession["unanswered"][number]): Pending {
  return { ...one, repeatable: true, sent: false, unsure: true };
}

/** Has what follows wait until the session is kept, where it is. */
export function keep(state: ClientState): ClientEffect[] {
  return state.config.keeping === true ? [{ do: "keep" }] : [];
}

/** Close codes that the client uses; a browser allows 1000 and 3000 to 4999 only. */
export const CLOSE_NORMAL = 1000;
export const CLOSE_HOLE = 4002;
export const CLOSE_NO_WELCOME = 4004;

/** Sends drafts on the present connection and remembers that it was not idle. */
export function send(
  state: ClientState,
  messages: readonly (Pick<Outgoing, "id"> & { readonly draft: ClientDraft })[],
  now: Now,
): ClientEffect[] {
  if (messages.length === 0) return [];
  state.sentAt = now.monotonic;
  const envelope = {
    version: state.version,
    ...(state.session === undefined ? {} : { sessionId: state.session.id }),
  };
  return [
    {
      do: "send",
      connection: state.connection,
      messages: messages.map((message) => ({ ...envelope, ...message })),
    },
  ];
}

export function tell(news: ClientNews): ClientEffect {
  return { do: "tell", news };
}

export function warn(error: Error): ClientEffect {
  return tell({ type: "warning", error });
}
