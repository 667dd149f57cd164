/** A client's connection that writes down every frame, and knows no more of the protocol than to say hello. */
import type { Message, Principal } from "./history.js";
import type { Socket } from "./machine.js";
import { TOKENS } from "./tokens.js";
import type { SessionTicket, World } from "./world.js";

/** What every session here has, so that any connection can go on with it. */
export const FEATURES = [
  "ack",
  "result_chunk",
  "progress",
  "list_jobs",
  "heartbeat",
  "cost.budget",
  "lease_expires_at",
  "subscribe",
] as const;

/** Who is at this end, and how it is seen. */
export interface Who {
  readonly client: string;
  readonly principal: Principal;
  readonly audit?: boolean;
}

/** An open connection. */
export class Line {
  readonly #world: World;
  #socket: Socket | undefined;
  readonly #number: number;
  readonly #who: Who;
  readonly #listeners = new Set<() => void>();
  readonly #answers = new Map<string, Message>();
  /** Numbered messages that were received. */
  events = 0;
  #welcome: Message | undefined;
  /** The session that it was welcomed to. */
  ticket: SessionTicket | undefined;
  open = false;
  #ids = 0;

  private constructor(world: World, number: number, who: Who) {
    this.#world = world;
    this.#number = number;
    this.#who = who;
  }

  /** Connects to the process that there is now; `undefined` if that fails, as when it is being killed. */
  static async connect(world: World, address: string, who: Who): Promise<Line | undefined> {
    const number = world.nextConnection();
    const line = new Line(world, number, who);
    line.#socket = await world.machine.dial(address, {
      message: (text) => line.#take(text),
      closed: (code) => line.#closed(code),
    });
    if (line.#socket === undefined) return undefined;
    line.open = true;
    world.lines.add(line);
    world.record({ do: "open", connection: number, audit: false, ...who });
    return line;
  }

  /** Sends a message and gives its id. Over a connection that is gone nothing is sent. */
  send(type: string, payload: object): string {
    const id = `m${this.#number}_${(this.#ids += 1)}`;
    const session = this.ticket === undefined ? {} : { session_id: this.ticket.id };
    const text = JSON.stringify({ arcp: "1.1", id, type, ...session, payload });
    if (this.#socket?.open !== true) return id;
    if (type === "job.submit" || type === "job.cancel") this.#world.unanswered.add(id);
    this.#world.record({ do: "sent", connection: this.#number, text });
    this.#socket.send(text);
    return id;
  }

  /** Says hello; gives the welcome, or what came instead. */
  async hello(principal: Principal, resume?: object): Promise<Message | undefined> {
    const id = this.send("session.hello", {
      client: { name: "torture", version: "1" },
      auth: { scheme: "bearer", token: TOKENS[principal] },
      capabilities: { features: FEATURES },
      ...(resume === undefined ? {} : { resume }),
    });
    return this.#kept(() => this.#welcome ?? this.#answers.get(id));
  }

  /** The answer to a request; `undefined` if the connection ends before. */
  answer(id: string): Promise<Message | undefined> {
    return this.#kept(() => this.#answers.get(id));
  }

  /** Resolves when the session has received the terminal of a job, or when the connection is over. */
  async terminal(job: string): Promise<void> {
    while (this.open && this.ticket?.ended.has(job) === false) await this.changed();
  }

  async #kept(get: () => Message | undefined): Promise<Message | undefined> {
    while (get() === undefined && this.open) await this.changed();
    return get();
  }

  /** Resolves when something came, or when it is over. */
  changed(): Promise<void> {
    if (!this.open) return Promise.resolve();
    return new Promise((resolve) => {
      const heard = () => {
        this.#listeners.delete(heard);
        resolve();
      };
      this.#listeners.add(heard);
    });
  }

  /** Ends it without a word. */
  drop(): void {
    this.#socket?.terminate();
  }

  #take(text: string): void {
    this.#world.record({ do: "received", connection: this.#number, text });
    const message = JSON.parse(text) as Message;
    const { request_id: answered } = message.payload;
    if (typeof answered === "string") {
      this.#world.unanswered.delete(answered);
      this.#answers.set(answered, message);
    }
    if (message.event_seq !== undefined) this.events += 1;
    if (message.type === "session.ping") {
      this.send("session.pong", { ping_nonce: message.payload["nonce"] });
    }
    if (message.type === "session.welcome") {
      this.#welcome = message;
      this.ticket = this.#world.welcomed(message, this.#who.principal);
    }
    if (this.ticket !== undefined) this.#world.took(this.ticket, message);
    for (const heard of [...this.#listeners]) heard();
  }

  #closed(code: number): void {
    if (!this.open) return;
    this.open = false;
    this.#world.lines.delete(this);
    for (const id of [...this.#world.unanswered]) {
      if (id.startsWith(`m${this.#number}_`)) this.#world.unanswered.delete(id);
    }
    this.#world.record({ do: "close", connection: this.#number, code });
    for (const heard of [...this.#listeners]) heard();
  }
}
