/** What lies between the suite and a runtime, whatever carries the messages: what a mutant does to each of them. */
import { isRecord } from "../peer/message.js";
import { jobOf, type Link, type Message, type Reaction, type Shared } from "./mutant.js";

/** The memory of one mutant, before anything has happened. */
export function newShared(): Shared {
  return {
    links: new Set(),
    welcomes: new Map(),
    jobs: new Map(),
    auths: new Map(),
    memory: new Map(),
    restarted: false,
  };
}

/** Sends on what a mutant left of a message; untouched messages go on as the bytes that they were. */
export function pass(
  text: string,
  message: Message,
  reaction: Reaction,
  forward: (message: Message, original?: string) => void,
): void {
  if (reaction === false) return;
  if (reaction !== undefined) {
    for (const each of reaction) forward(each);
    return;
  }
  try {
    const same = JSON.stringify(message) === JSON.stringify(JSON.parse(text));
    forward(message, same ? text : undefined);
  } catch {
    // Too deep to be written again: it goes on as it was.
    forward(message, text);
  }
}

/** Reads a text as a message; `undefined` for what is none, or too deep to be copied. */
export function readMessage(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || typeof value["type"] !== "string") return undefined;
    // What is too deep to be copied is passed on as it is, too.
    structuredClone(value);
    return isRecord(value["payload"]) ? (value as Message) : undefined;
  } catch {
    return undefined;
  }
}

/** A connection of which nothing is known yet. */
export function newLink(
  shared: Shared,
  query: string,
  doors: Pick<Link, "toClient" | "toServer" | "closeClient">,
): Link {
  return {
    shared,
    query,
    hello: undefined,
    sessionId: undefined,
    get resumed() {
      return this.hello?.payload["resume"] !== undefined || this.hello?.type === "session.resume";
    },
    get offered() {
      const features: unknown = this.hello?.payload["capabilities"]?.["features"];
      return Array.isArray(features) ? [...features] : [];
    },
    requests: new Map(),
    jobs: new Set(),
    memory: new Map(),
    ...doors,
  };
}

/** Remembers what the client said, as far as mutants ask for it. */
export function noteFromClient(link: Link, message: Message): void {
  if (typeof message["id"] === "string") link.requests.set(message["id"], structuredClone(message));
  if (message.type === "session.hello" || message.type === "session.resume") {
    link.hello ??= structuredClone(message);
  }
}

/** Remembers what the runtime said, as far as mutants ask for it. */
export function noteFromRuntime(link: Link, message: Message): void {
  const { shared } = link;
  if (message.type === "session.welcome") {
    link.sessionId = String(message["session_id"] ?? message.payload["session_id"]);
    shared.welcomes.set(link.sessionId, structuredClone(message));
    shared.auths.set(link.sessionId, link.hello?.payload["auth"]);
  }
  if (message.type === "job.accepted") {
    link.jobs.add(jobOf(message));
    const accepted = structuredClone(message);
    const { first = accepted } = shared.jobs.get(jobOf(message)) ?? {};
    shared.jobs.set(jobOf(message), { first, accepted, link });
  }
}
