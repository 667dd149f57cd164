/** Reads a trace of system calls: was each message on a socket flushed to the disc before it was written there? G1, G2 */

/** What a trace shows. */
export interface Verdict {
  /** Acceptances, events and terminals that were written to sockets. */
  readonly frames: number;
  /** Flushes of SQLite's log, and of the files beside it. */
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
  const durable = new Set<string>();
  /** Written, and not flushed. What is large is in a file beside, and counts with the next flush of the log. */
  const wal = { written: new Set<string>(), then: durable };
  const spool = { written: new Set<string>(), then: wal.written };
  /** A flush that has begun, by thread. */
  const flushing = new Map<string, () => void>();
  const early: string[] = [];
  let [frames, flushes] = [0, 0];

  /** Takes what is written by now; what is returned is to be called once that is on the disc. */
  const flush = ({ written, then }: typeof wal): (() => void) => {
    const what = [...written];
    written.clear();
    return () => {
      for (const mark of what) then.add(mark);
      flushes += 1;
    };
  };

  for (const [at, line] of trace.split("\n").entries()) {
    const [, resumer = "", resumed, answer] = RESUMED.exec(line) ?? [];
    const pending = flushing.get(resumer);
    if (pending !== undefined && isFlush(resumed)) {
      flushing.delete(resumer);
      if (answer === "0") pending();
      continue;
    }
    const [, thread = "", call, file = "", rest = ""] = CALL.exec(line) ?? [];
    const log = file.endsWith("-wal") ? wal : /-spool\/\d+$/.test(file) ? spool : undefined;
    if (log !== undefined) {
      if (isFlush(call)) {
        const done = flush(log);
        if (rest.endsWith("<unfinished ...>")) flushing.set(thread, done);
        else if (rest.endsWith("= 0")) done();
      } else {
        for (const mark of marks.inLog(rest)) log.written.add(mark);
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
const WORDS = /torn\.\d+ (?:\d+ \d+|end)\b/g;
const ACCEPTED = /\\"type\\":\\"job\.accepted\\".*?(job_[0-9A-Z]{26})/g;

/** For the agent of this room. */
export const ofAgent: Marks = {
  inLog: (text) => [...(text.match(JOB) ?? []), ...(text.match(WORDS) ?? [])],
  onWire: (text) => [
    ...Array.from(text.matchAll(ACCEPTED), ([, job = ""]) => job),
    ...(text.match(WORDS) ?? []),
  ],
};
