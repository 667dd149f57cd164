import type { JobId, Message, SessionId } from "../../generated/current/index.js";
import { CLOSE_SUPERSEDED } from "../sessions/close-codes.js";
import { resumeOf } from "../sessions/connection.js";
import type { Opening, Verified } from "../sessions/connection.js";
import { afterHeard } from "../sessions/liveness.js";
import { errorDraft } from "../sessions/replies.js";
import { refuseResume } from "../sessions/resume.js";
import type { Resumable, ResumeRequest } from "../sessions/resume.js";
import {
  newSession,
  restoredSession,
  sessionDeadline,
  sessionExpiry,
  stepSession,
} from "../sessions/server.js";
import type {
  JobRequest,
  SessionEffect,
  SessionFacts,
  SessionInput,
  SessionRecord,
  SessionState,
} from "../sessions/server.js";
import { negotiate, welcomeDraft } from "../sessions/welcome.js";
import type { StoredRecord } from "../stores/port.js";
import type { Decoded } from "../wire/decode.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { ArcpError } from "../wire/errors.js";
import { ulid } from "../wire/ids.js";
import { nowOf, timestamp } from "../wire/time.js";
import type { Now } from "../wire/time.js";
import type { Commits } from "./commits.js";
import { offered } from "./core.js";
import type { Core } from "./core.js";
import { unscoped } from "./identity.js";
import type { Identity } from "./policy.js";
import { statedLimits } from "./limits.js";
import { stopDelivery, tellWaiting } from "./live.js";
import { firstToGo, unneeded, written } from "./session-room.js";
import type { Asker, Attachment, Connection, LiveSession } from "./live.js";
import { freshToken } from "./secrets.js";
import type { FreshToken } from "./secrets.js";
import { createTimer } from "./timer.js";
import { createTombstones } from "./tombstones.js";

/** The sessions of a runtime: opened, resumed, taken over, forgotten. §6 */
export interface SessionTable {
  /** Opens or resumes what the connection asked for; resolves when its welcome was sent, with what to refuse it with otherwise. */
  open(
    connection: Connection,
    opening: Opening,
    identity: Verified,
  ): Promise<ArcpError | undefined>;
  /** A promise where the next frame has to wait for this one. */
  receive(connection: Connection, decoded: Decoded): Promise<void> | undefined;
  dropped(connection: Connection): void;
  get(id: SessionId): LiveSession | undefined;
  all(): Iterable<LiveSession>;
  /** Takes what a store kept of a session, or of one that had expired, with what its log says of it. */
  restore(
    record: StoredRecord<SessionId>,
    facts: SessionFacts,
    firsts: ReadonlyMap<JobId, number>,
    now: Now,
  ): void;
  /** The connection is listened to again; that it was silent before was not its doing. */
  heard(connection: Connection): void;
  /** The session numbers a further job, one that runs or may yet (`active`) or one that has ended. */
  gained(id: SessionId, active: boolean): void;
  /** A job that the session numbers has ended. */
  ended(id: SessionId): void;
  /** A job that the session numbered is forgotten, up to this number. */
  released(id: SessionId, job: JobId, lastSeq: number): void;
}

export interface SessionsOptions {
  readonly core: Core;
  readonly commits: Commits;
  readonly send: (connection: Connection, draft: RuntimeDraft) => void;
  readonly close: (connection: Connection, code: number, reason: string) => void;
  readonly connection: (id: number) => Connection | undefined;
  /** Begins to send the numbers above `cursor`. */
  readonly deliver: (session: LiveSession, connection: Connection, cursor: number) => void;
  readonly request: (asker: Asker, message: JobRequest) => void;
  /** A session has lost its connection. */
  readonly left: () => void;
}

/** Submits of one session that are looked at before the next frame is read. */
const SUBMITS_AT_ONCE = 16;

/** So many forgotten jobs of a session are worth telling the store to drop their numbers. */
const FORGOTTEN_AT_ONCE = 64;

