/** Keeps the standard output of this process for messages. §4.2 */
import process from "node:process";
import { Writable } from "node:stream";

/** The standard output, taken away from everybody else. */
export interface ClaimedStdout {
  /** What is written here, and nothing else, goes to the standard output. */
  readonly output: Writable;
  /** Gives it back. */
  release(): void;
}

/**
 * From now on what this process writes to `process.stdout`, as `console.log` does, goes to the standard error
 * (TRN-12). Loggers that are made afterwards and open the descriptor of `process.stdout` by themselves follow too.
 * Out of reach: whoever writes to descriptor 1 by its number, and children that inherit it.
 */
export function claimStdout(): ClaimedStdout {
  const { stdout, stderr } = process;
  const { write, fd } = stdout;
  const output = new Writable({
    decodeStrings: false,
    write(data: string, _encoding, done) {
      stdout.fd = fd; // where it is a file, Node looks here at each write
      write.call(stdout, data, "utf8", done);
      stdout.fd = stderr.fd as typeof fd;
    },
  });
  // An error is told by the write that meets it; the stream itself would throw it at everybody.
  const ignore = (): void => undefined;
  stdout.on("error", ignore);
  stdout.write = stderr.write.bind(stderr) as typeof write;
  stdout.fd = stderr.fd as typeof fd;
  return {
    output,
    release() {
      stdout.write = write;
      stdout.fd = fd;
      stdout.off("error", ignore);
    },
  };
}
