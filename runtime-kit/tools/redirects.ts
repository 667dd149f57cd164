/** What becomes of a request at a redirect, as the Fetch standard has it ("HTTP-redirect fetch"). */

/** One request, as it goes out. */
export interface Hop {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Headers that speak of a body, and go with it. */
const OF_BODY = ["content-encoding", "content-language", "content-location", "content-type"];

/** Headers that are meant for one origin. */
const OF_ORIGIN = ["authorization", "cookie"];

/** Where an answer redirects to, as it stands there; nothing if it does not. */
export function locationOf(status: number, headers: Headers): string | undefined {
  return REDIRECTS.has(status) ? (headers.get("location") ?? undefined) : undefined;
}

/**
 * The request after a redirect. What a `303` answers, and what a `POST` became at `301` and `302`, is
 * fetched by `GET`, without a body; what authenticates stays with its origin.
 *
 * @returns nothing if `location` is no URL
 */
export function redirected(hop: Hop, status: number, location: string): Hop | undefined {
  let url: URL;
  try {
    url = new URL(location, hop.url);
  } catch {
    return undefined;
  }
  const headers = new Headers(hop.headers);
  let { method, body } = hop;
  const posted = (status === 301 || status === 302) && method === "POST";
  if (posted || (status === 303 && method !== "GET" && method !== "HEAD")) {
    [method, body] = ["GET", undefined];
    for (const name of OF_BODY) headers.delete(name);
  }
  if (url.origin !== new URL(hop.url).origin) {
    for (const name of OF_ORIGIN) headers.delete(name);
  }
  return { url: url.href, method, headers, body };
}
