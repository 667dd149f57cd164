/** What the clients of an episode share: where the process is, who still plays, and the history that all write. */
import { clock } from "./history.js";
import type { AgentNote, Entry, History, Principal } from "./history.js";

type Happened<T = Entry> = T extends Entry ? Omit<T, "at" | "cycle"> : never;

/** One database with its processes, one after the other, and the clients around them. */
export class World {
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

  record(happened: Happened): void {
    this.entries.push({ at: clock(), cycle: this.cycle, ...happened } as Entry);
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
  /** Jobs that were accepted in it. */
  readonly jobs: Set<string>;
  /** Jobs whose terminal was received in it. */
  readonly ended: Set<string>;
}
