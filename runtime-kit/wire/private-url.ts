/** Which addresses a secret may be sent to: what travels in plain text could be anybody's. SEC-01, TRN-04 */

/**
 * The URL of somebody who is trusted: `https:`, or `http:` on this machine. Throws a `TypeError` for another, and for
 * one with a user name or a password.
 *
 * @param what names the option, for the error
 * @param insecure what another option, where there is one, says of `http:` on another host
 */
export function privateUrl(
  what: string,
  address: string | URL,
  insecure?: { readonly allowInsecureRemote: boolean },
): URL {
  if (!URL.canParse(address)) throw new TypeError(`${what} is not a URL`);
  const url = new URL(address);
  const http = url.protocol === "https:" || url.protocol === "http:";
  if (insecure?.allowInsecureRemote === true) {
    if (!http) throw new TypeError(`${what} must be an http: or https: URL`);
  } else if (!http || isExposed(url)) {
    const hint = insecure && " (allowInsecureRemote: true also takes http: on another)";
    throw new TypeError(`${what} must be an https: URL, or http: on this machine${hint ?? ""}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(`${what} must not hold a user name or a password`);
  }
  return url;
}

/** Whether what is sent there leaves this machine in plain text, over HTTP or a WebSocket. */
export function isExposed({ protocol, hostname }: URL): boolean {
  return (protocol === "ws:" || protocol === "http:") && !isLoopback(hostname);
}

/** The hostname of such a URL is in canonical form, but for a dot at its end. Names under `localhost` are RFC 6761's. */
function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/\.$/, "");
  return /^(.+\.)?localhost$/.test(name) || name === "[::1]" || /^127(\.\d+){3}$/.test(name);
}
