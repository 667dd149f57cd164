/** What the clients live on: the time, and sockets. The torture has the real ones, the simulation has its own. */
export interface Machine {
  /** Milliseconds that only grow, and that all processes share. */
  clock(): number;
  /** Calls `callback` once, after `ms` milliseconds. Returns what cancels it. */
  timer(ms: number, callback: () => void): () => void;
  /** Opens a socket; `undefined` where nobody answers, as when the process is being killed. */
  dial(address: string, heard: Heard): Promise<Socket | undefined>;
}

/** What a socket tells: only once it is open. */
export interface Heard {
  message(text: string): void;
  closed(code: number): void;
}

/** An open socket. */
export interface Socket {
  /** Whether what is sent may still arrive. */
  readonly open: boolean;
  send(text: string): void;
  /** Ends it without a word. */
  terminate(): void;
}

/** Lets time pass. */
export function pause(machine: Pick<Machine, "timer">, ms: number): Promise<void> {
  return new Promise((resolve) => void machine.timer(ms, resolve));
}
