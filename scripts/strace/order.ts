/** Reads a trace of system calls: was each message on a socket flushed to the disc before it was written there? G1, G2 */

/** What a trace shows. */
export interface Verdict {
  /** Acceptances, events and terminals that were written to sockets. */
  readonly frames: number;
  /** Flushes of SQLite's log. */
  readonly flushes: number;
  /** Those that were not on the disc by then, in words. */
  readonly early: readonly string[];
}

const CALL = /^(\d+) +(\w+)\(\d+<([^>]*)>(.*)$/;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>.*= (\S+)/;

/**
 * `trace` is the output of `strace -f -y` for writes and flushes, with strings whole. `marks` gives what of a text has
 * to be durable: for the text of a socket write, and for that of a write to the log, in the same words.
 */
export function judge(trace: string, marks: Marks): Verdict {
  /** In the log, and not flushed. */
  let written = new Set<string>();
  const durable = new Set<string>();
  /** What a flush that has begun will have made durable, by thread. */
  const flushing = new Map<string, Set<string>>();
  const early: string[] = [];
  let [frames, flushes] = [0, 0];

  const flushed = (what: Set<string>): void => {
    for (const mark of what) durable.add(mark);
    flushes += 1;
  };

  for (const [at, line] of trace.split("\n").entries()) {
    const [, resumer = "", resumed, answer] = RESUMED.exec(line) ?? [];
    const pending = flushing.get(resumer);
    if (pending !== undefined && isFlush(resumed)) {
      flushing.delete(resumer);
      if (answer === "0") flushed(pending);
      continue;
    }
    const [, thread = "", call, file = "", rest = ""] = CALL.exec(line) ?? [];
    if (file.endsWith("-wal")) {
      if (isFlush(call)) {
        const what = written;
        written = new Set();
        if (rest.endsWith("<unfinished ...>")) flushing.set(thread, what);
        else if (rest.endsWith("= 0")) flushed(what);
      } else {
        for (const mark of marks.inLog(rest)) written.add(mark);
      }
    } else if (/^(socket|TCP)/.test(file)) {
      for (const mark of marks.onWire(rest)) {
        frames += 1;
        if (!durable.has(mark)) early.push(`line ${at + 1}: ${mark}`);
      }
    }
  }
  return { frames, flushes, early };
}

function isFlush(call: string | undefined): boolean {
  return call === "fsync" || call === "fdatasync";
}

/** How messages are known again in the arguments of a system call, as strace prints them. */
export interface Marks {
  inLog(text: string): readonly string[];
  onWire(text: string): readonly string[];
}

const JOB = /job_[0-9A-Z]{26}/g;
/** What the agent says, and what it returns. */
const WORDS = /torn\.\d+ (?:\d+ \d+|end)/g;
const ACCEPTED = /\\"type\\":\\"job\.accepted\\".*?(job_[0-9A-Z]{26})/g;

/** For the agent of this room. */
export const ofAgent: Marks = {
  inLog: (text) => [...(text.match(JOB) ?? []), ...(text.match(WORDS) ?? [])],
  onWire: (text) => [
    ...Array.from(text.matchAll(ACCEPTED), ([, job = ""]) => job),
    ...(text.match(WORDS) ?? []),
  ],
};
