/** What is asked of every server alike, so that all of them build the same frames. */

/** Jobs that a server of the benchmark runs, by the name of their agent. */
export type Work =
  /** `count` events, as fast as they are taken; the frame of each has 370 bytes. */
  | { readonly agent: "events"; readonly input: { readonly count: number } }
  /** The same, kept for who resumes. */
  | { readonly agent: "backlog"; readonly input: { readonly count: number } }
  /** The same once its server is told to go on: in a burst, or one in a turn of the event loop. */
  | { readonly agent: "gated"; readonly input: { readonly count: number; readonly burst: boolean } }
  /** A small result, at once. */
  | { readonly agent: "echo"; readonly input: { readonly text: string } }
  /** A streamed result of text, in pieces of `PIECE` bytes. */
  | { readonly agent: "stream"; readonly input: { readonly bytes: number } }
  /** `rate` events a second for that many seconds, whatever becomes of them. */
  | {
      readonly agent: "paced";
      readonly input: { readonly rate: number; readonly seconds: number };
    };

/** The same as a server reads it. */
export type Inputs = { readonly [W in Work as W["agent"]]: W["input"] };

/** Bytes in a piece of a streamed result: a chunk of the draft. */
export const PIECE = 256 * 1024;

/** What a server is asked beside its socket. */
export type Question =
  /** The memory of its process after a collection, in bytes. */
  | { readonly ask: "memory" }
  /** Begins to watch its main loop. */
  | { readonly ask: "watch" }
  /** The p99 and the longest delay since then, in milliseconds. */
  | { readonly ask: "delays" }
  /** The CPU time that its process has used, all threads together, in seconds. */
  | { readonly ask: "cpu" }
  /** Lets the jobs that wait for it go on. */
  | { readonly ask: "go" }
  /** How many jobs have ended. */
  | { readonly ask: "ended" }
  /** What it costs to read the frame of one event, in nanoseconds. */
  | { readonly ask: "read" };

/** What a server answers, in the same order. */
export type Answers = readonly number[];

/** What jobs wait at until they are told to go on. */
export function gate(): { readonly passed: () => Promise<void>; readonly open: () => void } {
  let waiting: (() => void)[] = [];
  return {
    passed: () => new Promise((resolve) => waiting.push(resolve)),
    open() {
      for (const pass of waiting) pass();
      waiting = [];
    },
  };
}

/** A turn of the event loop, in which what was sent goes out. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The text of an event's message; what differs from event to event is its number. */
export function message(index: number): string {
  return `m ${String(index).padStart(8, "0")}`;
}

/** The pieces of a streamed result. */
export function* piecesOf(bytes: number): Generator<string> {
  const piece = "a line of a text, as results have them: sixty-four bytes of it.\n".repeat(
    PIECE / 64,
  );
  for (let left = bytes; left > 0; left -= PIECE) yield piece.slice(0, Math.min(left, PIECE));
}

/** Calls `emit` so often that it keeps the pace; resolves when the time is over. */
export function paced(
  { rate, seconds }: Inputs["paced"],
  emit: (index: number) => void,
): Promise<number> {
  const began = performance.now();
  let index = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const elapsed = Math.min((performance.now() - began) / 1000, seconds);
      for (const due = Math.floor(elapsed * rate); index < due; index += 1) emit(index);
      if (elapsed < seconds) return;
      clearInterval(timer);
      resolve(index);
    }, 5);
  });
}
