/**
 * What is checked before a connection is upgraded: a page in a browser must not reach a runtime on the
 * machine of its reader, and a token must not come where addresses are logged. §14
 */
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { isIP } from "node:net";
import { looksSecret } from "../transports/address.js";

/** Who may connect, as an operator says it. */
export interface AdmissionOptions {
  /** The path of the endpoint. Default `/arcp`. */
  readonly path?: string;
  /**
   * The names by which clients may address this server: `name`, `name:port` or `[v6]:port`; without a
   * port any port. Default for a loopback address: 127.0.0.1, localhost and [::1], with the port. Default
   * for another: the name that it was bound by, localhost and every IP address, which no page can feign.
   */
  readonly allowedHosts?: readonly string[];
  /** The origins whose pages may connect, each as `https://example.com`; there is no wildcard. Default none; `null` never. */
  readonly allowedOrigins?: readonly string[];
}

/** Why a request is not upgraded. The text goes to the client and into the log. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 503;
  readonly reason: string;
}

/** Where the server listens: `server.address()`, the name it was bound by, and whether it speaks TLS. */
export interface Bound {
  readonly address: AddressInfo | string | null;
  readonly name?: string;
  readonly tls: boolean;
}

/** Whether a name or an address means this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^::ffff:/, "");
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}

/** Whether a request comes from this machine, so that nobody between could read what is said. SEC-03 */
export function isLocal(request: IncomingMessage, listening: Bound["address"]): boolean {
  const { socket } = request;
  const from = socket.remoteAddress;
  // A socket in the file system has no addresses.
  if (from === undefined) return typeof listening === "string";
  return isLoopback(from) || from === socket.localAddress;
}

/**
 * The path of a request's target, or nothing if the target is not one that a client of ours sends (an
 * absolute URL, `*`).
 */
export function pathOf(request: IncomingMessage): string | undefined {
  const target = request.url ?? "";
  return target.startsWith("/") ? (target.split("?", 1)[0] as string) : undefined;
}

/** Says why this request may not be upgraded; nothing if it may. */
export function refusal(
  request: IncomingMessage,
  bound: Bound,
  options: AdmissionOptions,
): Refusal | undefined {
  const path = pathOf(request);
  if (path === undefined) return { status: 400, reason: "the request target must be a path" };
  if (path !== (options.path ?? "/arcp")) return { status: 404, reason: "there is nothing here" };
  if (holdsSecret(request.url ?? "")) {
    return { status: 400, reason: "a token must not stand in the URL: it goes into the hello" };
  }
  if (!hostAllowed(request, bound, options.allowedHosts)) {
    return {
      status: 403,
      reason:
        "the Host header names no host that this server answers to (option allowedHosts, or --allowed-host)",
    };
  }
  if (!originAllowed(request, options.allowedOrigins ?? [])) {
    return {
      status: 403,
      reason: "the origin is not allowed (option allowedOrigins, or --allowed-origin)",
    };
  }
  return undefined;
}

function holdsSecret(target: string): boolean {
  const query = target.split("?").slice(1).join("?");
  for (const name of new URLSearchParams(query).keys()) if (looksSecret(name)) return true;
  return false;
}

function hostAllowed(
  request: IncomingMessage,
  bound: Bound,
  allowed: readonly string[] | undefined,
): boolean {
  const [header, ...more] = headerValues(request, "host");
  if (header === undefined || more.length > 0) return false;
  const host = splitHost(header.toLowerCase());
  if (host === undefined) return false;
  if (allowed !== undefined) {
    return allowed.some((entry) => {
      const { name, port } = splitHost(entry.toLowerCase()) ?? { name: entry.toLowerCase() };
      return (
        name === host.name && (port === undefined || port === (host.port ?? defaultPort(bound)))
      );
    });
  }
  const own = typeof bound.address === "object" ? bound.address : null;
  if (own !== null && isLoopback(own.address)) {
    const names = ["127.0.0.1", "localhost", "::1", own.address.toLowerCase()];
    return names.includes(host.name) && (host.port ?? defaultPort(bound)) === own.port;
  }
  return (
    isIP(host.name) !== 0 || host.name === "localhost" || host.name === bound.name?.toLowerCase()
  );
}

/** All values of a header, as sent: what Node joins or drops must not pass a check unseen. */
function headerValues(request: IncomingMessage, name: string): string[] {
  return request.rawHeaders.filter(
    (_, i, raw) => i % 2 === 1 && (raw[i - 1] as string).toLowerCase() === name,
  );
}

function defaultPort(bound: Bound): number {
  return bound.tls ? 443 : 80;
}

/** The name (of an IPv6 address without its brackets) and the port of a Host header. */
function splitHost(host: string): { name: string; port?: number } | undefined {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:[\]@/?#\s]+))(?::(\d{1,5}))?$/.exec(host);
  const name = parts?.[1] ?? parts?.[2];
  if (name === undefined) return undefined;
  return parts?.[3] === undefined ? { name } : { name, port: Number(parts[3]) };
}

/**
 * The origin is compared with what the operator allowed and never with the Host header: in DNS rebinding
 * both are the attacker's.
 */
function originAllowed(request: IncomingMessage, allowed: readonly string[]): boolean {
  const origins = headerValues(request, "origin");
  if (origins.length === 0) return true;
  if (origins.length > 1) return false;
  const origin = (origins[0] as string).toLowerCase();
  return origin !== "null" && allowed.some((entry) => entry.toLowerCase() === origin);
}

/** What a client sent, fit for one line of a log: printable ASCII, short. */
export function forLog(text: string | undefined): string | undefined {
  return text?.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
}
