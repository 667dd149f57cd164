/** A reader by hand: a client of this package would not stop so completely. */
import { WebSocket } from "ws";
import type { Flood } from "./agents.js";

/** A session's connection that receives the numbered messages of one job. */
export interface Reader {
  /** Stops to read, and does not even read what has come. */
  stop(): void;
  /** Reads on, until the job's end; resolves with how many messages of it there were. Rejects if one is not the next. */
  readOn(): Promise<number>;
  /** Cuts the connection, and resumes on a new one after the last message that was read. */
  resume(): Promise<void>;
  end(): void;
}

interface Message {
  readonly type: string;
  readonly event_seq?: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Connects, and submits a flood under a key: whoever repeats the key receives the same job. */
export async function openReader(url: string, input: Flood, key: string): Promise<Reader> {
  let socket: WebSocket;
  let session: { readonly id: unknown; readonly token: unknown } | undefined;
  let last = 0;
  let sent = 0;
  let wrong: Error | undefined;
  let over = false;
  let told = 0;
  let heard = (_message: Message): void => {};
  let failed = (_error: Error): void => {};

  function send(type: string, payload: object): void {
    socket.send(JSON.stringify({ arcp: "1.1", id: `m${(sent += 1)}`, type, payload }));
  }

  /** Of a million frames the numbers are looked at, not everything that is in them. */
  function take(text: string): void {
    const head = text.slice(0, 512);
    const seq = /"event_seq":(\d+)/.exec(head)?.[1];
    if (seq !== undefined) number(Number(seq));
    // What the runtime says of this very reader is none of the job's events.
    if (head.includes('"phase":"back_pressure"')) told += 1;
    over ||= head.includes('"type":"job.result"');
    if (seq === undefined || over) heard(JSON.parse(text) as Message);
  }

  function number(seq: number): void {
    if (seq !== last + 1) wrong ??= new Error(`event ${seq} came after event ${last}`);
    last = seq;
    if (wrong !== undefined) failed(wrong);
  }

  function until(type: string): Promise<Message> {
    return new Promise((resolve, reject) => {
      failed = reject;
      heard = (message) => {
        if (message.type === type) resolve(message);
        else if (message.type.endsWith(".error")) reject(new Error(JSON.stringify(message)));
      };
    });
  }

  async function connect(resume?: object): Promise<void> {
    socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", (error) => failed(error));
    socket.on("close", (code) => failed(new Error(`the runtime closed the connection: ${code}`)));
    socket.on("message", (data: Buffer) => take(data.toString()));
    await new Promise((resolve) => socket.once("open", resolve));
    const welcome = until("session.welcome");
    send("session.hello", {
      client: { name: "reader", version: "1" },
      auth: { scheme: "bearer", token: "reader" },
      capabilities: { features: ["ack"] },
      ...(resume === undefined ? {} : { resume }),
    });
    const { payload } = await welcome;
    session = { id: payload["session_id"], token: payload["resume_token"] };
  }

  /** What the network still holds for it is heard no more. */
  function cut(): void {
    socket.removeAllListeners().on("error", () => undefined);
    socket.terminate();
  }

  await connect();
  const accepted = until("job.accepted");
  send("job.submit", { agent: "flood", input, idempotency_key: key });
  await accepted;

  return {
    stop: () => socket.pause(),
    async readOn() {
      const ended = over || wrong !== undefined ? undefined : until("job.result");
      socket.resume();
      await ended;
      if (wrong !== undefined) throw wrong;
      return last - told;
    },
    async resume() {
      cut();
      await connect({
        session_id: session?.id,
        resume_token: session?.token,
        last_event_seq: last,
      });
    },
    end: cut,
  };
}
