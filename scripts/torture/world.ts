/** What the clients of an episode share: where the process is, who still plays, and the history that all write. */
import { isTerminal } from "./history.js";
import type { AgentNote, Entry, History, Message, Principal } from "./history.js";
import type { Machine } from "./machine.js";

type Happened<T = Entry> = T extends Entry ? Omit<T, "at" | "cycle"> : never;

/** One database with its processes, one after the other, and the clients around them. */
export class World {
  readonly machine: Machine;
  /** What an agent is asked for at most, whatever the client had in mind. */
  readonly longest: number;
  readonly entries: Entry[] = [];
  /** Requests that were sent and not answered, by connection and id. */
  readonly unanswered = new Set<string>();
  /** Sessions by their id, for the reading of the end and for those who try what is not theirs. */
  readonly sessions = new Map<string, SessionTicket>();
  /** Jobs that were accepted, for those who are not their owners. */
  readonly jobs: string[] = [];
  /** Connections that are open. */
  readonly lines = new Set<{ drop(): void }>();
  cycle = 0;
  /** True once the clients have to come to an end. */
  over = false;
  #connections = 0;
  #address: string | undefined;
  #waiting: (() => void)[] = [];

  constructor(machine: Machine, longest = Infinity) {
    this.machine = machine;
    this.longest = longest;
  }

  record(happened: Happened): void {
    const { cycle } = this;
    this.entries.push({ at: this.machine.clock(), cycle, ...happened } as Entry);
  }

  nextConnection(): number {
    return (this.#connections += 1);
  }

  /** The address of the process, once there is one; `undefined` when the clients have to end. */
  async address(): Promise<string | undefined> {
    while (this.#address === undefined && !this.over) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.over ? undefined : this.#address;
  }

  moved(address: string | undefined): void {
    this.#address = address;
    this.wake();
  }

  /** Sends the clients home, in the middle of whatever they do. */
  end(): void {
    this.over = true;
    for (const line of this.lines) line.drop();
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /**
   * Keeps what a session's welcome says, at once: what comes behind it may come in the same turn. Gives the session
   * that the connection belongs to from now on.
   */
  welcomed({ session_id: id, payload }: Message, principal: Principal): SessionTicket | undefined {
    if (id === undefined) return undefined;
    const token = String(payload["resume_token"]);
    const known = this.sessions.get(id);
    if (known === undefined) {
      const ticket: SessionTicket = {
        ...{ id, principal, token, used: [], last: 0 },
        ...{ jobs: new Set(), ended: new Set() },
      };
      this.sessions.set(id, ticket);
      return ticket;
    }
    known.used.push(known.token);
    known.token = token;
    return known;
  }

  /** Keeps what a session was sent. */
  took(ticket: SessionTicket, message: Message): void {
    if (message.event_seq === ticket.last + 1) ticket.last += 1;
    if (isTerminal(message)) ticket.ended.add(message.job_id!);
    // Whoever was away when a job was accepted hears of it by what it says, or by its parent.
    if (message.event_seq !== undefined) ticket.jobs.add(message.job_id!);
    const { child_job_id: child } = (message.payload["body"] ?? {}) as { child_job_id?: string };
    // Who looks on is not given what its job delegates.
    const looksOn = message.payload["origin_seq"] !== undefined;
    if (child !== undefined && !looksOn) ticket.jobs.add(child);
    if (message.type === "job.subscribed") ticket.jobs.add(message.job_id!);
    if (message.type !== "job.accepted") return;
    ticket.jobs.add(message.job_id!);
    if (ticket.principal === "owner") this.jobs.push(message.job_id!);
  }

  history(notes: readonly AgentNote[]): History {
    return { entries: this.entries, notes };
  }
}

/** What it takes to go on with a session. */
export interface SessionTicket {
  readonly id: string;
  readonly principal: Principal;
  /** The newest token that was received. */
  token: string;
  /** Tokens before it, oldest first. */
  readonly used: string[];
  /** The last number that was received in order. */
  last: number;
  /** Jobs that were accepted in it, or that it subscribed to. */
  readonly jobs: Set<string>;
  /** Jobs whose terminal was received in it. */
  readonly ended: Set<string>;
}
