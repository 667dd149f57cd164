/**
 * The URL of somebody who is trusted: `https:`, or `http:` on this machine, since what travels in plain text could be
 * anybody's. Throws a `TypeError` for another, and for one with a user name or a password; SEC-01.
 *
 * @param what names the option, for the error
 */
export function privateUrl(what: string, address: string | URL): URL {
  if (!URL.canParse(address)) throw new TypeError(`${what} is not a URL`);
  const url = new URL(address);
  const plain = url.protocol === "http:" && isLoopback(url.hostname);
  if (url.protocol !== "https:" && !plain) {
    throw new TypeError(`${what} must be an https: URL, or http: on this machine`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(`${what} must not hold a user name or a password`);
  }
  return url;
}

/** The hostname of a URL is in canonical form. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
