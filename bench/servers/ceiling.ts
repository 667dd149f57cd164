/**
 * The ceiling: a server that does nothing but `ws` and JSON. It says what a runtime says, builds each frame with
 * `JSON.stringify`, sends one by one, keeps nothing that it need not, and checks nothing at all.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { message, paced, piecesOf, turn } from "../work.js";
import type { Work } from "../work.js";
import { answer, jobs, start } from "./answers.js";

/** Sent in one turn before others get theirs, and unsent before it waits. */
const FRAMES_A_TURN = 256;
const MOST_BUFFERED = 1024 * 1024;

interface Session {
  readonly id: string;
  socket: WebSocket;
  seq: number;
  /** What a backlog keeps for who resumes. */
  readonly log: { readonly type: string; readonly job: string; readonly payload: object }[];
}

interface Frame {
  readonly id: string;
  readonly type: string;
  readonly job_id?: string;
  readonly payload: Work & { readonly resume?: { readonly session_id: string } };
}

/** Who looks on at a job. */
const audiences = new Map<string, Session[]>();
const sessions = new Map<string, Session>();
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
let made = 0;

function newId(prefix: string): string {
  made += 1;
  return `${prefix}_01JABCDEFGHJKMNP${made.toString(32).toUpperCase().padStart(10, "0")}`;
}

function frameOf(session: Session, type: string, job: string | undefined, payload: object) {
  const numbered = type === "job.event" || type === "job.result";
  return JSON.stringify({
    arcp: "1.1",
    id: newId("msg"),
    type,
    session_id: session.id,
    ...(job === undefined ? {} : { trace_id: TRACE, job_id: job }),
    ...(numbered ? { event_seq: (session.seq += 1) } : {}),
    payload,
  });
}

function eventOf(job: string, kind: string, body: object): object {
  return { job_id: job, kind, ts: new Date().toISOString(), body };
}

const logged = (index: number) => ({ level: "info", message: message(index) });

/** Sends, and lets others have their turn; waits where the socket is full. */
async function send({ socket }: Session, frame: string, count: number): Promise<void> {
  if (socket.bufferedAmount > MOST_BUFFERED) {
    await new Promise((resolve) => socket.send(frame, resolve));
    return;
  }
  socket.send(frame);
  if (count % FRAMES_A_TURN === 0) await new Promise(setImmediate);
}

async function work(session: Session, job: string, { agent, input }: Work): Promise<void> {
  switch (agent) {
    case "events":
      for (let at = 0; at < input.count; at += 1) {
        await send(
          session,
          frameOf(session, "job.event", job, eventOf(job, "log", logged(at))),
          at,
        );
      }
      return;
    case "gated":
      await start.passed();
      for (let at = 0; at < input.count; at += 1) {
        const payload = eventOf(job, "log", logged(at));
        for (const [to, one] of [session, ...(audiences.get(job) ?? [])].entries()) {
          await send(one, frameOf(one, "job.event", job, payload), to);
        }
        if (!input.burst) await turn();
      }
      return;
    case "backlog":
      for (let at = 0; at < input.count; at += 1) {
        const payload = eventOf(job, "log", logged(at));
        session.log.push({ type: "job.event", job, payload });
      }
      return;
    case "stream": {
      let next = 0;
      for (const data of piecesOf(input.bytes)) {
        const body = {
          result_id: `res_${job}`,
          chunk_seq: next,
          data,
          encoding: "utf8",
          more: true,
        };
        next += 1;
        const payload = eventOf(job, "result_chunk", body);
        await send(session, frameOf(session, "job.event", job, payload), next);
      }
      return;
    }
    case "paced":
      await paced(input, (at) =>
        session.socket.send(frameOf(session, "job.event", job, eventOf(job, "log", logged(at)))),
      );
      return;
    case "echo":
  }
}

function subscribe(session: Session, { id, job_id: job = "" }: Frame): void {
  audiences.set(job, [...(audiences.get(job) ?? []), session]);
  const subscribed = {
    job_id: job,
    request_id: id,
    current_status: "running",
    agent: "gated@1.0.0",
    lease: {},
    trace_id: TRACE,
    subscribed_from: 0,
    replayed: false,
  };
  session.socket.send(frameOf(session, "job.subscribed", job, subscribed));
}

async function submit(session: Session, { id, payload }: Frame): Promise<void> {
  const job = newId("job");
  const accepted = {
    job_id: job,
    request_id: id,
    agent: `${payload.agent}@1.0.0`,
    lease: {},
    accepted_at: new Date().toISOString(),
    trace_id: TRACE,
  };
  session.socket.send(frameOf(session, "job.accepted", job, accepted));
  await work(session, job, payload);
  const result = {
    job_id: job,
    final_status: "success",
    completed_at: new Date().toISOString(),
    result: payload.agent === "echo" ? payload.input : null,
  };
  if (payload.agent === "backlog") session.log.push({ type: "job.result", job, payload: result });
  else {
    for (const one of [session, ...(audiences.get(job) ?? [])]) {
      one.socket.send(frameOf(one, "job.result", job, result));
    }
  }
  jobs.ended += 1;
}

function open(socket: WebSocket, { payload }: Frame): Session {
  const known = sessions.get(payload.resume?.session_id ?? "");
  const session = known ?? { id: newId("sess"), socket, seq: 0, log: [] };
  session.socket = socket;
  sessions.set(session.id, session);
  const welcome = {
    runtime: { name: "ceiling", version: "1.0.0" },
    resume_token: randomUUID(),
    resume_window_sec: 600,
    heartbeat_interval_sec: 30,
    capabilities: { encodings: ["json"], features: ["progress", "result_chunk"] },
  };
  socket.send(frameOf(session, "session.welcome", undefined, welcome));
  if (known !== undefined) void replay(session);
  return session;
}

async function replay(session: Session): Promise<void> {
  session.seq = 0;
  for (const [at, { type, job, payload }] of session.log.entries()) {
    if (session.socket.readyState !== session.socket.OPEN) return;
    await send(session, frameOf(session, type, job, payload), at);
  }
}

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("connection", (socket) => {
  let session: Session | undefined;
  socket.on("message", (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Frame;
    if (session === undefined) session = open(socket, frame);
    else if (frame.type === "job.submit") void submit(session, frame);
    else if (frame.type === "job.subscribe") subscribe(session, frame);
  });
});
await once(server, "listening");

const sample: Session = { id: newId("sess"), socket: undefined as never, seq: 0, log: [] };
const job = newId("job");
answer(
  `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
  frameOf(sample, "job.event", job, eventOf(job, "log", logged(1))),
  (text) => JSON.parse(text) as unknown,
  async () => void server.close(),
);
