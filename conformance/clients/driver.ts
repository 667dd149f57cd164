/** The client under test: what it is asked to do, what it answers, and what it tells its program. See client.md. */
import { CheckFailed, HarnessError } from "../peer/faults.js";
import type { WireLog } from "../peer/log.js";
import { isRecord } from "../peer/message.js";
import { maxLine, type Link, type StartDriver } from "./link.js";

/** What a driver may be asked. Those of `everyVerb` every driver knows. */
export type Verb =
  | ("connect" | "submit" | "resume" | "sync" | "close")
  | ("cancel" | "list" | "subscribe" | "unsubscribe");

/** The verbs without which nothing can be tested. */
export const everyVerb: readonly Verb[] = ["connect", "submit", "resume", "sync", "close"];

/** Anything with names. */
export type Loose = Readonly<Record<string, unknown>>;

/** What a call came to. */
export type Reply = { readonly ok: Loose } | { readonly error: Loose };

interface NewsLine {
  readonly news: "event" | "end" | "gap" | "lost" | "closed";
  readonly [member: string]: unknown;
}

/** What the client told its program, in the order in which it did. */
export interface News extends NewsLine {
  readonly index: number;
}

/** How a driver presents itself. */
export interface Introduction {
  readonly client: string;
  readonly verbs: readonly string[];
}

interface Waiter {
  readonly look: () => boolean;
  readonly fail: (error: Error) => void;
}

/** How long a call or a wait for news lasts when nobody says otherwise, in milliseconds before scaling. */
const defaultWait = 8000;

/** How much a driver may write while it serves one check, in characters: all of it is kept. */
const maxWritten = 32 * 1024 * 1024;

/** One driver, from its start to its end. */
export class Driver {
  /** All that was told so far. */
  readonly news: News[] = [];
  /** All that it wrote, on both its outputs. */
  readonly written: string[] = [];
  introduction: Introduction | undefined;
  /** Rejects when it has ended, or has written what is not of the protocol; until then it waits. */
  readonly broken: Promise<never>;
  #break: (error: Error) => void = () => undefined;
  readonly #link: Link;
  readonly #log: WireLog;
  readonly #scale: (ms: number) => number;
  readonly #replies = new Map<number, Reply>();
  readonly #waiters = new Set<Waiter>();
  #calls = 0;
  #characters = 0;
  #gone: Error | undefined;

  constructor(start: StartDriver, context: { log: WireLog; scale: (ms: number) => number }) {
    this.broken = handled(new Promise((_, reject) => (this.#break = reject)));
    this.#log = context.log;
    this.#scale = context.scale;
    this.#link = start({
      line: (text) => this.#hear(text),
      aside: (text) => {
        if (this.#keep(text)) this.#log.add("driver", "*", text);
      },
      overlong: () =>
        this.#fail(new HarnessError(`the driver wrote a line of more than ${maxLine / 1024} KiB`)),
      end: (how) => this.#fail(new CheckFailed(`the driver ${how}`)),
    });
  }

  /** Waits for its first line. Rejects with `HarnessError` if there is none: then nothing can be said of the client. */
  async ready(): Promise<Introduction> {
    try {
      await this.#wait(() => this.introduction !== undefined, "first line of the driver", 20_000);
    } catch (error) {
      throw new HarnessError(error instanceof Error ? error.message : String(error));
    }
    return this.introduction!;
  }

  /** Asks for something, and resolves with what it came to. */
  call(verb: Verb, args: Loose = {}, within = defaultWait): Promise<Reply> {
    const n = ++this.#calls;
    const line = JSON.stringify({ n, do: verb, ...args });
    this.#log.add("driver", ">", line);
    this.#link.send(line);
    const done = this.#wait(() => this.#replies.has(n), `answer to ${verb}`, within);
    return handled(done.then(() => this.#replies.get(n)!));
  }

  /** Asks for something that must succeed. */
  ask(verb: Verb, args: Loose = {}): Promise<Loose> {
    const ok = this.call(verb, args).then((reply) => {
      if ("ok" in reply) return reply.ok;
      throw new CheckFailed(`${verb} failed: ${JSON.stringify(reply.error)}`);
    });
    return handled(ok);
  }

  /** Waits until the client has told its program something, also if it has already. */
  told(
    test: (news: News) => boolean,
    options: { readonly what: string; readonly within?: number },
  ): Promise<News> {
    const { what, within = defaultWait } = options;
    const find = () => this.news.find(test);
    const done = this.#wait(() => find() !== undefined, what, within);
    return handled(done.then(() => find()!));
  }

  /** Everything that it was asked before has begun, and what it had to tell before is told. */
  async sync(): Promise<void> {
    await this.ask("sync");
  }

  /** Ends the process. */
  stop(): Promise<void> {
    return this.#link.stop();
  }

  /** Whether there is room for it, and anybody left to read it. */
  #keep(text: string): boolean {
    if (this.#gone !== undefined) return false;
    this.#characters += text.length;
    if (this.#characters > maxWritten) {
      const words = `the driver wrote more than ${maxWritten / 1024 / 1024} MiB`;
      this.#fail(new HarnessError(words));
      return false;
    }
    this.written.push(text);
    return true;
  }

  #hear(text: string): void {
    if (!this.#keep(text)) return;
    this.#log.add("driver", "<", text);
    const line = readLine(text);
    if (line === undefined) {
      this.#fail(
        new HarnessError(`the driver wrote what is no JSON object: ${text.slice(0, 200)}`),
      );
    } else if (this.introduction === undefined && !isIntroduction(line)) {
      this.#fail(
        new HarnessError(`the first line is not that of client.md: ${text.slice(0, 200)}`),
      );
    } else if (isNews(line)) {
      this.news.push({ ...line, index: this.news.length });
    } else if (typeof line["n"] === "number" && (isRecord(line["ok"]) || isRecord(line["error"]))) {
      this.#replies.set(line["n"], line as unknown as Reply);
    } else if (isIntroduction(line)) {
      this.introduction = { client: line.client, verbs: line.verbs.map(String) };
    } else {
      this.#fail(new HarnessError(`no line of the protocol in client.md: ${text.slice(0, 200)}`));
    }
    for (const waiter of this.#waiters) waiter.look();
  }

  #fail(error: Error): void {
    this.#gone ??= error;
    this.#break(this.#gone);
    for (const waiter of this.#waiters) waiter.fail(this.#gone);
    // Nothing that it could still say counts; and who floods us is not read on.
    void this.#link.stop();
  }

  #wait(test: () => boolean, what: string, within: number): Promise<void> {
    if (test()) return Promise.resolve();
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      const ms = this.#scale(within);
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        look: () => test() && (done(), resolve(), true),
        fail: (error) => (done(), reject(error)),
      };
      const late = () =>
        waiter.fail(new CheckFailed(`no ${what} within ${Math.round(ms)} ms`, true));
      const timer = setTimeout(late, ms);
      this.#waiters.add(waiter);
    });
  }
}

/** Somebody may await it later, or nobody, since the check has failed before: its failure is no stray. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function readLine(text: string): Loose | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isIntroduction(line: Loose): line is Loose & { client: string; verbs: unknown[] } {
  return typeof line["client"] === "string" && Array.isArray(line["verbs"]);
}

const kinds: readonly unknown[] = ["event", "end", "gap", "lost", "closed"];

function isNews(line: Loose): line is NewsLine {
  return kinds.includes(line["news"]);
}
