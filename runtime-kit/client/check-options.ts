import {
  aBoolean,
  aFunction,
  aNumber,
  aSignal,
  aString,
  anObject,
  checkOptions,
  featureNames,
  isPlain,
  isToken,
  strings,
} from "../wire/options.js";
import { isExposed } from "../wire/private-url.js";
import { printable, webSocketUrl } from "../transports/address.js";
import type { Checks } from "../wire/options.js";
import type {
  BufferOptions,
  ClientListeners,
  ConnectOptions,
  JobsFilter,
  ReconnectOptions,
  SubmitOptions,
  Target,
  WatchOptions,
} from "./options.js";

const CONNECT: Checks<ConnectOptions> = {
  token: [
    "a string without control characters, or a function that gives one",
    (value) => isToken(value) || typeof value === "function",
  ],
  name: aString,
  version: aString,
  features: featureNames,
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
  allowInsecureRemote: aBoolean,
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

/**
 * Throws a `TypeError` for an address where whoever is between could read what is sent: with or without a token, since
 * the one by which the session is resumed is as good. SEC-01, TRN-04
 */
export function checkTarget(target: Target, { allowInsecureRemote }: ConnectOptions): void {
  if (typeof target === "function" || allowInsecureRemote === true) return;
  if (!URL.canParse(target) || !isExposed(new URL(target))) return;
  throw new TypeError(
    `connect: ${printable(webSocketUrl(target))} is another host without TLS, and whoever is between could read the tokens: ` +
      "use wss://, or allowInsecureRemote: true where nobody is (a tunnel, a network of containers)",
  );
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

const JOBS: Checks<JobsFilter> = {
  status: strings,
  agent: aString,
  createdAfter: SUBMIT.expiresAt,
  limit: aNumber,
};

/** Throws a `TypeError` for a filter of `client.jobs` that is none, or has another shape. */
export function checkJobs(filter: JobsFilter): void {
  checkOptions("jobs", filter, JOBS);
}

/** Throws a `TypeError` for options of `client.close` that are none, or have another shape. */
export function checkClose(options: { readonly reason?: string }): void {
  checkOptions("close", options, { reason: aString });
}
