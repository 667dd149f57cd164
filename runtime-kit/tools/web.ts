/**
 * Requests to other hosts for agents, within the job's lease. Each request, and each redirect of it, is one
 * operation: lease check, `tool_call`, the exchange, `tool_result`. §9.3, §14.2, SEC-11
 *
 * A lease names hosts; where their names lead is somebody else's to say. So addresses of the runtime's own
 * network are refused unless the host is listed in `internal`, and what was looked up is what is connected to.
 */
import { ErrorCode } from "../../generated/current/constants.js";
import { canonicalUrl, shownUrl } from "../leases/urls.js";
import { optionally } from "../runtime/optional.js";
import { ArcpError } from "../wire/errors.js";
import {
  aFunction,
  aNumber,
  aSignal,
  aString,
  anObject,
  checkOptions,
  strings,
} from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import { addressesOf, InternalAddress, pinned, resolveBySystem } from "./addresses.js";
import { failed, type ToolContext } from "./context.js";
import { exchange, type Answer } from "./exchange.js";
import { locationOf, redirected, type Hop } from "./redirects.js";

/** Limits of one toolbox. */
export interface WebOptions {
  /** Bytes of the largest answer that is read, decompressed; 8 MiB by default. */
  readonly maxBytes?: number;
  /** Milliseconds for a request with all its redirects, 30,000 by default. */
  readonly timeoutMs?: number;
  /** Redirects that are followed, 20 by default. */
  readonly maxRedirects?: number;
  /**
   * Hosts that may be, or lead to, loopback, private and link-local addresses, as they stand in a URL:
   * `["localhost", "10.0.0.7", "[::1]"]`; none by default. The lease has to cover them as well.
   */
  readonly internal?: readonly string[] | "any";
  /** How names become addresses; the system's way by default. Asked once for each request. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

/** What is asked for. */
export interface WebRequest {
  /** `GET` by default. */
  readonly method?: string;
  /** `Host` and what belongs to the connection is refused. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Ends this request; the job's signal ends all. */
  readonly signal?: AbortSignal;
}

/** What came back, whatever its status. */
export interface WebResponse {
  /** Where it came from, after all redirects, without the fragment. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** The body as text, in the charset that its type names, else UTF-8. */
  text(): string;
  /** The body as JSON. Throws an `ArcpError` with `details.agent_code` `NOT_JSON`. */
  json(): unknown;
}

/**
 * The toolbox. Rejects with an `ArcpError`: `PERMISSION_DENIED` (and the other refusals of a lease), also
 * for a redirect and for an internal address; or `INTERNAL_ERROR` with `details.agent_code`: the system's
 * (`ECONNREFUSED` …), `TIMEOUT`, `TOO_LARGE`, `TOO_MANY_REDIRECTS`, `BAD_REDIRECT`, `BAD_REQUEST`,
 * `UNKNOWN_ENCODING` or `UNSUPPORTED_SCHEME`; or with the signal's reason.
 */
export interface Web {
  /** Sends a request by `http:` or `https:` and follows its redirects by the rules of the Fetch standard. */
  fetch(url: string | URL, request?: WebRequest): Promise<WebResponse>;
}

/** A toolbox for requests, each of which goes through `ctx.tool`, and so through the job's lease. §9.3 */
export function web(ctx: ToolContext, options: WebOptions = {}): Web {
  checkOptions("web", options, OPTIONS);
  const { maxBytes = 8 * 1024 * 1024, timeoutMs = 30_000, maxRedirects = 20 } = options;
  const { resolve = resolveBySystem } = options;
  const internal = hostsOf(options.internal ?? []);

  async function fetch(url: string | URL, request: WebRequest = {}): Promise<WebResponse> {
    checkOptions("web.fetch", request, REQUEST);
    const timeout = AbortSignal.timeout(timeoutMs);
    const ends = [ctx.signal, timeout, ...(request.signal === undefined ? [] : [request.signal])];
    const signal = AbortSignal.any(ends);
    let hop = hopOf(String(url), request);
    let from: string | undefined;
    for (let redirect = 0; ; redirect++) {
      const answer = await operation(hop, redirect, signal, timeout).catch((error: unknown) => {
        throw from === undefined ? error : asRedirected(from, error);
      });
      const location = locationOf(answer.status, answer.headers);
      if (location === undefined) return responseOf(hop.url, answer);
      from = shownUrl(hop.url);
      const next = redirected(hop, answer.status, location);
      if (next === undefined) throw failed("BAD_REDIRECT", `${from} redirects to what is no URL`);
      if (redirect >= maxRedirects) {
        throw failed(
          "TOO_MANY_REDIRECTS",
          `${from} redirects once more after ${maxRedirects} times`,
        );
      }
      hop = next;
    }
  }

  /** One request, its failures told without the addresses behind names. */
  async function operation(
    hop: Hop,
    redirect: number,
    signal: AbortSignal,
    timeout: AbortSignal,
  ): Promise<Answer> {
    const wanted = canonicalUrl(hop.url);
    const shown = shownUrl(hop.url);
    const args = {
      url: shown,
      method: hop.method,
      ...(hop.body === undefined ? {} : { bytes: hop.body.byteLength }),
      ...(redirect === 0 ? {} : { redirect }),
    };
    const run = async ({ target }: { readonly target: string }): Promise<Answer> => {
      if (!wanted.ok) throw refused(shown, wanted.reason);
      try {
        signal.throwIfAborted();
        // The query, which leases do not compare, is kept out of what the events name.
        return await send({ ...hop, url: target + searchOf(wanted.text) }, signal);
      } catch (error) {
        if (ArcpError.is(error)) throw error;
        if (error instanceof InternalAddress) throw refused(shown, INTERNAL);
        if (timeout.aborted && signal.reason === timeout.reason) {
          throw failed(
            "TIMEOUT",
            `net.fetch of ${JSON.stringify(shown)}: no answer within ${timeoutMs} ms`,
          );
        }
        signal.throwIfAborted();
        const code = codeOf(error);
        throw failed(code, `net.fetch of ${JSON.stringify(shown)}: ${code}`, {}, error);
      }
    };
    return ctx.tool("net.fetch", args, run, {
      summarise: ({ status, headers, bytes }) => {
        const location = locationOf(status, headers);
        const next = location === undefined ? undefined : redirected(hop, status, location);
        return next === undefined
          ? { status, bytes: bytes.byteLength }
          : { status, location: shownUrl(next.url) };
      },
    });
  }

  async function send(hop: Hop, signal: AbortSignal): Promise<Answer> {
    const { protocol, hostname } = new URL(hop.url);
    if (protocol !== "https:" && protocol !== "http:") {
      throw failed("UNSUPPORTED_SCHEME", `only http: and https: are fetched, not ${protocol}`);
    }
    const open = internal === "any" || internal.has(hostname);
    const addresses = await unlessAborted(signal, addressesOf(hostname, open, resolve));
    return exchange(hop, { lookup: pinned(addresses), maxBytes, signal });
  }

  return { fetch: optionally(fetch) };
}

const INTERNAL =
  "the host leads to an internal address, which only web(ctx, { internal: [host] }) opens";

/** What an agent may not set: where a request goes is the URL's to say, and how its body is framed ours. */
const FORBIDDEN =
  /^(?:host|connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/i;

function hopOf(url: string, { method = "GET", headers = {}, body }: WebRequest): Hop {
  const verb = method.toUpperCase();
  if (!/^[A-Z]+$/.test(verb) || ["CONNECT", "TRACE", "TRACK"].includes(verb)) {
    throw failed("BAD_REQUEST", `the method ${JSON.stringify(method)} is refused`);
  }
  if (body !== undefined && (verb === "GET" || verb === "HEAD")) {
    throw failed("BAD_REQUEST", `a ${verb} has no body`);
  }
  const sent = new Headers({
    accept: "*/*",
    "accept-encoding": "gzip, br",
    "user-agent": "arcp",
  });
  for (const [name, value] of Object.entries(headers)) {
    if (FORBIDDEN.test(name)) throw failed("BAD_REQUEST", `the header ${name} is refused`);
    try {
      sent.set(name, value);
    } catch (error) {
      throw failed("BAD_REQUEST", `a header is malformed: ${JSON.stringify(name)}`, {}, error);
    }
  }
  return {
    url,
    method: verb,
    headers: sent,
    body: typeof body === "string" ? Buffer.from(body) : body,
  };
}

function responseOf(url: string, { status, headers, bytes }: Answer): WebResponse {
  const text = (): string => decoderFor(headers.get("content-type") ?? "").decode(bytes);
  const json = (): unknown => {
    try {
      return JSON.parse(text());
    } catch (error) {
      throw failed("NOT_JSON", "the answer is no JSON", {}, error);
    }
  };
  const canonical = canonicalUrl(url);
  return { url: canonical.ok ? canonical.text : url, status, headers, bytes, text, json };
}

function decoderFor(type: string): TextDecoder {
  const charset = /;\s*charset="?([^\s";]+)/i.exec(type)?.[1];
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

const OPTIONS: Checks<WebOptions> = {
  maxBytes: aNumber,
  timeoutMs: aNumber,
  maxRedirects: aNumber,
  internal: ['an array of hosts, or "any"', (value) => value === "any" || strings[1](value)],
  resolve: aFunction,
};

/** Redirects are followed whatever is said here: what belongs to the `fetch` of the platform must not seem to hold. */
const REQUEST: Checks<WebRequest> = {
  method: aString,
  headers: anObject,
  body: [
    "a string or bytes (Uint8Array)",
    (value) => typeof value === "string" || value instanceof Uint8Array,
  ],
  signal: aSignal,
};

function hostsOf(internal: readonly string[] | "any"): ReadonlySet<string> | "any" {
  if (internal === "any") return internal;
  const hosts = internal.map((host) => {
    const url = canonicalUrl(`http://${host}/`);
    const hostname = url.ok ? new URL(url.text).hostname : undefined;
    if (url.ok && url.text === `http://${hostname}/`) return hostname as string;
    throw new TypeError(`web: internal holds ${JSON.stringify(host)}, which is no host of a URL`);
  });
  return new Set(hosts);
}

/** What `work` comes to, or the signal's reason: a resolver has no deadline of its own. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

function searchOf(canonical: string): string {
  const at = canonical.indexOf("?");
  return at < 0 ? "" : canonical.slice(at);
}

/** The system's code of an error, as `ECONNREFUSED`. */
function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : "FAILED";
}

/** A refusal that the agent did not ask for by itself says who sent it there. */
function asRedirected(from: string, error: unknown): unknown {
  if (!ArcpError.is(error, ErrorCode.PermissionDenied)) return error;
  return new ArcpError(error.code, `a redirect of ${JSON.stringify(from)}: ${error.reason}`, {
    details: { ...error.details, redirected_from: from },
    cause: error,
  });
}

function refused(shown: string, reason: string): ArcpError {
  return new ArcpError(
    ErrorCode.PermissionDenied,
    `net.fetch of ${JSON.stringify(shown)} is refused: ${reason}`,
    { details: { namespace: "net.fetch", target: shown, reason } },
  );
}