export function createSessions(options: SessionsOptions): SessionTable {
  const { core, commits } = options;
  const { clock, limits, entropy, logger } = core;
  const sessions = new Map<SessionId, LiveSession>();
  const tombstones = createTombstones(clock, limits.tombstoneMs, commits);

  /** One step of a session's machine; gives the effects, with the timer set. */
  function step(session: LiveSession, input: SessionInput): SessionEffect[] {
    const effects = stepSession(session.state, input, nowOf(clock), limits);
    arm(session);
    return effects;
  }

  function arm(session: LiveSession): void {
    const deadline = sessionDeadline(session.state, limits) ?? sessionExpiry(session.state, limits);
    if (deadline !== undefined) session.timer ??= createTimer(clock, () => wakeUp(session));
    session.timer?.set(deadline);
  }

  function wakeUp(session: LiveSession): void {
    if (session.connection?.parked === true) afterHeard(session.state.liveness, nowOf(clock));
    const expiry = sessionExpiry(session.state, limits);
    if (expiry !== undefined && clock.monotonic() >= expiry) return expire(session);
    const nonce = `p_${ulid(clock.wall(), entropy)}`;
    perform(session, step(session, { type: "time", nonce }));
  }

  function perform(session: LiveSession, effects: readonly SessionEffect[]): void {
    const { connection } = session;
    for (const effect of effects) {
      if (effect.do === "persist") persist(session);
      else if (effect.do === "acked") tellWaiting(session);
      else if (connection === undefined) continue;
      else if (effect.do === "send") options.send(connection, effect.draft);
      else if (effect.do === "close") hangUp(session, connection, effect);
      else if (effect.do === "request") options.request({ session, connection }, effect.message);
      else if (effect.do === "goodbye") void goodbye(session, connection, effect.draft);
    }
  }

  /** CLOSE-02: what was asked for before is answered first; then nothing more is. */
  async function goodbye(
    session: LiveSession,
    connection: Connection,
    draft: RuntimeDraft | undefined,
  ): Promise<void> {
    connection.silent = draft === undefined;
    if (connection.silent) stopDelivery(session);
    tellWaiting(session);
    await session.submits;
    await commits.flushed().catch(() => {});
    if (session.connection !== connection) return;
    if (draft !== undefined) options.send(connection, draft);
    hangUp(session, connection, { code: 1000, reason: "session closed" });
  }

  type Close = { readonly code: number; readonly reason: string };

  function hangUp({ state }: LiveSession, connection: Connection, { code, reason }: Close): void {
    logger.info({ session: state.id, code, reason }, "connection closed");
    options.close(connection, code, reason);
  }

  function persist(session: LiveSession): void {
    commits.write(written(core.store, session.state));
  }

  function expire(session: LiveSession): void {
    remove(session);
    tombstones.add({ ...session.state, expired: true }, session.state.jobs > 0);
    logger.debug({ session: session.state.id }, "session expired");
  }

  function remove(session: LiveSession): void {
    session.timer?.set(undefined);
    sessions.delete(session.state.id);
  }

  function create(
    opening: Opening,
    { principal }: Verified,
    { secure }: Connection,
  ): LiveSession | ArcpError {
    if (!hasRoom(principal)) {
      const details = { limit: "max_sessions_per_principal" };
      return new ArcpError("INTERNAL_ERROR", "too many sessions of this principal", { details });
    }
    const id: SessionId = `sess_${ulid(clock.wall(), entropy)}`;
    const features = negotiate(opening.features, offered(core.features, secure));
    return live(newSession({ id, principal, version: opening.version, features }, nowOf(clock)));
  }

  function live(state: SessionState, firsts?: ReadonlyMap<JobId, number>): LiveSession {
    const session: LiveSession = {
      state,
      identity: unscoped(state.principal),
      timer: undefined,
      committed: state.nextSeq - 1,
      firsts: firsts && new Map(firsts),
      forgotten: 0,
      connection: undefined,
      delivery: undefined,
      submits: undefined,
      submitting: 0,
      waiting: undefined,
    };
    sessions.set(state.id, session);
    return session;
  }

  /** A principal's sessions are capped; one that nobody counts on makes room. */
  function hasRoom(principal: string): boolean {
    const own = [...sessions.values()].filter((session) => session.state.principal === principal);
    if (own.length < limits.maxSessionsPerPrincipal) return true;
    const leaving = firstToGo(own, clock.monotonic() - limits.resumeWindowMs);
    if (leaving !== undefined) expire(leaving);
    return leaving !== undefined;
  }

  function find(request: ResumeRequest, tokenHash: string): LiveSession | undefined {
    if (request.sessionId !== undefined) return sessions.get(request.sessionId);
    // A `session.resume` may leave the session out: its token then is the only name.
    for (const session of sessions.values()) {
      const { current, previous } = session.state.tokens;
      if (current === tokenHash || previous === tokenHash) return session;
    }
    return undefined;
  }

  /**
   * Attaches a connection and resolves when its welcome was sent. In between it may lose the session again, to a
   * resume that came later: then it is told so instead, by that resume.
   */
  async function attach(
    session: LiveSession,
    connection: Connection,
    token: FreshToken,
    { identity, ...opening }: Attachment,
  ): Promise<void> {
    stopDelivery(session);
    // An agent that waits for the old connection is not to wait for the new one to say something.
    tellWaiting(session);
    const effects = step(session, {
      type: "attached",
      connection: connection.id,
      newTokenHash: token.hash,
      ...opening,
    });
    session.identity = identity;
    session.connection = connection;
    connection.session = session;
    perform(session, effects);
    await commits.flushed();
    for (const effect of effects) {
      if (effect.do === "supersede") supersede(effect.connection);
      if (effect.do !== "deliver" || session.connection !== connection) continue;
      options.send(connection, welcome(session, token.secret));
      options.deliver(session, connection, effect.cursor);
    }
    if (session.connection !== connection) return;
    const resumed = opening.usedTokenHash !== undefined;
    const { principal, scopes } = session.identity;
    const more = scopes.length === 0 ? {} : { scopes };
    logger.info(
      { session: session.state.id, principal, ...more, address: connection.address },
      resumed ? "session resumed" : "session opened",
    );
  }

  function supersede(id: number): void {
    const old = options.connection(id);
    if (old === undefined) return;
    options.send(old, { type: "session.closed", payload: { reason: "superseded" } });
    options.close(old, CLOSE_SUPERSEDED, "superseded");
  }

  function welcome(session: LiveSession, resumeToken: string): RuntimeDraft {
    return welcomeDraft(
      {
        runtime: { name: core.name, version: core.version },
        agents: [...core.registry.inventory.values()],
        resumeWindowSec: limits.resumeWindowMs / 1000,
        heartbeatIntervalSec: limits.heartbeatMs / 1000,
        limits: statedLimits(limits),
      },
      session.state,
      { resumeToken, acceptedAt: timestamp(clock.wall()) },
    );
  }

  /** Resumes, or says what to refuse the resume with; a refused one disturbed nobody (W-09). */
  async function resume(
    connection: Connection,
    request: ResumeRequest,
    by: { readonly identity: Identity; readonly version: string; readonly own?: LiveSession },
  ): Promise<ArcpError | undefined> {
    const { principal } = by.identity;
    const token = await freshToken(core);
    const tokenHash = await core.sha256(request.token);
    // From here to the step that rotates the token nothing waits: resumes of a session are serialised (W-09).
    const session = find(request, tokenHash);
    if (session !== undefined && session === by.own) {
      return new ArcpError("INVALID_REQUEST", "this connection has that session already");
    }
    const candidate: Resumable | undefined = session
      ? { ...session.state, expired: false }
      : tombstones.get(request.sessionId, tokenHash);
    const refusal = refuseResume(candidate, { ...request, principal, tokenHash });
    if (refusal !== undefined || session === undefined) {
      logger.warn({ session: request.sessionId, principal, code: refusal?.code }, "resume refused");
      return (
        refusal ?? new ArcpError("UNAUTHENTICATED", "no session can be resumed with this token")
      );
    }
    await attach(session, connection, token, {
      identity: by.identity,
      version: by.version,
      cursor: request.lastEventSeq,
      usedTokenHash: tokenHash,
    });
    return undefined;
  }

  /** A `session.resume` after a hello: the session that the hello made is empty, and given up for the old one. */
  async function exchange(
    session: LiveSession,
    connection: Connection,
    message: Message<"session.resume">,
  ): Promise<void> {
    const by = { identity: session.identity, version: session.state.version, own: session };
    const refusal = await resume(connection, resumeOf(message.payload), by);
    if (refusal !== undefined) {
      options.send(connection, errorDraft(refusal, message.id));
    } else if (session.connection === connection) {
      stopDelivery(session);
      remove(session);
      commits.write({ op: "session.delete", id: session.state.id });
    }
  }

  return {
    get: (id) => sessions.get(id),
    all: () => sessions.values(),
    restore(record, facts, firsts, now) {
      if (tombstones.restore(record)) return;
      const state = restoredSession(record as unknown as SessionRecord, facts, now);
      arm(live(state, firsts));
    },
    async open(connection, opening, identity) {
      const { resume: request, version } = opening;
      if (request !== undefined) return resume(connection, request, { identity, version });
      const token = await freshToken(core);
      const session = create(opening, identity, connection);
      if (session instanceof ArcpError) return session;
      await attach(session, connection, token, { identity, version, cursor: 0 });
      return undefined;
    },
    receive(connection, decoded) {
      const { session } = connection;
      if (session === undefined) return undefined;
      const effects = step(session, { type: "frame", connection: connection.id, decoded });
      const exchanged = effects.find((effect) => effect.do === "resume");
      if (exchanged !== undefined) return exchange(session, connection, exchanged.message);
      perform(session, effects);
      // Who submits faster than can be looked at waits to be heard again.
      return session.submitting > SUBMITS_AT_ONCE ? session.submits : undefined;
    },
    heard(connection) {
      if (connection.session?.connection !== connection) return;
      afterHeard(connection.session.state.liveness, nowOf(clock));
      arm(connection.session);
    },
    gained(id, active) {
      const state = sessions.get(id)?.state;
      if (state === undefined) return;
      state.jobs += 1;
      if (active) state.activeJobs += 1;
    },
    ended(id) {
      const state = sessions.get(id)?.state;
      if (state !== undefined) state.activeJobs -= 1;
    },
    dropped(connection) {
      const { session } = connection;
      if (session === undefined || session.connection !== connection) return;
      session.connection = undefined;
      stopDelivery(session);
      tellWaiting(session);
      logger.info({ session: session.state.id }, "session detached");
      const effects = step(session, { type: "dropped", connection: connection.id });
      perform(session, effects);
      options.left();
    },
    released(id, job, lastSeq) {
      const session = sessions.get(id);
      if (session === undefined) return;
      session.state.jobs -= 1;
      session.state.oldestSeq = Math.max(session.state.oldestSeq, lastSeq + 1);
      session.firsts?.delete(job);
      session.forgotten += 1;
      if (session.forgotten % FORGOTTEN_AT_ONCE === 0) commits.write(unneeded(session));
      arm(session);
    },
  };
}
