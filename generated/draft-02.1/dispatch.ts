// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { ClientToRuntime, JobEvent, Message, RuntimeToClient, UnknownEvent } from "./messages.js";

/** One handler for each message that a runtime receives: a missing one does not compile. */
export type RuntimeHandlers<Args extends unknown[], R> = {
  readonly [T in ClientToRuntime["type"]]: (message: Message<T>, ...args: Args) => R;
};

/** Hands a message to its handler. Throws `TypeError` for one that does not travel this way. */
export function dispatchToRuntime<Args extends unknown[], R>(
  handlers: RuntimeHandlers<Args, R>,
  message: ClientToRuntime,
  ...args: Args
): R {
  switch (message.type) {
    case "session.hello":
      return handlers["session.hello"](message, ...args);
    case "session.ping":
      return handlers["session.ping"](message, ...args);
    case "session.pong":
      return handlers["session.pong"](message, ...args);
    case "session.ack":
      return handlers["session.ack"](message, ...args);
    case "session.list_jobs":
      return handlers["session.list_jobs"](message, ...args);
    case "session.bye":
      return handlers["session.bye"](message, ...args);
    case "job.submit":
      return handlers["job.submit"](message, ...args);
    case "job.cancel":
      return handlers["job.cancel"](message, ...args);
    case "job.subscribe":
      return handlers["job.subscribe"](message, ...args);
    case "job.unsubscribe":
      return handlers["job.unsubscribe"](message, ...args);
    default:
      return astray(message);
  }
}

/** Whether a message is one that a runtime receives. */
export function isClientToRuntime(message: Message): message is ClientToRuntime {
  switch (message.type) {
    case "session.hello":
    case "session.ping":
    case "session.pong":
    case "session.ack":
    case "session.list_jobs":
    case "session.bye":
    case "job.submit":
    case "job.cancel":
    case "job.subscribe":
    case "job.unsubscribe":
      return true;
    default:
      return false;
  }
}

/** One handler for each message that a client receives: a missing one does not compile. */
export type ClientHandlers<Args extends unknown[], R> = {
  readonly [T in RuntimeToClient["type"]]: (message: Message<T>, ...args: Args) => R;
};

/** Hands a message to its handler. Throws `TypeError` for one that does not travel this way. */
export function dispatchToClient<Args extends unknown[], R>(
  handlers: ClientHandlers<Args, R>,
  message: RuntimeToClient,
  ...args: Args
): R {
  switch (message.type) {
    case "session.welcome":
      return handlers["session.welcome"](message, ...args);
    case "session.ping":
      return handlers["session.ping"](message, ...args);
    case "session.pong":
      return handlers["session.pong"](message, ...args);
    case "session.jobs":
      return handlers["session.jobs"](message, ...args);
    case "session.bye":
      return handlers["session.bye"](message, ...args);
    case "session.error":
      return handlers["session.error"](message, ...args);
    case "job.accepted":
      return handlers["job.accepted"](message, ...args);
    case "job.subscribed":
      return handlers["job.subscribed"](message, ...args);
    case "job.event":
      return handlers["job.event"](message, ...args);
    case "job.result":
      return handlers["job.result"](message, ...args);
    case "job.error":
      return handlers["job.error"](message, ...args);
    default:
      return astray(message);
  }
}

/** Whether a message is one that a client receives. */
export function isRuntimeToClient(message: Message): message is RuntimeToClient {
  switch (message.type) {
    case "session.welcome":
    case "session.ping":
    case "session.pong":
    case "session.jobs":
    case "session.bye":
    case "session.error":
    case "job.accepted":
    case "job.subscribed":
    case "job.event":
    case "job.result":
    case "job.error":
      return true;
    default:
      return false;
  }
}

/** Whether the kind of an event is one of this revision, so that its body has a known shape. */
export function isKnownEvent(event: JobEvent | UnknownEvent): event is JobEvent {
  switch (event.kind) {
    case "log":
    case "thought":
    case "tool_call":
    case "tool_result":
    case "status":
    case "metric":
    case "artifact_ref":
    case "delegate":
    case "progress":
    case "result_chunk":
      return true;
    default:
      return false;
  }
}

function astray(message: never): never {
  throw new TypeError(`no handler for ${String((message as Message).type)}`);
}
