/** How the suite talks with a driver: lines both ways. See client.md. */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** A driver that was started. */
export interface Link {
  send(line: string): void;
  /** Ends it at once, whatever it is doing. */
  stop(): Promise<void>;
}

/** What a driver does, as the suite hears it. */
export interface Ear {
  line(text: string): void;
  /** What it wrote beside the protocol, for people. */
  aside(text: string): void;
  /** It has written a line longer than `maxLine`; of what follows nothing is heard. */
  overlong(): void;
  /** It is gone; `how` in words. */
  end(how: string): void;
}

/** The longest line of a driver, in characters: a frame, which is what a line tells of, is no longer. */
export const maxLine = 1024 * 1024;

/** Starts one driver. */
export type StartDriver = (ear: Ear) => Link;

/** A driver that is a command: its standard input and output are the lines, its standard error is for people. */
export function commandDriver(command: string, args: readonly string[]): StartDriver {
  return (ear) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    const gone = new Promise<void>((resolve) => {
      child.once("error", (error) => (ear.end(`cannot start: ${error.message}`), resolve()));
      // `close` comes after the last line, `exit` need not.
      child.once("close", (code, signal) => (ear.end(`ended with ${code ?? signal}`), resolve()));
    });
    eachLine(
      child.stdout,
      (text) => ear.line(text),
      () => ear.overlong(),
    );
    eachLine(
      child.stderr,
      (text) => ear.aside(text),
      () => ear.aside("(a line without an end)"),
    );
    // Who writes to a process that has just ended is told by its end.
    child.stdin.on("error", () => undefined);
    return {
      send: (line) => void child.stdin.write(`${line}\n`),
      stop: () => {
        child.kill("SIGKILL");
        // What it started may have inherited its outputs, and must not keep us here by writing on.
        child.stdout.destroy();
        child.stderr.destroy();
        return gone;
      },
    };
  };
}

/** Hears each line of a stream; `node:readline` would keep a line without an end until there is no memory left. */
function eachLine(stream: Readable, line: (text: string) => void, overlong: () => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (bytes: Buffer) => {
    const lines = (rest + decoder.write(bytes)).split("\n");
    rest = lines.pop()!;
    for (const text of lines) line(text.replace(/\r$/, ""));
    if (rest.length <= maxLine) return;
    rest = "";
    stream.destroy();
    overlong();
  });
  stream.on("end", () => {
    if (rest !== "") line(rest);
  });
}
