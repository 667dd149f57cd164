/** Sends hostile inputs, each on a connection of its own, and says what was answered. */
import { filled, type Hostile, type Names } from "./cases.js";
import type { Heard, Wire } from "./wire.js";

/** How long a runtime may take for an answer before it counts as none, in milliseconds. */
const DEADLINE_MS = 6_000;

/** Opens a connection for a case; `head` stands in the place of an upgrade. */
export type Open = (head?: string | Buffer) => Promise<Wire>;

/** What the runtime answered, in the words of the vectors. */
export async function attempt(one: Hostile, open: Open, names: Names): Promise<string> {
  const parts = one.send.map((sent) => filled(sent, names));
  if (one.at === "upgrade") {
    const wire = await open(Buffer.concat(parts.map((part) => Buffer.from(part))));
    try {
      return heard(await within(wire.next()));
    } finally {
      await wire.end();
    }
  }
  const wire = await open();
  try {
    if (one.at === "hello") return await inHello(one, wire, names);
    const session = await welcomed(wire, names);
    const all = { ...names, ...session };
    for (const sent of one.send) say(wire, filled(sent, all));
    return await inSession(wire);
  } finally {
    await wire.end();
  }
}

async function inHello(one: Hostile, wire: Wire, names: Names): Promise<string> {
  for (const sent of one.send) say(wire, filled(sent, names));
  const first = await within(wire.next());
  if (!("message" in first)) return heard(first);
  const said = answerOf(first.message);
  // What refuses before there is a session also ends the connection.
  if (first.message["type"] !== "session.error") return said;
  const then = await within(wire.next());
  return "closed" in then ? said : `${said}, and stays`;
}

/** Until the answer, or until the goodbye, which comes after whatever else was to be said (CLOSE-02). */
async function inSession(wire: Wire): Promise<string> {
  wire.text(JSON.stringify({ arcp: "1.1", id: "fence", type: "session.close", payload: {} }));
  let said: string | undefined;
  for (;;) {
    const next = await within(wire.next());
    if (!("message" in next)) return said === undefined ? heard(next) : `${said}, and closes`;
    if (next.message["type"] === "session.closed") return said ?? "ignored";
    said ??= answerOf(next.message);
  }
}

/** Says hello with the token; gives what a case may name of the session. */
export async function welcomed(wire: Wire, { token = "" }: Names): Promise<Names> {
  const client = { name: "hostile", version: "1" };
  const features = ["heartbeat", "ack", "list_jobs", "agent_versions", "subscribe", "progress"];
  features.push("lease_expires_at", "cost.budget", "model.use", "result_chunk");
  const payload = { client, auth: { scheme: "bearer", token }, capabilities: { features } };
  wire.text(JSON.stringify({ arcp: "1.1", id: "h", type: "session.hello", payload }));
  const first = await within(wire.next());
  if (!("message" in first) || first.message["type"] !== "session.welcome") {
    throw new Error(`no welcome: ${JSON.stringify(first)}`);
  }
  const { session_id: session, payload: said } = first.message;
  const { resume_token: resume } = said as Record<string, unknown>;
  return { session: String(session), resume: String(resume) };
}

function say(wire: Wire, sent: string | Buffer): void {
  if (typeof sent === "string") wire.text(sent);
  else wire.bytes(sent);
}

function answerOf({ type, payload }: Readonly<Record<string, unknown>>): string {
  if (type !== "session.error") return String(type);
  return String((payload as Record<string, unknown>)["code"]);
}

function heard(said: Heard): string {
  if ("message" in said) return answerOf(said.message);
  return said.closed < 1000 ? String(said.closed) : `closed ${said.closed}`;
}

/** Rejects where the runtime takes too long. */
export async function within<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), DEADLINE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
