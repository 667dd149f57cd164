/** The address of a runtime, as a client says it. */

/** What tells a secret wherever it stands in a name; `author` and `authority` are no `auth`. */
const ANYWHERE =
  /token|secret|pass(?:w|phrase|code|key)|auth(?!or(?!i[sz]))|bearer|credential|(?:api|access|private|master|session|shared|account|license)[-_.]?key/i;

/** What tells one as a word of its own: `key` and `accountKey`, and no `keyboard` or `monkey`. */
const WORD = /^(?:keys?|jwt|jwe|pass|pwd|pw|psk|otp|totp|sig|signature|cookie)$/;

/** Whether the name of a query parameter looks like that of a secret. */
export function looksSecret(name: string): boolean {
  if (ANYWHERE.test(name)) return true;
  const words = name.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase();
  return words.split(/[^a-z]+/).some((word) => WORD.test(word));
}

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
    if (looksSecret(name)) {
      throw new TypeError(
        "a URL must not hold a token or a key, as a parameter of this one does by its name: give it to the client, which sends it in the hello",
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
