import { Limits } from "../../generated/current/index.js";
import {
  connectionDeadline,
  newConnection,
  stepConnection,
  tokenEnded,
} from "../sessions/connection.js";
import type { ConnectionEffect, ConnectionInput } from "../sessions/connection.js";
import { inOlderWords } from "../sessions/older.js";
import { errorDraft } from "../sessions/replies.js";
import type { Transport } from "../transports/port.js";
import { DONE } from "../transports/queue.js";
import { decode } from "../wire/decode.js";
import { seal } from "../wire/draft.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { encode } from "../wire/encode.js";
import { ArcpError } from "../wire/errors.js";
import { messageIds, ulid } from "../wire/ids.js";
import { nowOf } from "../wire/time.js";
import { fitsBytes } from "../wire/utf8.js";
import { isOlder, wireVersion } from "../wire/version.js";
import type { Core } from "./core.js";
import { discreetError } from "./credentials/discretion.js";
import { inWords } from "./failures.js";
import { identityOf, unscoped } from "./identity.js";
import type { Connection } from "./live.js";
import type { SessionTable } from "./sessions.js";
import { createTimer } from "./timer.js";

/** Where a connection comes from. */
export interface Peer {
  readonly address?: string;
  /** Who is believed without a token, in process or as a parent on stdio; one that is given is verified (AUTH-03). */
  readonly principal?: string;
  /**
   * Whether nobody else can read what is sent: encrypted, or on this host. False by default; then no credential is ever
   * sent to it (SEC-03).
   */
  readonly secure?: boolean;
}

/** The connections of a runtime: read, answered, closed. */
export interface Connections {
  accept(transport: Transport, peer?: Peer): void;
  get(id: number): Connection | undefined;
  send(connection: Connection, draft: RuntimeDraft): void;
  /** A message of this connection as text, for whoever sends it with others. */
  sealed(connection: Connection, draft: RuntimeDraft): string;
  close(connection: Connection, code: number, reason: string): void;
  closeAll(code: number, reason: string): Promise<void>;
}

/** Frames of one connection that are handled before others get their turn. */
const FRAMES_A_TURN = 32;

