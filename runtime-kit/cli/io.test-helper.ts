import { Readable, Writable } from "node:stream";
import { main } from "./program.js";
import type { EndSignal, Io, Screen } from "./io.js";

/** A command under test, with everything that it wrote. */
export interface Run {
  readonly exit: Promise<number>;
  stdout(): string;
  stderr(): string;
  /** Both outputs, in the order in which they were written. */
  screen(): string;
  /** The records of the standard output. */
  records(): Record<string, unknown>[];
  /** Resolves when the outputs together match. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  signal(signal?: EndSignal): void;
  /** Nobody reads the standard output any more. */
  breakPipe(): void;
  /** From now on writing to the standard output fails for want of space. */
  fillDisc(): void;
  /** Something failed and nobody caught it. */
  stray(thrown: unknown): void;
  /** How many listeners for signals and for stray failures are left. */
  listening(): number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Readable;
  /** Whether both outputs are terminals. */
  readonly terminal?: boolean;
}

/** Runs `arcp` in this process. */
export function arcp(argv: readonly string[], options: RunOptions = {}): Run {
  const listeners = new Set<(signal: EndSignal) => void>();
  const strays = new Set<(thrown: unknown) => void>();
  const waiting = new Set<() => void>();
  let screen = "";
  const changed = (text: string): void => {
    screen += text;
    waiting.forEach((look) => look());
  };
  const stdout = capture(options.terminal === true, changed);
  const stderr = capture(options.terminal === true, changed);
  const io: Io = {
    stdout: stdout.screen,
    stderr: stderr.screen,
    stdin:
      options.stdin instanceof Readable
        ? options.stdin
        : Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    env: options.env ?? {},
    onSignal(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    // The process that runs the tests is never idle.
    onIdle: () => () => undefined,
    onStray(listener) {
      strays.add(listener);
      return () => void strays.delete(listener);
    },
  };
  return {
    exit: main(argv, io),
    stdout: stdout.text,
    stderr: stderr.text,
    screen: () => screen,
    records: () =>
      stdout
        .text()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    seen: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = pattern.exec(`${stdout.text()}\n${stderr.text()}`);
          if (found === null) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    signal: (signal = "SIGINT") => [...listeners].forEach((listener) => listener(signal)),
    breakPipe: () =>
      void stdout.screen.destroy(Object.assign(new Error("EPIPE"), { code: "EPIPE" })),
    fillDisc: stdout.fill,
    stray: (thrown) => strays.forEach((listener) => listener(thrown)),
    listening: () => listeners.size + strays.size,
  };
}

/** Runs a command that ends by itself. */
export async function arcpDone(argv: readonly string[], options: RunOptions = {}) {
  const run = arcp(argv, options);
  const exit = await run.exit;
  const [stdout, stderr, screen] = [run.stdout(), run.stderr(), run.screen()];
  return { exit, stdout, stderr, screen, records: run.records };
}

function capture(
  terminal: boolean,
  changed: (text: string) => void,
): { screen: Screen; text: () => string; fill: () => void } {
  const pieces: Buffer[] = [];
  let full = false;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (full) {
        const text = "ENOSPC: no space left on device, write";
        return done(Object.assign(new Error(text), { code: "ENOSPC" }));
      }
      pieces.push(chunk);
      done();
      changed(chunk.toString());
    },
  });
  const screen = Object.assign(stream, terminal ? { isTTY: true, columns: 100 } : {});
  const fill = (): void => void (full = true);
  return { screen, fill, text: () => Buffer.concat(pieces).toString("utf8") };
}
