/**
 * The client of every server: `ws`, `JSON.parse` and nothing else, so that what differs is the server. It reads
 * all that comes.
 */
import { once } from "node:events";
import { WebSocket } from "ws";
import type { Work } from "./work.js";

/** A frame, as far as the benchmark looks at it. */
export interface Frame {
  readonly type: string;
  readonly session_id: string;
  readonly job_id?: string;
  readonly event_seq?: number;
  readonly payload: {
    readonly request_id?: string;
    readonly resume_token?: string;
    readonly message?: string;
    readonly body?: { readonly data?: string };
  };
}

const RESULT = Buffer.from('"type":"job.result"');

/** Looks at each frame that comes, until it returns true. */
type Look = (frame: Frame) => boolean;

/** What a session is resumed with. */
export interface Ticket {
  readonly session: string;
  readonly token: string;
}

/** A welcomed client. */
export interface Client {
  readonly ticket: Ticket;
  submit(work: Work): void;
  subscribe(job: string): void;
  /** Counts the events until the next result; where very many are read, none of them is looked at further. */
  count(): Promise<number>;
  /** Resolves once `look` returned true. Rejects if the runtime reports an error, or the connection ends before. */
  until(look: Look): Promise<void>;
  /** Ends the connection without a word. */
  drop(): Promise<void>;
}

interface Options {
  /** The bearer token, which is the principal too. */
  readonly token?: string;
  readonly features?: readonly string[];
  readonly resume?: Ticket;
  /** Looks from the first frame on: what is replayed may share a read with the welcome. */
  readonly look?: Look;
}

/** Connects; resolves with the welcome, or once `look` returned true. */
export async function connect(url: string, options: Options = {}): Promise<Client> {
  const { token = "bench", features = ["progress", "result_chunk"], resume, look } = options;
  const socket = new WebSocket(url, { perMessageDeflate: false });
  let looking: Look = () => false;
  let settle = { done: (): void => undefined, failed: (_: Error): void => undefined };
  const until = (look: Look): Promise<void> =>
    new Promise((done, failed) => {
      looking = look;
      settle = { done, failed };
    });
  let counting: ((count: number) => void) | undefined;
  let counted = 0;
  socket.on("message", (data: Buffer) => {
    if (counting !== undefined) {
      counted += 1;
      if (data.indexOf(RESULT) === -1) return;
      counting(counted - 1);
      counting = undefined;
      return;
    }
    const frame = JSON.parse(data.toString()) as Frame;
    if (frame.type === "session.error" || frame.type === "job.error") {
      settle.failed(new Error(`${frame.type}: ${frame.payload.message}`));
    } else if (looking(frame)) {
      looking = () => false;
      settle.done();
    }
  });
  socket.on("error", (error) => settle.failed(error));
  socket.on("close", (code) => settle.failed(new Error(`the connection ended with ${code}`)));
  await once(socket, "open");

  let ids = 0;
  const send = (type: string, payload: object, job?: string): void => {
    const id = `msg_01JABCDEFGHJKMNP${String((ids += 1)).padStart(10, "0")}`;
    const of = job === undefined ? {} : { job_id: job };
    socket.send(JSON.stringify({ arcp: "1.1", id, type, ...of, payload }));
  };
  let ticket: Ticket | undefined;
  const looked = until((frame) => {
    if (ticket !== undefined) return look?.(frame) === true;
    ticket = { session: frame.session_id, token: frame.payload.resume_token ?? "" };
    return look === undefined;
  });
  send("session.hello", {
    client: { name: "bench", version: "1.0.0" },
    auth: { scheme: "bearer", token },
    capabilities: { encodings: ["json"], features },
    ...(resume === undefined
      ? {}
      : { resume: { session_id: resume.session, resume_token: resume.token, last_event_seq: 0 } }),
  });
  await looked;
  if (ticket === undefined) throw new Error("unreachable: nothing is looked at before the welcome");
  return {
    ticket,
    until,
    submit: (work) => send("job.submit", work),
    subscribe: (job) => send("job.subscribe", { job_id: job }, job),
    count: () =>
      new Promise((resolve) => {
        counted = 0;
        counting = resolve;
      }),
    async drop() {
      const closed = once(socket, "close");
      socket.terminate();
      await closed;
    },
  };
}
