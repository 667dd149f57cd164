import {
  aBoolean,
  aFunction,
  aNumber,
  aSignal,
  aString,
  anObject,
  checkOptions,
  isPlain,
  isToken,
  strings,
} from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import type {
  BufferOptions,
  ClientListeners,
  ConnectOptions,
  ReconnectOptions,
  SubmitOptions,
  WatchOptions,
} from "./options.js";

const CONNECT: Checks<ConnectOptions> = {
  token: [
    "a string without control characters, or a function that gives one",
    (value) => isToken(value) || typeof value === "function",
  ],
  name: aString,
  version: aString,
  features: strings,
  credentialSchemes: strings,
  heartbeat: aBoolean,
  reconnect: ["an object, or false", (value) => value === false || isPlain(value)],
  connectTimeoutMs: aNumber,
  buffer: anObject,
  session: [
    "a keeper, such as keptInFile(…) makes",
    (value) => isPlain(value) && typeof value["take"] === "function",
  ],
  on: anObject,
  logger: anObject,
  signal: aSignal,
  clock: anObject,
  entropy: aFunction,
};

const RECONNECT: Checks<ReconnectOptions> = {
  minDelayMs: aNumber,
  maxDelayMs: aNumber,
  giveUpAfterMs: aNumber,
};

const BUFFER: Checks<BufferOptions> = { events: aNumber, size: aNumber, resultBytes: aNumber };

const LISTENERS: Checks<ClientListeners> = {
  reconnecting: aFunction,
  resumed: aFunction,
  gap: aFunction,
  child: aFunction,
  warning: aFunction,
  closed: aFunction,
};

/** Throws a `TypeError` for options of `connect` that are none, or have another shape. */
export function checkConnect(options: ConnectOptions): void {
  checkOptions("connect", options, CONNECT);
  const { reconnect = false, buffer, on } = options;
  if (reconnect !== false) checkOptions("connect: reconnect", reconnect, RECONNECT);
  if (buffer !== undefined) checkOptions("connect: buffer", buffer, BUFFER);
  if (on !== undefined) checkOptions("connect: on", on, LISTENERS);
}

const SUBMIT: Checks<SubmitOptions> = {
  lease: anObject,
  expiresAt: [
    "a Date, or RFC 3339 in UTC",
    (value) => value instanceof Date || typeof value === "string",
  ],
  idempotencyKey: aString,
  maxRuntimeSec: aNumber,
  signal: aSignal,
  traceId: aString,
};

const WATCH: Checks<WatchOptions> = { from: aNumber, history: aBoolean };

/** Throws a `TypeError` for options of `client.watch` that are none, or have another shape. */
export function checkWatch(options: WatchOptions): void {
  checkOptions("watch", options, WATCH);
}

/** Throws a `TypeError` for options of `client.submit` that are none, or have another shape. */
export function checkSubmit(options: SubmitOptions): void {
  checkOptions("submit", options, SUBMIT);
}
