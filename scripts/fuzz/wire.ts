/** Frames, lines and messages, against slower opinions. */
import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { DRAFT } from "../../generated/current/constants.js";
import { LineSplitter } from "../../runtime-kit/transports/lines.js";
import { writeTextFrames } from "../../runtime-kit/transports/ws-frames.js";
import { decode } from "../../runtime-kit/wire/decode.js";
import type { Decoded } from "../../runtime-kit/wire/decode.js";
import type { Random } from "../torture/random.js";
import { slowDepth, slowFrames, slowLines } from "./slow.js";
import { some, target } from "./target.js";
import type { Target } from "./target.js";

/** Messages as the draft has them, good ones and bad ones, to be spoilt. */
const FIXTURES = ["valid", "invalid", "future"].flatMap((name) => {
  const file = new URL(`../../generated/draft-${DRAFT}/fixtures/${name}.json`, import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: { value: unknown }[] };
  return cases.map(({ value }) => JSON.stringify(value));
});

const SPOILS = [
  "{",
  "}",
  "[",
  "]",
  '"',
  ",",
  ":",
  "null",
  "1e999",
  "-1",
  "9007199254740993",
  "__proto__",
  "\\u0000",
  "\\ud800",
  "\0",
  "[".repeat(70),
  "]".repeat(70),
  '{"a":'.repeat(66),
  " ",
  "\u2028",
  "constructor",
  "true",
  "0.1e-7",
];

