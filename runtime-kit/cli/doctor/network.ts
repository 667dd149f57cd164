/** What lies below the protocol: names, ports, certificates. */
import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { TLSSocket } from "node:tls";
import { isExposed } from "../../wire/private-url.js";
import { StepFailed, StepSkipped } from "./step.js";

/** Where a URL leads. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Whether others could read what goes there. */
  readonly exposed: boolean;
}

export function endpointOf(url: string): Endpoint {
  const parsed = new URL(url);
  const { hostname, port, protocol } = parsed;
  const secure = protocol === "wss:";
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const exposed = isExposed(parsed);
  return { host, port: port === "" ? (secure ? 443 : 80) : Number(port), secure, exposed };
}

export async function resolveName({ host }: Endpoint): Promise<readonly string[]> {
  if (isIP(host) !== 0) throw new StepSkipped(`${host} is an address`);
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EAI_AGAIN") {
      throw new StepFailed(
        "the name server does not answer",
        "look at the network of this machine",
      );
    }
    throw new StepFailed(
      `the name ${host} is not known (${code})`,
      "look for a slip in the host of the URL; a private name needs the right DNS server or VPN",
    );
  }
}

/** Opens a connection and lets go of it; gives the address that answered. */
export function openTcp(endpoint: Endpoint, signal: AbortSignal): Promise<string> {
  const { host, port } = endpoint;
  return new Promise((done, fail) => {
    const socket = connect({ host, port, autoSelectFamily: true });
    release(socket, signal);
    socket.once("connect", () => {
      done(`${socket.remoteAddress} port ${port}`);
      socket.destroy();
    });
    socket.once("error", (error) => fail(tcpFailed(endpoint, error)));
  });
}

function tcpFailed({ host, port }: Endpoint, error: NodeJS.ErrnoException): StepFailed {
  switch (codeOf(error)) {
    case "ECONNREFUSED":
      return new StepFailed(
        `nothing listens at port ${port} of ${host}`,
        "start the runtime (`arcp serve`), or look at the port of the URL; in a container it must listen beyond 127.0.0.1",
      );
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return new StepFailed(
        `there is no way to ${host}`,
        "look at the network, the VPN and the routes",
      );
    default:
      return new StepFailed(error.message, "look at the host and the port of the URL");
  }
}

/** Of several addresses that were tried, the first one's fault. */
function codeOf(error: NodeJS.ErrnoException): string {
  const [first] = (error as { errors?: NodeJS.ErrnoException[] }).errors ?? [];
  return error.code ?? first?.code ?? "";
}

/** What TLS agreed to. */
export interface Secured {
  readonly protocol: string;
  readonly expires: string;
}

/** Without TLS it goes on only where nobody else reads the token, or that was allowed: SEC-01, TRN-04. */
export function openTls(
  { host, port, secure, exposed }: Endpoint,
  signal: AbortSignal,
  allowInsecureRemote: boolean,
): Promise<Secured> {
  if (exposed && !allowInsecureRemote) {
    throw new StepFailed(
      "ws:// goes without, and whoever is between could read the token",
      "use wss://; --allow-insecure-remote goes on where nobody is between, as in a tunnel or a network of containers",
    );
  }
  if (!secure) {
    throw new StepSkipped(
      `ws:// goes without${exposed ? "; the token travels in plain text" : ""}`,
    );
  }
  return new Promise((done, fail) => {
    // For an address there is no name to ask for.
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket: TLSSocket = connectTls({ host, port, ...name });
    release(socket, signal);
    socket.once("secureConnect", () => {
      done({ protocol: socket.getProtocol() ?? "", expires: socket.getPeerCertificate().valid_to });
      socket.destroy();
    });
    socket.once("error", (error) => fail(tlsFailed(error)));
  });
}

function tlsFailed(error: NodeJS.ErrnoException): StepFailed {
  const { code = "", message } = error;
  if (/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)/.test(code)) {
    return new StepFailed(
      `this machine does not trust who signed the certificate (${code})`,
      "let Node trust it: NODE_EXTRA_CA_CERTS=ca.pem before the command; or take a certificate of a known authority",
    );
  }
  if (code === "CERT_HAS_EXPIRED") {
    return new StepFailed("the certificate has expired", "renew the certificate of the runtime");
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return new StepFailed(
      `the certificate is for another name: ${message}`,
      "use a name that stands in the certificate, or renew it for this one",
    );
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL")) {
    return new StepFailed(
      "what listens there does not speak TLS",
      "use ws:// instead of wss://, or another port",
    );
  }
  return new StepFailed(
    `the handshake of TLS failed: ${message}`,
    "look at what ends TLS there: the port, its certificate, the versions that it allows",
  );
}

function release(socket: Socket, signal: AbortSignal): void {
  signal.addEventListener("abort", () => socket.destroy(), { once: true });
}
