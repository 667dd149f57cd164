import type { WsTransportOptions } from "../transports/ws.js";
import { aBoolean, aNumber, aString, anArray, anObject, checkOptions } from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import type { AttachOptions, ServeOptions } from "./node.js";

const ATTACH: Checks<AttachOptions> = {
  path: aString,
  allowedHosts: ['an array of names, such as ["app.example.com"]', anArray[1]],
  allowedOrigins: ['an array of origins, such as ["https://example.com"]', anArray[1]],
  maxConnections: aNumber,
  maxFrameBytes: aNumber,
  behindTls: aBoolean,
  transport: anObject,
  logger: anObject,
};

const SERVE: Checks<ServeOptions> = {
  ...ATTACH,
  host: aString,
  // Node takes any other text for the name of a socket in the file system.
  port: [
    "a whole number from 0 to 65535",
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535,
  ],
  tls: anObject,
  allowInsecureRemote: aBoolean,
  requestTimeoutMs: aNumber,
};

const TRANSPORT: Checks<WsTransportOptions> = {
  mark: aNumber,
  readMark: aNumber,
  closeTimeoutMs: aNumber,
};

/** Throws a `TypeError` for options of `attach` that are none, or have another shape. */
export function checkAttach(options: AttachOptions): void {
  checkHost("attach", options, ATTACH);
}

/** The same for options of `serve`. */
export function checkServe(options: ServeOptions): void {
  checkHost("serve", options, SERVE);
}

function checkHost<Options extends AttachOptions>(
  whose: string,
  options: Options,
  checks: Checks<Options>,
): void {
  checkOptions(whose, options, checks);
  if (options.transport !== undefined) {
    checkOptions(`${whose}: transport`, options.transport, TRANSPORT);
  }
}
