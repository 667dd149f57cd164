/** The address of a runtime, as a client says it. */

/** Names of query parameters that look like a secret. */
export const SECRET_PARAMETER = /token|secret|passw|auth|bearer|credential|api[-_]?key/i;

/**
 * The WebSocket URL of an address; `http:` and `https:` are read as `ws:` and `wss:`.
 *
 * @throws TypeError if the address is not a URL of these schemes, or holds a user name, a password or a
 * token: whatever stands in a URL ends up in logs. §14
 */
export function webSocketUrl(address: string | URL): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new TypeError(
      "the address of a runtime must be a URL such as ws://127.0.0.1:7777/arcp, its port 65535 at most",
    );
  }
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new TypeError(`a WebSocket address begins with ws:// or wss://, not ${url.protocol}//`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(
      "a URL must not hold a user name or a password: give the token to the client",
    );
  }
  for (const name of url.searchParams.keys()) {
    if (SECRET_PARAMETER.test(name)) {
      throw new TypeError(
        "a URL must not hold a token: give it to the client, which sends it in the hello",
      );
    }
  }
  url.hash = "";
  return url.href;
}

/** The address without its query, for messages. */
export function printable(url: string): string {
  return url.split("?", 1)[0] as string;
}
