/** A short history with nothing wrong in it, and the tools to forge it. */
import type { AgentNote, Entry, History, Message, Principal } from "./history.js";

type Draft = { -readonly [Key in keyof Message]?: Message[Key] };

/** A history that can be changed. `find` and the others throw where there is nothing to change. */
export class Forgery implements History {
  entries: Entry[] = [];
  notes: AgentNote[] = [];
  #at = 0;
  cycle = 0;

  add(entry: object, before?: number): void {
    const whole = { at: (this.#at += 1), cycle: this.cycle, ...entry } as Entry;
    this.entries.splice(before ?? this.entries.length, 0, whole);
  }

  open(connection: number, client: string, principal: Principal = "owner"): void {
    this.add({ do: "open", connection, client, principal, audit: client === "auditor" });
  }

  sent(connection: number, id: string, type: string, payload: object): void {
    this.add({ do: "sent", connection, text: JSON.stringify({ id, type, payload }) });
  }

  got(connection: number, message: Draft, before?: number): void {
    const whole = { id: `m${this.#at}`, payload: {}, ...message };
    this.add({ do: "received", connection, text: JSON.stringify(whole) }, before);
  }

  note(what: AgentNote["do"], job: string, at = this.#at, cycle = this.cycle): void {
    this.notes.push({ do: what, job, at: at + 0.5, cycle });
  }

  /** The session's hello and its welcome. */
  session(connection: number, id: string, token: string, resume?: object): void {
    this.sent(
      connection,
      `h${connection}`,
      "session.hello",
      resume === undefined ? {} : { resume },
    );
    this.got(connection, {
      type: "session.welcome",
      session_id: id,
      payload: { resume_token: token },
    });
  }

  /** Places of the frames on a connection that are like this, the first of which has to be there. */
  places(connection: number, like: (message: Message) => boolean): number[] {
    const found = this.entries.flatMap((entry, place) =>
      "text" in entry &&
      "connection" in entry &&
      entry.connection === connection &&
      like(JSON.parse(entry.text) as Message)
        ? [place]
        : [],
    );
    if (found.length === 0) throw new Error(`there is no such frame on connection ${connection}`);
    return found;
  }

  drop(connection: number, like: (message: Message) => boolean): void {
    this.entries.splice(this.places(connection, like)[0]!, 1);
  }

  edit(connection: number, like: (message: Message) => boolean, change: Draft): void {
    const [place = 0] = this.places(connection, like);
    const entry = this.entries[place]!;
    if (!("text" in entry)) throw new Error("not a frame");
    const before = JSON.parse(entry.text) as Message;
    const payload = { ...before.payload, ...change.payload };
    this.entries[place] = { ...entry, text: JSON.stringify({ ...before, ...change, payload }) };
  }

  /** A further numbered message in session 1, delivered on connection 4 and read at the end. */
  late(message: Draft): void {
    for (const connection of [4, AUDITOR]) {
      const last = this.places(connection, ({ event_seq: seq }) => seq !== undefined).at(-1)!;
      this.got(connection, { event_seq: 12, id: "late", ...message }, last + 1);
    }
  }

  /** The same change to a numbered message of session 1, where it was delivered and where it was read at the end. */
  rewrite(seq: number, change: Draft): void {
    for (const connection of [seq <= 7 ? 1 : 2, AUDITOR]) {
      this.edit(connection, numbered(seq), change);
    }
  }
}

/** The connection on which session 1 is read at the end; those of the others follow. */
export const AUDITOR = 20;
/** The connection on which the owner's jobs are listed at the end. */
export const LISTER = 24;

export const numbered = (seq: number) => (message: Message) => message.event_seq === seq;
export const typed = (type: string) => (message: Message) => message.type === type;

export const said = (job: string, tag: string, cycle: number, at: number): Draft => ({
  id: `${job}.${cycle}.${at}`,
  type: "job.event",
  job_id: job,
  payload: { job_id: job, kind: "log", body: { message: `${tag} ${cycle} ${at}` } },
});

export const succeeded = (job: string, tag: string): Draft => ({
  id: `${job}.end`,
  type: "job.result",
  job_id: job,
  payload: { job_id: job, final_status: "success", result: { tag } },
});

export const failed = (job: string, code: string, status: string): Draft => ({
  id: `${job}.end`,
  type: "job.error",
  job_id: job,
  payload: { job_id: job, code, final_status: status },
});

export const accepted = (job: string, request: string): Draft => ({
  type: "job.accepted",
  job_id: job,
  payload: { job_id: job, request_id: request },
});

export const refusal = (code: string, request: string): Draft => ({
  type: "session.error",
  payload: { code, request_id: request },
});

export const work = (agent: string, tag: string, more: object = {}) => ({
  agent,
  input: { tag, count: 3 },
  ...more,
});

/**
 * Session 1 (connections 1, 2, 4) submits, cancels, and goes on after a kill; 2 and 3 share a key; 4 is the spy's. Then
 * each is read to its end, and the jobs of both principals are listed.
 */
export function healthy(): Forgery {
  const h = new Forgery();
  const log: Draft[] = [];
  const deliver = (connection: number, message: Draft) => {
    log.push({ event_seq: log.length + 1, ...message });
    h.got(connection, log.at(-1)!);
  };
  h.add({ do: "listening" });
  h.open(1, "submitter");
  h.session(1, "s1", "t1");
  h.sent(1, "a", "job.submit", work("burst", "a"));
  h.got(1, accepted("ja", "a"));
  h.note("start", "ja");
  for (const at of [0, 1, 2]) deliver(1, said("ja", "a", 0, at));
  deliver(1, succeeded("ja", "a"));
  h.sent(1, "w", "job.submit", work("worker", "w"));
  h.got(1, accepted("jw", "w"));
  h.note("start", "jw");
  h.note("effect", "jw");
  deliver(1, said("jw", "w", 0, 0));
  h.sent(1, "c", "job.cancel", { job_id: "jw" });
  h.got(1, { type: "job.cancelled", job_id: "jw", payload: { request_id: "c" } });
  deliver(1, failed("jw", "CANCELLED", "cancelled"));
  h.sent(1, "r", "job.submit", work("again", "r"));
  h.got(1, accepted("jr", "r"));
  h.note("start", "jr");
  deliver(1, said("jr", "r", 0, 0));
  h.sent(1, "l", "job.submit", work("burst", "l"));
  h.add({ do: "kill", open: 1 });
  h.add({ do: "close", connection: 1, code: 1006 });

  h.cycle = 1;
  h.add({ do: "listening" });
  h.open(2, "submitter");
  h.session(2, "s1", "t2", { session_id: "s1", resume_token: "t1", last_event_seq: 7 });
  h.note("start", "jr");
  deliver(2, said("jr", "r", 1, 0));
  deliver(2, succeeded("jr", "r"));
  h.note("start", "jl");
  deliver(2, said("jl", "l", 1, 0));
  deliver(2, succeeded("jl", "l"));
  h.open(3, "retrier");
  h.session(3, "s2", "u1");
  h.sent(3, "k1", "job.submit", work("burst", "k", { idempotency_key: "k" }));
  h.got(3, accepted("jk", "k1"));
  h.note("start", "jk");
  h.got(3, { event_seq: 1, ...succeeded("jk", "k") });
  h.open(4, "submitter");
  h.session(4, "s1", "t3", { session_id: "s1", resume_token: "t2", last_event_seq: 10 });
  h.got(4, log.at(-1)!);
  h.open(5, "submitter");
  h.sent(5, "h5", "session.hello", {
    resume: { session_id: "s1", resume_token: "t1", last_event_seq: 11 },
  });
  h.got(5, refusal("UNAUTHENTICATED", "h5"));
  h.open(6, "retrier");
  h.session(6, "s3", "v1");
  h.sent(6, "k2", "job.submit", work("burst", "k", { idempotency_key: "k" }));
  h.got(6, accepted("jk", "k2"));
  h.got(6, { event_seq: 1, ...succeeded("jk", "k") });
  h.sent(6, "k3", "job.submit", work("again", "k", { idempotency_key: "k" }));
  h.got(6, refusal("DUPLICATE_KEY", "k3"));
  h.open(7, "spy", "spy");
  h.session(7, "s4", "x1");
  h.sent(7, "s", "job.submit", work("burst", "s"));
  h.got(7, accepted("js", "s"));
  h.got(7, { event_seq: 1, ...succeeded("js", "s") });
  h.sent(7, "sc", "job.cancel", { job_id: "ja" });
  h.got(7, { ...refusal("JOB_NOT_FOUND", "sc"), job_id: "ja" });
  h.sent(7, "sl", "session.list_jobs", {});
  h.got(7, { type: "session.jobs", payload: { request_id: "sl", jobs: rows(["js"]) } });
  h.open(8, "spy", "spy");
  h.sent(8, "h8", "session.hello", {
    resume: { session_id: "s1", resume_token: "t3", last_event_seq: 0 },
  });
  h.got(8, refusal("UNAUTHENTICATED", "h8"));

  const ends: readonly (readonly [string, string, Principal, readonly Draft[]])[] = [
    ["s1", "t3", "owner", log],
    ["s2", "u1", "owner", [{ event_seq: 1, ...succeeded("jk", "k") }]],
    ["s3", "v1", "owner", [{ event_seq: 1, ...succeeded("jk", "k") }]],
    ["s4", "x1", "spy", [{ event_seq: 1, ...succeeded("js", "s") }]],
  ];
  for (const [at, [id, token, principal, frames]] of ends.entries()) {
    const connection = AUDITOR + at;
    h.open(connection, "auditor", principal);
    const resume = { session_id: id, resume_token: token, last_event_seq: 0 };
    h.session(connection, id, `${token}.end`, resume);
    for (const frame of frames) h.got(connection, frame);
  }
  const lists = { owner: ["ja", "jw", "jr", "jl", "jk"], spy: ["js"] };
  for (const [at, principal] of (["owner", "spy"] as const).entries()) {
    const connection = LISTER + at;
    h.open(connection, "auditor", principal);
    h.session(connection, `s${connection}`, `y${at}`);
    h.got(connection, { type: "session.jobs", payload: { jobs: rows(lists[principal]) } });
  }
  return h;
}

export function rows(jobs: readonly string[]): readonly object[] {
  return jobs.map((job) => ({ job_id: job, status: job === "jw" ? "cancelled" : "success" }));
}
