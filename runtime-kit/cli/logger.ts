import { pino } from "pino";
import type { Logger } from "../wire/logger.js";
import type { Screen, Sink } from "./io.js";
import { clip, oneLine } from "./text.js";

/** What may be logged. Whatever else a line brings is left out, so that no secret slips in. */
const FIELDS = [
  "address",
  "agent",
  "attempt",
  "claim",
  "code",
  "delayMs",
  "error",
  "host",
  "job",
  "origin",
  "principal",
  "reason",
  "session",
  "status",
  "url",
] as const;

const LONGEST = 500;

/** The logger of `arcp serve`: lines for the person at a terminal, JSON for programs; of the same chosen fields. */
export function createLogger(
  err: Sink,
  { json, now = () => new Date() }: { readonly json: boolean; readonly now?: () => Date },
): Logger {
  if (json || !err.isTerminal) return createJsonLogger(err.screen);
  const tell = (level: string) => (fields: object, message: string) =>
    void err.line(`${now().toTimeString().slice(0, 8)} ${level} ${inWords(fields, message)}`);
  return { debug: nothing, info: tell("info "), warn: tell("warn "), error: tell("error") };
}

/** JSON lines, of chosen fields, free of line breaks and escape codes. */
function createJsonLogger(stream: Screen): Logger {
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return {
    debug: (fields, message) => log.debug(chosen(fields), message),
    info: (fields, message) => log.info(chosen(fields), message),
    warn: (fields, message) => log.warn(chosen(fields), message),
    error: (fields, message) => log.error(chosen(fields), message),
  };
}

/**
 * A logger that keeps what it is told until it is released: a store that cannot be used ends the command with a line of
 * its own, and what the runtime logs of it would be the same once more.
 */
export function heldLogger(logger: Logger): { readonly logger: Logger; release(): void } {
  let held: (() => void)[] | undefined = [];
  const pass = (level: keyof Logger) => (fields: object, message: string) => {
    if (held === undefined) logger[level](fields, message);
    else held.push(() => logger[level](fields, message));
  };
  const release = (): void => {
    const all = held ?? [];
    held = undefined;
    for (const say of all) say();
  };
  return {
    logger: { debug: pass("debug"), info: pass("info"), warn: pass("warn"), error: pass("error") },
    release,
  };
}

function chosen(fields: object): Record<string, unknown> {
  const all = fields as Readonly<Record<string, unknown>>;
  const kept: Record<string, unknown> = {};
  for (const name of FIELDS) keep(kept, name, all[name]);
  // An error's text, never the object: it may hold anything.
  if (all["err"] instanceof Error) keep(kept, "error", all["err"].message);
  return kept;
}

function keep(kept: Record<string, unknown>, name: string, value: unknown): void {
  if (typeof value === "string") kept[name] = clip(oneLine(value), LONGEST);
  else if (typeof value === "number" || typeof value === "boolean") kept[name] = value;
}

/** The logger of `arcp dev`: what a person at a terminal has to know, a line each. */
export function createLineLogger(err: Sink): Logger {
  const tell = (fields: object, message: string): void =>
    void err.line(`arcp: ${inWords(fields, message)}`);
  return { debug: nothing, info: nothing, warn: tell, error: tell };
}

const nothing = (): void => undefined;

/** Chosen fields and their message as one line. */
function inWords(fields: object, message: string): string {
  const { error, ...rest } = chosen(fields);
  const facts = Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`);
  const where = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
  return `${oneLine(message)}${where}${error === undefined ? "" : `: ${String(error)}`}`;
}