function spoilt(random: Random): string {
  let text = random.pick(FIXTURES);
  if (random.chance(20)) {
    const levels = random.between(55, 70);
    const deep = "[".repeat(levels) + "]".repeat(levels);
    text = text.replace(
      /(?<="payload":\{)/,
      `"deep":${deep}${text.includes('"payload":{}') ? "" : ","}`,
    );
  }
  for (let left = random.between(0, 3); left > 0; left -= 1) {
    const at = random.between(0, text.length);
    const kept = random.chance(50) ? at : at + random.between(0, 20);
    text = text.slice(0, at) + (random.chance(70) ? random.pick(SPOILS) : "") + text.slice(kept);
  }
  return text;
}

/** The deepest that a frame may be. §5.3 */
const DEPTH = 64;

const messages = target({
  name: "decode",
  make: (random) => [spoilt(random)],
  subject: (text: string): Decoded => decode(text),
  check(read, [text = ""]) {
    const said = read(text);
    const value = parsed(text);
    if (!said.ok) return faultOf(said.fault, value);
    if (value === undefined) return "it is not JSON, and was taken";
    if (slowDepth(value) > DEPTH) return "it is too deep, and was taken";
    const { id, type } = value as Record<string, unknown>;
    if (typeof id !== "string" || id === "" || [...id].length > 128) return "its id is none";
    if (typeof type !== "string" || said.message.type !== type) return "its type is another one";
    return Object.getPrototypeOf(said.message) === Object.prototype
      ? undefined
      : "its prototype is another";
  },
  bugs: {
    "depth that nobody counts": (text) => decode(text, { maxDepth: 1000 }),
    "an id that is mended": (text) => decode(text.replace(/"id":\s*(-?\d|null|"")/, '"id":"x$1')),
    "comments that are taken": (text) => decode(text.replace(/,\s*}/g, "}")),
  },
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A fault is short, can be sent, and has no id but that of the frame. */
function faultOf(
  fault: Extract<Decoded, { ok: false }>["fault"],
  value: unknown,
): string | undefined {
  if (fault.code !== "INVALID_REQUEST") return `its fault is ${fault.code}`;
  if (fault.message.length > 1000) return "its fault is long";
  // eslint-disable-next-line no-control-regex -- none of them may be there
  if (/[\0-\x1f\x7f]/.test(fault.message)) return "its fault holds control characters";
  JSON.stringify(fault.details);
  const id =
    typeof value === "object" && value !== null ? (value as { id?: unknown }).id : undefined;
  const named = fault.requestId === undefined || value === undefined || fault.requestId === id;
  return named ? undefined : "its fault names another request";
}

/** What splits a stream into lines. */
interface Splitter {
  push(bytes: Buffer, line: (text: string) => void): string | undefined;
}

const lines = target<() => Splitter>({
  name: "lines",
  // Each text is a piece as it arrives; their bytes are joined, and cut elsewhere.
  make(random) {
    const text = some(random, 20, [
      "a",
      "é",
      "😀",
      "\n",
      "\r",
      "\r\n",
      " ",
      "\t",
      "\ufeff",
      '{"a":1}',
      "\n\n",
      "ab",
    ]);
    return [text, String(random.between(1, 9))];
  },
  subject: () => new LineSplitter(1000),
  check(make, [text = "", size = "1"]) {
    const step = Math.max(1, Number(size) || 1);
    const bytes = Buffer.from(text);
    const heard: string[] = [];
    const splitter = make();
    for (let at = 0; at < bytes.length; at += step) {
      const fault = splitter.push(bytes.subarray(at, at + step), (line) => heard.push(line));
      if (fault !== undefined) return `a fault: ${fault}`;
    }
    const [said, is] = [JSON.stringify(heard), JSON.stringify(slowLines(bytes.toString()))];
    return said === is ? undefined : `it says ${said}, and it is ${is}`;
  },
  bugs: {
    "each piece decoded by itself": () => {
      let rest = "";
      return {
        push(bytes, line) {
          const all = (rest + bytes.toString()).split("\n");
          rest = all.pop()!;
          for (const one of all)
            if (/[^ \t\r]/.test(one)) line(one.replace(/\r$/, "").replace(/^\ufeff/, ""));
          return undefined;
        },
      };
    },
    "blank lines that are lines": () => {
      const inner = new LineSplitter(1000);
      return {
        push: (bytes, line) =>
          inner.push(
            Buffer.from(bytes.toString("latin1").replaceAll("\n\n", "\nx\n"), "latin1"),
            line,
          ),
      };
    },
  },
});

type Write = (socket: PassThrough, frames: readonly string[]) => void;

const frames = target<Write>({
  name: "frames",
  make(random) {
    const sizes = [0, 1, 125, 126, 127, 128, 255, 256, 32_767, 32_768, 32_769, 65_535, 65_536];
    const one = () => {
      const text = some(random, 6, ["a", "é", "😀", "\x7f", "\x80", "ÿ"]);
      return text + random.pick(["a", "a", "é"]).repeat(random.chance(30) ? random.pick(sizes) : 1);
    };
    return Array.from({ length: random.between(1, 6) }, one);
  },
  subject: (socket, texts) => writeTextFrames(socket, texts, () => {}),
  check(write, texts) {
    if (texts.length === 0) return undefined;
    const socket = new PassThrough({ highWaterMark: 2 ** 30 });
    write(socket, texts);
    const bytes = (socket.read() as Buffer | null) ?? Buffer.alloc(0);
    const heard = slowFrames(bytes);
    return JSON.stringify(heard) === JSON.stringify(texts)
      ? undefined
      : "what is heard is not what was said";
  },
  bugs: {
    "characters counted for bytes": (socket, texts) => {
      for (const text of texts) {
        if (text.length > 125) writeTextFrames(socket, [text], () => {});
        else socket.write(Buffer.concat([Buffer.of(0x81, text.length), Buffer.from(text)]));
      }
    },
    "lengths of 126 in one byte": (socket, texts) => {
      for (const text of texts) {
        const bytes = Buffer.from(text);
        if (bytes.length !== 126) writeTextFrames(socket, [text], () => {});
        else socket.write(Buffer.concat([Buffer.of(0x81, 126), bytes]));
      }
    },
  },
});

export const WIRE: readonly Target[] = [messages, lines, frames];
