/** Mutants of the lines on stdio. §4.2 */
import type { Mutant } from "./mutant.js";

const lineEnd = Buffer.from("\n");

const written = (line: Buffer, change: (line: Buffer) => Buffer | string) =>
  Buffer.concat([Buffer.from(change(line)), lineEnd]);

const isEvent = (line: Buffer) => line.includes('"type":"job.event"');

/** Mutants of section 4.2. */
export const lineMutants: readonly Mutant[] = [
  {
    name: "lines-broken",
    about: "writes one message over several lines",
    lines: {
      write: (line) =>
        written(line, () =>
          isEvent(line) ? JSON.stringify(JSON.parse(String(line)), null, 1) : line,
        ),
    },
  },
  {
    name: "two-on-one-line",
    about: "writes two messages on one line",
    lines: {
      write: (line) => written(line, () => (isEvent(line) ? Buffer.concat([line, line]) : line)),
    },
  },
  {
    name: "lines-in-latin-1",
    about: "writes lines in an encoding of its own",
    lines: { write: (line) => written(line, () => Buffer.from(String(line), "latin1")) },
  },
  {
    name: "prints-on-output",
    about: "lets what an agent prints onto the standard output",
    textToClient: (text, { type, payload }) =>
      type === "job.event" && payload["body"]?.["message"] === "printed"
        ? `reading 3 files …\n${text}`
        : text,
  },
  {
    name: "greets",
    about: "greets on the standard output",
    textToClient: (text, { type }) => (type === "session.welcome" ? `ready\n${text}` : text),
  },
  {
    name: "blank-lines-refused",
    about: "takes a blank line for a message",
    lines: { readLine: (line) => (String(line).trim() === "" ? Buffer.from("nothing") : line) },
  },
  {
    name: "carriage-returns-refused",
    about: "takes a carriage return for a part of the message",
    lines: {
      readLine: (line) => (line.at(-1) === 0x0d ? Buffer.from(`${String(line)}\\r`) : line),
    },
  },
  {
    name: "takes-any-length",
    about: "reads lines of any length",
    lines: {
      readLine: (line) =>
        line.length > 1_000_000 ? Buffer.from(String(line).replace(/x{1000,}/, "")) : line,
    },
  },
  {
    name: "reads-any-bytes",
    about: "makes something of bytes that are no UTF-8",
    lines: { readLine: (line) => Buffer.from(String(line)) },
  },
  {
    name: "last-line-counts",
    about: "takes what was cut off for a message",
    lines: { endsLastLine: true },
  },
  {
    name: "deaf-to-the-end",
    about: "does not notice that its input has ended",
    lines: { deafToEnd: true },
  },
  {
    name: "decodes-piece-by-piece",
    about: "decodes each piece of its input by itself",
    lines: { read: (bytes) => Buffer.from(String(bytes)) },
  },
  {
    name: "one-read-one-message",
    about: "takes each piece of its input for one message",
    lines: {
      read: (bytes) => {
        const end = bytes.indexOf(0x0a);
        return end < 0 ? bytes : bytes.subarray(0, end + 1);
      },
    },
  },
];
