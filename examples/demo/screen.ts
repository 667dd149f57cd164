/** What the demo prints: with colours and a moving line on a terminal, plain lines in a pipe. */
import colours from "picocolors";

/** How far something is, from 0 to 1, and what to say of it. */
interface Step {
  readonly done: number;
  readonly text: string;
}

/** Where the demo prints. */
export interface Screen {
  title(text: string): void;
  /** A fact, with its name before it. */
  fact(name: string, text: string): void;
  /** Something that went as it should. */
  good(text: string): void;
  /** Something that was meant to go wrong. */
  bad(text: string): void;
  text(text: string): void;
  /** Moves on a terminal; in a pipe there is a line at each quarter of the way. */
  progress(step: Step): void;
}

const BAR = 30;

/** Prints to the standard output. */
export function createScreen(out: NodeJS.WriteStream = process.stdout): Screen {
  const terminal = out.isTTY === true;
  let quarter = 0;
  let moving = "";

  function line(text: string): void {
    out.write(`${erase()}${text}\n`);
    if (moving !== "") out.write(moving);
  }

  function erase(): string {
    return moving === "" ? "" : "\r\u001b[2K";
  }

  function progress({ done, text }: Step): void {
    const filled = Math.round(done * BAR);
    const bar = `${"█".repeat(filled)}${"░".repeat(BAR - filled)}`;
    if (terminal) {
      const room = Math.max(0, (out.columns || 80) - BAR - 6);
      const next = `  ${colours.cyan(bar)}  ${fit(safe(text), room)}`;
      out.write(`${erase()}${next}`);
      moving = next;
    }
    if (terminal && done >= 1) {
      moving = "";
      out.write("\n");
    }
    const reached = Math.floor(done * 4);
    if (!terminal && reached > quarter) line(`  ${Math.round(done * 100)} %  ${safe(text)}`);
    quarter = Math.max(quarter, reached);
  }

  return {
    title: (text) => line(`\n${colours.bold(text)}`),
    fact: (name, text) => line(`  ${colours.dim(name.padEnd(11))} ${safe(text)}`),
    good: (text) => line(`  ${colours.green("✓")} ${safe(text)}`),
    bad: (text) => line(`  ${colours.yellow("✗")} ${safe(text)}`),
    text: (text) => line(safe(text)),
    progress,
  };
}

/** File names may hold anything, and a terminal obeys. */
function safe(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what it is about
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "?");
}

function fit(text: string, width: number): string {
  return text.length <= width ? text : text.slice(0, width);
}

/** 12345 as 12,345. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
