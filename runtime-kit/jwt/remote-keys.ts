import { ArcpError } from "../wire/errors.js";
import type { Logger } from "../wire/logger.js";
import { privateUrl } from "../wire/private-url.js";
import type { Clock } from "../wire/time.js";
import type { Jose } from "./jose.js";
import { keySet } from "./keys.js";
import type { Keys } from "./keys.js";
import { isJwkSet } from "./options.js";
import type { JwkSet } from "./options.js";

/** After so long keys are fetched again before they are used. */
const FRESH_MS = 10 * 60_000;
/** Tokens with a `kid` that nobody knows fetch no more often than this. */
const COOLDOWN_MS = 30_000;
/** An issuer that did not answer is asked again after this. */
const RETRY_MS = 5_000;
/** So long keys are good while their issuer does not answer. */
const KEEP_MS = 24 * 60 * 60_000;
/** Less than a connection has for its hello. */
const TIMEOUT_MS = 3_000;
const MAX_BYTES = 256 * 1024;

export interface RemoteOptions {
  readonly jose: Jose;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetch: typeof fetch;
}

/**
 * Keys that their issuer publishes. Where nothing can be said of a token `find` rejects with a plain error, if no keys
 * could be fetched, and with a retryable `UNAUTHENTICATED`, if its `kid` is unknown and it is too early to ask again: that is
 * anybody's to bring about, and no fault to be looked into.
 */
export function remoteKeys(address: string | URL, options: RemoteOptions): Keys["find"] {
  const { jose, clock, logger } = options;
  const url = privateUrl("jwt: jwks", address);
  let find: Keys["find"] | undefined;
  let kids: ReadonlySet<unknown> = new Set();
  let fetched = 0;
  let fetchedAt = -Infinity;
  let mayTryAt = -Infinity;
  let failure: unknown;
  let pending: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    try {
      const set = await fetchSet(url, options);
      find = keySet(jose, set);
      kids = new Set(set.keys.map(({ kid }) => kid));
      fetched += 1;
      fetchedAt = clock.monotonic();
      mayTryAt = fetchedAt + COOLDOWN_MS;
      failure = undefined;
    } catch (error) {
      failure = error;
      mayTryAt = clock.monotonic() + RETRY_MS;
      const fields = { url: url.href, error: wordsOf(error), kept: find !== undefined };
      logger.warn(fields, "keys could not be fetched");
    }
  }

  /** Those that ask at once share one request. */
  function refreshed(): Promise<void> {
    pending ??= refresh().finally(() => (pending = undefined));
    return pending;
  }

  const mayTry = () => pending !== undefined || clock.monotonic() >= mayTryAt;

  return async (header) => {
    const before = fetched;
    const old = clock.monotonic() - fetchedAt;
    if (old >= KEEP_MS) find = undefined;
    if ((find === undefined || old >= FRESH_MS) && mayTry()) await refreshed();
    if (find === undefined) {
      throw new Error(`no keys of the issuer: ${wordsOf(failure)}`, { cause: failure });
    }
    try {
      return await find(header);
    } catch (error) {
      if (!(error instanceof jose.errors.JWKSNoMatchingKey)) throw error;
      // The key is there, and is not for this algorithm.
      if (kids.has(header.kid)) throw error;
      // It may be newer than our keys; whether it is, cannot be told before they may be fetched again.
      if (fetched === before && mayTry()) await refreshed();
      if (fetched > before) return find(header);
      const text = "no key of the issuer has the kid of this token, so far";
      throw new ArcpError("UNAUTHENTICATED", text, { retryable: true, cause: error });
    }
  };
}

async function fetchSet(url: URL, options: RemoteOptions): Promise<JwkSet> {
  const { clock, fetch } = options;
  const over = new AbortController();
  const late = () => over.abort(new Error(`no answer within ${TIMEOUT_MS / 1000} s`));
  const cancel = clock.timer(clock.monotonic() + TIMEOUT_MS, late);
  try {
    const response = await fetch(url, {
      headers: { accept: "application/jwk-set+json, application/json" },
      // Whoever redirects could send us to another's keys.
      redirect: "error",
      signal: over.signal,
    });
    if (response.status !== 200) throw new Error(`the issuer answered ${response.status}`);
    const set: unknown = JSON.parse(await textOf(response));
    if (!isJwkSet(set)) throw new Error("what the issuer answered is no set of keys");
    return set;
  } finally {
    cancel();
    over.abort();
  }
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`the issuer's keys exceed ${MAX_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** With the cause, where `fetch` hides what is wrong. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
