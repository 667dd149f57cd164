import type { JobId, SessionId } from "../../generated/current/index.js";
import type { ReaderState, Watch } from "../jobs/readers.js";
import type { JobState } from "../jobs/state.js";
import type { ConnectionState } from "../sessions/connection.js";
import type { SessionState } from "../sessions/server.js";
import type { Transport } from "../transports/port.js";
import type { ArcpError } from "../wire/errors.js";
import type { MessageIds } from "../wire/ids.js";
import type { Agent } from "./define.js";
import type { Delivery } from "./delivery.js";
import type { OriginTable } from "./origins.js";
import type { Identity } from "./policy.js";
import type { Timer } from "./timer.js";
import type { Withheld } from "./watch-review.js";

/** A connection, with what its machine's state cannot hold. */
export interface Connection {
  readonly id: number;
  readonly transport: Transport;
  readonly ids: MessageIds;
  readonly state: ConnectionState;
  /** Made with the first deadline, as that of a session. */
  timer: Timer | undefined;
  /** The address it came from, for the log. */
  readonly address: string | undefined;
  /** Set in process, where there is no token to verify. */
  readonly principal: string | undefined;
  /** Nobody else can read what is sent on it. */
  readonly secure: boolean;
  /** The session that it was welcomed to. */
  session: LiveSession | undefined;
  /** Nothing more is said on it: its client has left, and takes no answer (OLD-02). */
  silent: boolean;
  /** Counted among those that wait for their hello. */
  waits: boolean;
  /** Called when the connection is over; present while somebody has to know. */
  gone: (() => void) | undefined;
  /** The last write that had to wait for the peer to read. */
  writing: Promise<void> | undefined;
  /** True while we do not listen because of that; then its silence is our doing. */
  parked: boolean;
}

/** A session, with what its machine's state cannot hold. */
export interface LiveSession {
  readonly state: SessionState;
  /** Whom its connection was verified to be, or the last one that it had; a restart leaves no scopes. */
  identity: Identity;
  timer: Timer | undefined;
  /** The newest number that is committed. */
  committed: number;
  /** The first number of each retained job that it numbers, in ascending order; made for the first of them. */
  firsts: Map<JobId, number> | undefined;
  /** How many jobs that it numbered were forgotten. */
  forgotten: number;
  connection: Connection | undefined;
  delivery: Delivery | undefined;
  /** Submits and subscriptions that are being looked at, one after the other: they are answered in order (W-05). */
  submits: Promise<void> | undefined;
  /** How many of them there are. */
  submitting: number;
  /** Called when its reader has made progress, or went away. */
  waiting: Set<() => void> | undefined;
}

/** How a connection gets a session. */
export interface Attachment {
  readonly identity: Identity;
  readonly version: string;
  /** The last number that the client has. */
  readonly cursor: number;
  /** Hash of the token of a resume. */
  readonly usedTokenHash?: string;
}

/** Nothing more is sent of a session on the connection that it had. */
export function stopDelivery(session: LiveSession): void {
  if (session.delivery !== undefined) session.delivery.stopped = true;
  session.delivery = undefined;
}

/** Calls whoever waits for progress of a session's reader. */
export function tellWaiting({ waiting }: LiveSession): void {
  if (waiting !== undefined) for (const ready of waiting) ready();
}

/** A session as a receiver of a job's entries. */
export interface Reader extends ReaderState {
  /** Replaced when the subscription is ended, or gains authority. */
  watch?: Watch | undefined;
  /** The log's first entry that was not looked at for it. */
  next: number;
  /** The number of the last entry that it was given, 0 if none. */
  lastSeq: number;
  /** True while the log is read for it. */
  catchingUp: boolean;
  /** True while it counts against the subscriptions of its principal. */
  counted: boolean;
  /** The connection for which it was last asked whether its principal may look on. */
  shownTo?: number | undefined;
  /** Present once it may not. */
  withheld?: Withheld | undefined;
}

