/** How the suite talks with a driver: lines both ways. See client.md. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

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
  /** It is gone; `how` in words. */
  end(how: string): void;
}

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
    createInterface({ input: child.stdout }).on("line", (text) => ear.line(text));
    createInterface({ input: child.stderr }).on("line", (text) => ear.aside(text));
    // Who writes to a process that has just ended is told by its end.
    child.stdin.on("error", () => undefined);
    return {
      send: (line) => void child.stdin.write(`${line}\n`),
      stop: () => (child.kill("SIGKILL"), gone),
    };
  };
}
