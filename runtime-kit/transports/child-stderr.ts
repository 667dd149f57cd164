/** What a child says on its standard error: passed on, heard line by line, remembered a little. */
import type { Readable, Writable } from "node:stream";
import { printable } from "../wire/text.js";

/** How much of the last words is kept, in characters; a stack may stand behind what matters. */
const KEPT = 8 * 1024;

/** The longest line that is handed out in one piece, in characters. */
const LONGEST_LINE = 8 * 1024;

/** The end of what a child said. */
export class LastWords {
  #text = "";

  add(text: string): void {
    this.#text = `${this.#text}${text}`.slice(-KEPT);
  }

  /** The last lines that say something, quoted; nothing if there are none. Frames of a stack say nothing. */
  told(): string {
    const lines = this.#text
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => /[\p{L}\p{N}]/u.test(line) && !/^at |^Node\.js v\d/.test(line));
    if (lines.length === 0) return "";
    return `; its last words: ${printable(lines.slice(-2).join(" / "), 300)}`;
  }
}

/** Writes everything on, as fast as it is taken. */
export function passOn(from: Readable, to: Writable): void {
  from.on("data", (text: string) => {
    if (to.write(text)) return;
    from.pause();
    to.once("drain", () => from.resume());
  });
}

/** Calls back with each line; one that is too long comes in pieces. */
export function hearLines(from: Readable, heard: (line: string) => void): void {
  const say = (line: string): void => {
    for (let at = 0; at === 0 || at < line.length; at += LONGEST_LINE) {
      heard(line.slice(at, at + LONGEST_LINE));
    }
  };
  let begun = "";
  from.on("data", (text: string) => {
    const lines = `${begun}${text}`.split(/\r?\n/);
    begun = lines.pop() ?? "";
    lines.forEach(say);
    if (begun.length < LONGEST_LINE) return;
    say(begun);
    begun = "";
  });
  from.on("end", () => {
    if (begun !== "") say(begun);
  });
}