/** A job, with what its machine's state cannot hold. */
export interface LiveJob {
  readonly state: JobState;
  readonly agent: Agent;
  /** What the agent gets: `given`, or what its schema made of it. Gone once the job has ended. */
  input: unknown;
  /** The input as it was submitted, which is JSON and so can be stored. Gone once the job has ended. */
  given: unknown;
  /** Size of the input, in characters of JSON. */
  readonly inputSize: number;
  /** Size of the log so far, in characters. */
  logSize: number;
  /** Tells the agent to stop; made by the first who asks for it, since most jobs end by themselves. */
  abort: AbortController | undefined;
  /** Made with the first deadline. */
  timer: Timer | undefined;
  /** What it reported and is not durable yet. */
  readonly open: { events: number; characters: number };
  /** What of that is on its way to the store. */
  readonly onItsWay: { events: number; characters: number };
  /** When its log last told of a reader that is behind, by the monotonic clock. */
  pressedAt: number;
  /** How much it reported that its session's features leave out. */
  unrecorded: number;
  /** The sessions that may cancel it, and how far each has numbered its entries; the submitting one first. */
  readonly readers: Map<SessionId, Reader>;
  /**
   * The sessions that subscribed to it, likewise; made for the first of them. Those whose subscription is over are still
   * here, for a replay.
   */
  watchers: Map<SessionId, Reader> | undefined;
  /** Which numbers its entries bear where it was submitted; present once somebody subscribed. */
  origins: OriginTable | undefined;
  /** Length of its log as far as it is durable. */
  committed: number;
  /** The ids of its credentials, which stay what they are in the next process. */
  credentials: readonly string[];
  /** True once it waits for the next process on this store: nothing more of it is taken down in this one. */
  suspended: boolean;
  /** Called when the terminal was appended. */
  ended: () => void;
  /** Settles when there is room again; present while there is not. */
  room: Promise<void> | undefined;
}

/** A job that nobody runs yet. */
export function newLiveJob(
  state: JobState,
  agent: Agent,
  { given, size }: { readonly given: unknown; readonly size: number },
): LiveJob {
  const readers = new Map<SessionId, Reader>();
  let watchers: LiveJob["watchers"];
  for (const reader of state.readers) {
    const { watch } = reader;
    const looksOn = watch !== undefined && !watch.controls;
    const into = looksOn ? (watchers ??= new Map()) : readers;
    into.set(reader.session, newReader(reader));
  }
  return {
    state,
    agent,
    input: undefined,
    given,
    inputSize: size,
    logSize: 0,
    abort: undefined,
    timer: undefined,
    open: { events: 0, characters: 0 },
    onItsWay: { events: 0, characters: 0 },
    pressedAt: Number.NEGATIVE_INFINITY,
    unrecorded: 0,
    readers,
    watchers,
    origins: undefined,
    committed: state.entries,
    credentials: [],
    suspended: false,
    ended: nobodyWaits,
    room: undefined,
  };
}

function nobodyWaits(): void {}

/** A reader that was given nothing yet. */
export function newReader(state: ReaderState): Reader {
  // Most have neither of the two, and are to be of one shape: a reader made by a spread is slow to look at wherever it is.
  const { session, live, whole, through, watch } = state;
  const next = watch?.over === true ? Infinity : (watch?.first ?? 0);
  const reader = { session, live, whole, next, lastSeq: 0, catchingUp: false, counted: false };
  return through === undefined && watch === undefined ? reader : { ...reader, ...state };
}

/** A reader as the store tells: its last entry of the job, and the number of that. */
export function takeUp(
  reader: Reader,
  last: { readonly lastIndex: number; readonly lastSeq: number },
): void {
  reader.lastSeq = last.lastSeq;
  const { watch } = reader;
  if (watch?.over === true) return;
  // What was numbered before belongs to an earlier subscription.
  if (watch === undefined || last.lastSeq > watch.since) reader.next = last.lastIndex + 1;
}

/** A session as a receiver of a job's entries, whether it may cancel the job or only looks on. */
export function readerOf(job: LiveJob, session: SessionId): Reader | undefined {
  return job.readers.get(session) ?? job.watchers?.get(session);
}

/** All that receive a job's entries. */
export function readersOf({ readers, watchers }: LiveJob): Iterable<Reader> {
  return watchers === undefined ? readers.values() : both(readers, watchers);
}

// Loop by loop: `yield*` costs more than what is done for each of very many.
function* both(
  readers: ReadonlyMap<SessionId, Reader>,
  watchers: ReadonlyMap<SessionId, Reader>,
): Generator<Reader> {
  for (const reader of readers.values()) yield reader;
  for (const watcher of watchers.values()) yield watcher;
}

/** The signal of a job's agent. */
export function signalOf(job: LiveJob): AbortSignal {
  return (job.abort ??= new AbortController()).signal;
}

/** Tells a job's agent to stop. */
export function abort(job: LiveJob, reason: ArcpError): void {
  (job.abort ??= new AbortController()).abort(reason);
}

/** Whether its agent was told to stop. */
export function isAborted(job: LiveJob): boolean {
  return job.abort?.signal.aborted === true;
}

/** Who asked: a reply goes to this connection or to nobody (W-33). */
export interface Asker {
  readonly session: LiveSession;
  readonly connection: Connection;
}

/** Whether a session still belongs to the connection that asked. */
export function owns({ session, connection }: Asker): boolean {
  return session.state.connection === connection.id;
}
