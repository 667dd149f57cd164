/** A runtime that knows just enough to test the suite itself: it says hello, answers pings, and what a test adds. */
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { Body } from "../mutants/mutant.js";
import { atUrl, type Target } from "./target.js";

/** How a fake runtime answers; what it does not name is answered well. */
export interface Script {
  readonly features?: readonly string[];
  readonly agents?: readonly unknown[];
  /** Answers in the place of the usual; `undefined` leaves it to the usual. */
  readonly answer?: (message: Body, socket: WebSocket) => Body[] | undefined;
}

/** Starts one; `stop` ends it. */
export async function fakeRuntime(script: Script = {}) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  let count = 0;
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as Body;
      for (const reply of script.answer?.(message, socket) ?? usual(message, script)) {
        const id = `msg_${count++}`;
        socket.send(JSON.stringify({ arcp: "1.1", id, session_id: "sess_1", ...reply }));
      }
    });
  });
  const { port } = server.address() as AddressInfo;
  const target = {
    ...atUrl(`ws://127.0.0.1:${port}/arcp`),
    token: "secret-token",
    timeScale: 0.05,
    seed: "test",
  } satisfies Target;
  return {
    target,
    stop: async () => {
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function usual({ type, id, payload }: Body, script: Script): Body[] {
  switch (type) {
    case "session.hello":
      return [welcome(script)];
    case "session.ping":
      return [{ type: "session.pong", payload: { ping_nonce: payload.nonce, received_at: now() } }];
    case "session.list_jobs":
      return [{ type: "session.jobs", payload: { request_id: id, jobs: [], next_cursor: null } }];
    default: {
      const error = { code: "AGENT_NOT_AVAILABLE", message: "no", retryable: false };
      return [{ type: "session.error", payload: { ...error, request_id: id } }];
    }
  }
}

function welcome({ features = ["heartbeat"], agents = [] }: Script): Body {
  const payload = {
    runtime: { name: "fake", version: "1" },
    resume_token: "rt_secret",
    resume_window_sec: 1,
    capabilities: { encodings: ["json"], features, agents },
  };
  return { type: "session.welcome", payload };
}

function now(): string {
  return new Date(0).toISOString();
}
