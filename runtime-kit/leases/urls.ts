/**
 * URLs as leases see them: parsed as the platform's `URL` has it (WHATWG), and only where that parser has
 * nothing to mend. §9.2, §14.2, GLOB-06 to GLOB-09, GLOB-13 to GLOB-15, SEC-10
 *
 * Scheme, host, port and path are matched each by itself. The query is an argument of the request: it is
 * kept for whoever makes the request, and never compared.
 */
import { Limits } from "../../generated/current/constants.js";
import { isOverlong, parsePattern, type Parsed, type Pattern } from "./glob.js";
import { canonicalText, plainText, type Canonical } from "./text.js";

/** Characters of the longest URL, its query included. */
const MAX_URL_LENGTH = 8192;

/** What is compared, in canonical form; `port` with its colon, and empty where it is the scheme's own. */
interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

type Read =
  | { readonly ok: true; readonly parts: Parts; readonly search: string }
  | { readonly ok: false; readonly reason: string };

/**
 * The one spelling of a URL, without its fragment: lower case, punycode, addresses in the usual
 * notation, no default port, no trailing dot behind the host, dot segments resolved.
 */
export function canonicalUrl(text: string): Canonical {
  const read = readUrl(text);
  if (!read.ok) return read;
  const { scheme, host, port, path } = read.parts;
  if (!HOST.test(host)) return { ok: false, reason: HOST_REASON };
  return { ok: true, text: `${scheme}://${host}${port}${path}${read.search}` };
}

/** The same for a pattern, which has no query, no fragment, and no `..`. GLOB-14 */
export function parseUrlPattern(text: string): Parsed {
  if (/[?#]/.test(text)) {
    return { ok: false, reason: "a URL pattern has no query and no fragment: neither is compared" };
  }
  if (text.split("/").includes("..")) {
    return { ok: false, reason: "a pattern has no `..` segment" };
  }
  const read = readUrl(text);
  if (!read.ok) return read;
  const { scheme, host, port, path } = read.parts;
  if (!isHostPattern(text, host)) {
    return { ok: false, reason: `${HOST_REASON}; a \`*\` stands among ASCII characters only` };
  }
  if (isOverlong(`${scheme}://${host}${port}${path}`, Limits.maxPatternLength)) {
    const reason = `a URL pattern has at most ${Limits.maxPatternLength} characters, percent-encoded`;
    return { ok: false, reason };
  }
  const paths = parsePattern(path);
  if (!paths.ok) return paths;
  // Brackets are no place for a `*`: the parser has seen to that.
  if (host.startsWith("["))
    return { ok: true, pattern: `${scheme}://${host}${port}${paths.pattern}` as Pattern };
  const hosts = parsePattern(separated(host));
  if (!hosts.ok) return hosts;
  const names = hosts.pattern.replaceAll("/", ".");
  return { ok: true, pattern: `${scheme}://${names}${port}${paths.pattern}` as Pattern };
}

/**
 * The texts of a canonical URL or pattern that are matched each by itself: the host, separated by `/`
 * like everything else, and scheme, port and path, of which the first two are one literal segment. So no
 * wildcard reaches from one into another. GLOB-07
 */
export function urlParts<Text extends string>(canonical: Text): readonly Text[] {
  const hostAt = canonical.indexOf("://") + 3;
  const pathAt = canonical.indexOf("/", hostAt);
  const authority = canonical.slice(hostAt, pathAt);
  const queryAt = canonical.indexOf("?", pathAt);
  const portAt = authority.indexOf(":", authority.lastIndexOf("]") + 1);
  const [host, port] =
    portAt < 0 ? [authority, ""] : [authority.slice(0, portAt), authority.slice(portAt + 1)];
  const path = canonical.slice(pathAt, queryAt < 0 ? undefined : queryAt);
  return [separated(host), `${canonical.slice(0, hostAt - 2)}${port}${path}`] as Text[];
}

/** A URL as events and errors may name it: a password or a query is nobody's business. */
export function shownUrl(text: string): string {
  const canonical = canonicalUrl(text);
  if (canonical.ok) return canonical.text.replace(/\?[^]*$/, "");
  // What cannot be read may hold a password anywhere in front of its last `@`.
  return text.replace(/^([^:/?#@]*:[/\\]*|)[^]*@/, "$1…@").replace(/[?#][^]*$/, "");
}

const LABELS = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
const HOST = new RegExp(`${LABELS.source}|^\\[`);
const HOST_REASON = "a host is made of letters, digits, `-` and `_`, with dots between";

/** A `*` counts as an `a` here: what else it may stand beside is what stands in a host. */
function isHostPattern(text: string, host: string): boolean {
  const written = /:\/\/([^/]*)/.exec(text)?.[1] ?? "";
  const stars = (name: string): number => name.split("*").length;
  return (
    HOST.test(host.replaceAll("*", "a")) &&
    // An asterisk of another script became one of ours; one beside such letters became punycode.
    stars(written) === stars(host) &&
    !written.split(".").some((label) => label.includes("*") && /[^ -~]/.test(label))
  );
}

/** A name's dots and an IPv6 address's colons separate. */
function separated(host: string): string {
  return host.replaceAll(/[.:]/g, "/");
}

function readUrl(text: string): Read {
  if (text.length > MAX_URL_LENGTH) {
    return { ok: false, reason: `a URL has at most ${MAX_URL_LENGTH} characters` };
  }
  const plain = plainText(text);
  if (!plain.ok) return plain;
  const queryAt = text.search(/[?#]/);
  const cut = queryAt < 0 ? text.length : queryAt;
  const head = canonicalText(text.slice(0, cut));
  if (!head.ok) return head;
  const reason = unreadable(head.text);
  if (reason !== undefined) return { ok: false, reason };
  const url = parsed(head.text + text.slice(cut));
  // A label of punycode that encodes nothing is refused by some parsers and taken by later ones.
  if (url === undefined || /(?:^|\.)xn--(?:\.|$)/.test(url.hostname)) {
    return { ok: false, reason: "this is no URL: its host or port is wrong" };
  }
  const path = withPlainLetters(url.pathname === "" ? "/" : url.pathname);
  if (/%(?:[01][0-9A-F]|7F)/.test(path)) {
    return { ok: false, reason: "an encoded control character is refused" };
  }
  // §14.2: a server decodes once, and whoever decodes once more must not find a path that nobody compared.
  if (/%25[0-9A-Fa-f]{2}/.test(path)) {
    return { ok: false, reason: "a path that is encoded twice is refused" };
  }
  const parts: Parts = {
    scheme: url.protocol.slice(0, -1),
    host: url.hostname.replace(/\.$/, ""),
    port: url.port === "" ? "" : `:${url.port}`,
    path,
  };
  return { ok: true, parts, search: url.search };
}

/** What the parser would mend, and others may read otherwise. */
function unreadable(head: string): string | undefined {
  const authority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/]+)/.exec(head)?.[1];
  if (authority === undefined) return "a URL begins with `scheme://host`";
  if (authority.includes("@")) return "user information in a URL is refused";
  if (/%(?![0-9A-Fa-f]{2})/.test(head)) return "a `%` that encodes nothing is refused";
  if (/^ | $/.test(head)) return "a space at an end is refused";
  return undefined;
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Letters, digits, `-`, `_` and `~` are written plainly, all else is encoded in capitals (RFC 3986, §6.2.2). */
function withPlainLetters(path: string): string {
  return path.replaceAll(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9_~-]/.test(character) ? character : encoded.toUpperCase();
  });
}
