/** `arcp/client`: the client for browsers, and for whatever else has a WebSocket of its own. */
import { ArcpError, ConnectionError } from "../wire/errors.js";
import { dialWebSocket } from "../transports/websocket.js";
import { connectWith } from "./connect.js";
import type { Connect } from "./connect.js";

export { keptInLocalStorage } from "../keepers/local-storage.js";
export type { KeptPlace, SessionKeeper } from "../keepers/port.js";
export { connectWith } from "./connect.js";
export type { Connect } from "./connect.js";
export { Client } from "./client.js";
export type { ClosedClient, SessionInfo } from "./client.js";
export { Job } from "./job.js";
export type { Accepted, Cancelled } from "./job.js";
export type { ReceivedEvent, VendorEvent } from "./job-event.js";
export type {
  BufferOptions,
  ClientListeners,
  ConnectOptions,
  JobsFilter,
  ReconnectOptions,
  SubmitOptions,
  Target,
  TokenSource,
  WatchOptions,
} from "./options.js";
export type { Gap } from "../sessions/client-state.js";
export { ArcpError, ConnectionError };
export type { ConnectionFailure } from "../wire/errors.js";
export type { LeaseRequest, VendorNamespace } from "../wire/lease-request.js";

/** `connect` over the WebSocket of the platform; where there is none, `arcp` brings its own. */
export const connect: Connect = /* @__PURE__ */ connectWith((url) => {
  if (!("WebSocket" in globalThis)) {
    const text = "there is no WebSocket here: in Node before 22, import connect from `arcp`";
    throw new ConnectionError("UNREACHABLE", text);
  }
  return dialWebSocket(url);
});