export function createConnections(options: {
  readonly core: Core;
  readonly sessions: SessionTable;
}): Connections {
  const { core, sessions } = options;
  const { clock, entropy, limits, logger } = core;
  const connections = new Map<number, Connection>();
  let made = 0;
  let unauthenticated = 0;
  /** Set once the runtime takes nobody any more. */
  let closed: { readonly code: number; readonly reason: string } | undefined;

  function accept(transport: Transport, peer: Peer = {}): void {
    if (closed !== undefined) {
      void transport.close(closed.code, closed.reason);
      return;
    }
    if (unauthenticated >= limits.maxUnauthenticated) {
      void transport.close(1013, "too many connections wait for their hello");
      return;
    }
    const connection: Connection = {
      id: (made += 1),
      transport,
      ids: messageIds(clock, entropy),
      state: newConnection(nowOf(clock), limits.helloDeadlineMs),
      timer: undefined,
      address: peer.address,
      principal: peer.principal,
      secure: peer.secure === true,
      session: undefined,
      silent: false,
      waits: true,
      gone: undefined,
      writing: undefined,
      parked: false,
    };
    connections.set(connection.id, connection);
    unauthenticated += 1;
    arm(connection);
    void read(connection);
  }

  function arm(connection: Connection): void {
    const deadline = connectionDeadline(connection.state);
    if (deadline !== undefined) {
      connection.timer ??= createTimer(clock, () => timePassed(connection));
    }
    connection.timer?.set(deadline);
    if (deadline === undefined) connection.timer = undefined;
    const { phase, expiresAt } = connection.state;
    if (phase === "bound" && expiresAt !== undefined) {
      core.alarms.set(connection, expiresAt, () => timePassed(connection));
    }
  }

  function timePassed(connection: Connection): void {
    void step(connection, { type: "time" });
  }

  async function read(connection: Connection): Promise<void> {
    const { incoming } = connection.transport;
    const frames = incoming[Symbol.asyncIterator]();
    try {
      let next: IteratorResult<string> | undefined = await frames.next();
      while (next?.done === false) {
        // What came together is taken without a turn in between.
        let frame: string | undefined = next.value;
        // A connection that waits holds on to no frame.
        next = undefined;
        for (let taken = 1; frame !== undefined; frame = incoming.take?.(), taken++) {
          const wait = receive(connection, frame);
          if (wait !== undefined) await wait;
          if (connection.session !== undefined) settled(connection);
          if (connection.writing !== undefined) await park(connection);
          if (taken % FRAMES_A_TURN === 0) await new Promise<void>(core.defer);
        }
        next = await frames.next();
      }
    } catch (error) {
      logger.error({ error: String(error), address: connection.address }, "connection failed");
      close(connection, 1011, "internal error");
    } finally {
      settled(connection);
      connection.gone?.();
      connection.timer?.set(undefined);
      core.alarms.clear(connection);
      stepConnection(connection.state, { type: "dropped" }, nowOf(clock));
      sessions.dropped(connection);
      connections.delete(connection.id);
    }
  }

  function settled(connection: Connection): void {
    if (connection.waits) unauthenticated -= 1;
    connection.waits = false;
  }

  /** A peer that asks without reading the answers is not heard until it reads. */
  async function park(connection: Connection): Promise<void> {
    connection.parked = true;
    await connection.writing;
    connection.writing = undefined;
    connection.parked = false;
    sessions.heard(connection);
  }

  function receive(connection: Connection, frame: string): Promise<void> | undefined {
    if (connection.session !== undefined) {
      const { state } = connection;
      // A timer may be late; a token that has ended is of no use all the same.
      if (state.endsAt !== undefined && tokenEnded(state, nowOf(clock)))
        return step(connection, { type: "time" });
      return sessions.receive(connection, decode(frame));
    }
    // ENC-15: a stranger's frame is measured before anything is done with it.
    if (!fitsBytes(frame, Limits.maxHelloBytes)) return step(connection, { type: "oversized" });
    return step(connection, { type: "frame", decoded: decode(frame) });
  }

  /** One step before there is a session; waits for what it sets going. */
  async function step(connection: Connection, input: ConnectionInput): Promise<void> {
    const effects = stepConnection(connection.state, input, nowOf(clock));
    arm(connection);
    for (const effect of effects) await perform(connection, effect);
  }

  async function perform(connection: Connection, effect: ConnectionEffect): Promise<void> {
    if (effect.do === "refuse") return refuse(connection, effect.error, effect.requestId);
    if (effect.do === "verify") {
      return step(connection, await verify(connection, effect.token));
    }
    if (effect.do === "expire") return expire(connection);
    const refusal = await sessions.open(connection, effect.opening, effect.identity);
    await step(
      connection,
      refusal === undefined ? { type: "bound" } : { type: "refused", error: refusal },
    );
  }

  async function verify(
    connection: Connection,
    token: string | undefined,
  ): Promise<ConnectionInput> {
    const { principal } = connection;
    // Believed without a token, not in spite of one that can be looked at.
    if (principal !== undefined && (token === undefined || core.verify === undefined)) {
      return { type: "verified", identity: unscoped(principal) };
    }
    if (token === undefined) return { type: "verified", identity: undefined };
    try {
      // A verifier may hang; the connection does not outlive its deadline for that.
      const over = new Promise<undefined>((resolve) => {
        connection.gone = () => resolve(undefined);
      });
      const given = await Promise.race([core.verify?.(token), over]);
      return { type: "verified", identity: identityOf(given) };
    } catch (error) {
      const { address } = connection;
      if (ArcpError.is(error, "UNAUTHENTICATED")) {
        // It has decided, and anybody's token can bring it to that.
        logger.warn({ reason: error.reason, address }, "token refused");
        if (!error.retryable) return { type: "verified", identity: undefined };
      } else logger.error({ error: inWords(error), address }, "the verifier threw");
      const text = "the token could not be verified";
      const refusal = new ArcpError("UNAUTHENTICATED", text, { retryable: true });
      return { type: "refused", error: refusal };
    } finally {
      connection.gone = undefined;
    }
  }

  function refuse(connection: Connection, error: ArcpError, requestId: string | undefined): void {
    logger.warn({ code: error.code, address: connection.address }, "connection refused");
    send(connection, errorDraft(error, requestId));
    close(connection, 1008, error.code);
  }

  /** AUTH-10: nothing more is heard or sent here; the session waits for a connection with a good token. */
  function expire(connection: Connection): void {
    const session = connection.session?.state.id;
    logger.info({ session, address: connection.address }, "token expired");
    const text = "the token has expired: connect again with a new one, and resume the session";
    send(connection, errorDraft(new ArcpError("UNAUTHENTICATED", text, { retryable: true })));
    sessions.dropped(connection);
    close(connection, 1008, "UNAUTHENTICATED");
  }

  function sealed(connection: Connection, draft: RuntimeDraft): string {
    const message = seal(draft, {
      id: connection.ids(),
      // Before the welcome an id that names nothing: a deployed client drops the message without one (W-11).
      sessionId: connection.session?.state.id ?? `sess_${ulid(clock.wall(), entropy)}`,
      version: wireVersion(connection.state.version),
    });
    return encode(message);
  }

  /** Before it is known who asks, nothing is: whether something is anybody's value must not be told. */
  function discreet({ session }: Connection, draft: RuntimeDraft): RuntimeDraft {
    if (session === undefined) return draft;
    const { principal } = session.state;
    return discreetError(draft, (text) => core.keyring.redacted(principal, text));
  }

  function send(connection: Connection, draft: RuntimeDraft): void {
    if (connection.silent) return;
    const told = discreet(connection, draft);
    const said = isOlder(connection.state.version) ? inOlderWords(told) : told;
    if (said === undefined) return;
    const written = connection.transport.send([sealed(connection, said)]);
    if (written !== DONE) connection.writing = written;
  }

  function close(connection: Connection, code: number, reason: string): void {
    stepConnection(connection.state, { type: "dropped" }, nowOf(clock));
    connection.gone?.();
    void connection.transport.close(code, reason);
  }

  return {
    accept,
    get: (id) => connections.get(id),
    send,
    sealed,
    close,
    async closeAll(code, reason) {
      closed = { code, reason };
      const open = [...connections.values()];
      await Promise.all(open.map((connection) => connection.transport.close(code, reason)));
    },
  };
}
