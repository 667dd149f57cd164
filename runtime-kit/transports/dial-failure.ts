/** Why a connection did not come about, in words: what the platform reports of TLS is for those who wrote it. */

interface DialError {
  readonly message: string;
  readonly code?: unknown;
  /** An answer that is no HTTP, where the platform tells it. */
  readonly rawPacket?: unknown;
}

/** The first byte of a TLS record: an alert, or a part of the handshake. */
const TLS_RECORD: ReadonlySet<unknown> = new Set([0x15, 0x16]);

/** What an error of dialling this URL means, and what to try; as it is where it is plain enough. */
export function dialFailure(url: string, error: DialError): string {
  return new URL(url).protocol === "wss:" ? secureFailure(error) : plainFailure(error);
}

function secureFailure({ code, message }: DialError): string {
  if (/wrong.version.number/i.test(message)) {
    return "what listens there does not speak TLS: try ws://, or another port";
  }
  if (code === "ECONNRESET") {
    return "it ended the connection before TLS was established: if it does not speak TLS, try ws://";
  }
  if (code !== "EPROTO" && !String(code).startsWith("ERR_SSL")) return message;
  const reason = /SSL routines:[^:]*:([^:\n]+)/.exec(message)?.[1];
  return `the handshake of TLS failed: ${reason ?? message.trim()}`;
}

function plainFailure({ code, message, rawPacket }: DialError): string {
  if (code === "ECONNRESET") {
    return "it ended the connection without an answer: if it speaks TLS, try wss://";
  }
  if (!String(code).startsWith("HPE_")) return message;
  if (rawPacket instanceof Uint8Array && TLS_RECORD.has(rawPacket[0])) {
    return "what listens there speaks TLS: try wss://";
  }
  return "what listens there does not speak HTTP: look at the port; if it speaks TLS, try wss://";
}
