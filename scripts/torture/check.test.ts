/** The checker finds what is wrong: histories forged in one place each, and one with nothing wrong. */
import { describe, expect, it } from "vitest";
import { check } from "./check.js";
import { KINDS } from "./check/violation.js";
import type { Kind } from "./check/violation.js";
import {
  AUDITOR,
  LISTER,
  accepted,
  failed,
  healthy,
  numbered,
  refusal,
  rows,
  said,
  succeeded,
  typed,
  work,
} from "./healthy.test-helper.js";
import type { Forgery } from "./healthy.test-helper.js";

const answered = (request: string) => (message: { readonly payload: object }) =>
  (message.payload as { readonly request_id?: string }).request_id === request;

const list = (jobs: readonly object[]) => (h: Forgery) =>
  h.edit(LISTER, typed("session.jobs"), { payload: { jobs } });
const OWNED = ["ja", "jw", "jr", "jl", "jk"];
const relisted = (job: string, status: string) =>
  list(
    rows(OWNED).map((row) => ("job_id" in row && row.job_id === job ? { ...row, status } : row)),
  );
const late = 1_000;
/** What the submitter's program is told of its first job, which has the events 1 to 3. */
const told =
  (...seqs: readonly (number | undefined)[]) =>
  (h: Forgery) =>
    seqs.forEach((seq) => h.add({ do: "told", client: "submitter", job: "ja", seq }));

/** A further job, with its costs and, as texts, what was left of them. */
function paid(h: Forgery, account: readonly (number | string)[]): void {
  h.open(9, "retrier");
  h.session(9, "s9", "w1");
  h.sent(9, "p", "job.submit", work("worker", "p"));
  const { payload, ...answer } = accepted("jp", "p");
  h.got(9, { ...answer, payload: { ...payload, budget: { credits: 0.7 } } });
  account.forEach((entry, at) => {
    const name = typeof entry === "string" ? "cost.budget.remaining" : "cost.effect";
    const body = { name, value: Number(String(entry).replace("=", "")) };
    const payload = { job_id: "jp", kind: "metric", body };
    h.got(9, { event_seq: at + 1, type: "job.event", job_id: "jp", payload });
  });
}

/** A further job that delegates, and then what is said of it and of its children: each child ends when it stands alone. */
function delegated(h: Forgery, said: readonly string[]): void {
  h.open(9, "retrier");
  h.session(9, "s9", "w1");
  h.sent(9, "p", "job.submit", work("lead", "p"));
  h.got(9, accepted("jp", "p"));
  said.forEach((what, at) => {
    const [job_id, child_job_id] = what.split(" > ");
    const input = { tag: "p/c", count: 1 };
    const body = { delegate_id: "c", agent: "burst", input, child_job_id };
    const payload =
      child_job_id === undefined ? { final_status: "success" } : { kind: "delegate", body };
    const type = child_job_id === undefined ? "job.result" : "job.event";
    h.got(9, { event_seq: at + 1, type, job_id: job_id!, payload: { job_id, ...payload } });
  });
}

/** A session that looks on at the first job, whose first event it is told to be number `origin` of session 1. */
function watched(h: Forgery, origin: number, events = [0, 1, 2], on = 9): void {
  h.open(on, "watcher");
  h.session(on, `s${on}`, "w1");
  h.sent(on, "p", "job.subscribe", { job_id: "ja" });
  h.got(on, { type: "job.subscribed", job_id: "ja", payload: { request_id: "p" } });
  events.forEach((at, index) => {
    const event = said("ja", "a", 0, at);
    const payload = { origin_seq: origin + at, ...event.payload };
    h.got(on, { event_seq: index + 1, ...event, payload });
  });
}

/** A further job whose lease ends after ten milliseconds, and an effect so long after its acceptance. */
function leased(h: Forgery, after: number): void {
  const [begun, ends] = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.010Z"];
  h.open(9, "lessee");
  h.session(9, "s9", "w1");
  const more = { lease_constraints: { expires_at: ends } };
  h.sent(9, "p", "job.submit", work("lessee", "p", more));
  const { payload, ...answer } = accepted("jp", "p");
  h.got(9, { ...answer, payload: { ...payload, accepted_at: begun } });
  const { at } = h.entries.at(-1)!;
  h.note("effect", "jp", at + after);
}

const forgeries: readonly (readonly [Kind, string, (h: Forgery) => void])[] = [
  ["lost", "an event is not there at the end", (h) => h.drop(AUDITOR, numbered(11))],
  ["lost", "a number in the middle is not there at the end", (h) => h.drop(AUDITOR, numbered(3))],
  [
    "lost",
    "an accepted job never ends",
    (h) => {
      h.sent(4, "z", "job.submit", work("burst", "z"));
      h.got(4, accepted("jz", "z"));
      list(rows([...OWNED, "jz"]))(h);
    },
  ],
  ["lost", "a job is in no list at the end", list(rows(["ja", "jw", "jr", "jk"]))],
  ["lost", "a job's row tells of another end", relisted("ja", "error")],
  [
    "lost",
    "a job that was listed is not listed any more",
    (h) =>
      h.got(4, { type: "session.jobs", payload: { jobs: [{ job_id: "jx", status: "success" }] } }),
  ],
  ["lost", "a job that was only started is in no list", (h) => h.note("start", "jx")],
  [
    "lost",
    "a session is refused with its newest token",
    (h) => {
      h.open(9, "submitter");
      h.sent(9, "h9", "session.hello", {
        resume: { session_id: "s1", resume_token: "t3.end", last_event_seq: 11 },
      });
      h.got(9, refusal("UNAUTHENTICATED", "h9"));
    },
  ],
  [
    "lost",
    "a session is refused as if its events were gone",
    (h) => {
      h.open(9, "submitter");
      h.sent(9, "h9", "session.hello", {
        resume: { session_id: "s1", resume_token: "t3.end", last_event_seq: 11 },
      });
      h.got(9, refusal("INVALID_REQUEST", "h9"));
    },
  ],
  [
    "lost",
    "a session was never read to its end",
    (h) =>
      (h.entries = h.entries.filter((e) => !("connection" in e) || e.connection !== AUDITOR + 1)),
  ],
  [
    "duplicate",
    "a number comes twice",
    (h) => h.got(1, { event_seq: 4, ...succeeded("ja", "a") }, h.places(1, numbered(5))[0]),
  ],
  [
    "duplicate",
    "a resume replays what the client has",
    (h) => h.got(2, { event_seq: 7, ...said("jr", "r", 0, 0) }, h.places(2, numbered(8))[0]),
  ],
  ["duplicate", "a program is told an event twice", told(1, 1)],
  ["reorder", "a program is told events in another order", told(2, 1)],
  ["ghost", "a program is told an event that never came", told(1, 99)],
  ["lost", "a program is told of an end, and not of all before it", told(1, 3, undefined)],
  ["gap", "a number is left out", (h) => h.drop(1, numbered(2))],
  ["gap", "a resume begins too late", (h) => h.drop(2, numbered(8))],
  [
    "reorder",
    "two numbers change places",
    (h) => {
      h.drop(1, numbered(1));
      h.got(1, { event_seq: 1, ...said("ja", "a", 0, 0) }, h.places(1, numbered(3))[0]);
    },
  ],
  [
    "divergent",
    "a number is used again",
    (h) => h.edit(AUDITOR, numbered(1), { payload: { ts: "later" } }),
  ],
  [
    "divergent",
    "a number is used for another job",
    (h) => h.edit(AUDITOR, numbered(8), { job_id: "ja", id: "other" }),
  ],
  [
    "divergent",
    "an event says something else in another session",
    (h) => {
      for (const connection of [6, AUDITOR + 2]) {
        h.edit(connection, numbered(1), { payload: { summary: "other" } });
      }
    },
  ],
  [
    "hole",
    "a word of the agent is missing",
    (h) => {
      h.rewrite(2, said("ja", "a", 0, 2));
      h.rewrite(3, said("ja", "a", 0, 3));
    },
  ],
  ["hole", "the first word is missing", (h) => h.rewrite(10, said("jl", "l", 1, 1))],
  [
    "resurrected",
    "a job whose cancel was acknowledged succeeds",
    (h) => {
      h.rewrite(6, succeeded("jw", "w"));
      relisted("jw", "success")(h);
    },
  ],
  [
    "resurrected",
    "a job whose cancel was acknowledged is started again",
    (h) => h.note("start", "jw", late),
  ],
  [
    "resurrected",
    "a cancel tells of another end than the job's",
    (h) => h.edit(1, typed("job.cancelled"), { payload: { final_status: "error" } }),
  ],
  ["resurrected", "a job that has ended is started again", (h) => h.note("start", "jr", late, 2)],
  ["double terminal", "a job ends twice", (h) => h.late(succeeded("ja", "a"))],
  [
    "double terminal",
    "a job ends twice, in two ways",
    (h) => h.late({ ...failed("ja", "INTERNAL_ERROR", "error"), id: "other" }),
  ],
  ["after terminal", "an event follows the end", (h) => h.late(said("ja", "a", 0, 3))],
  [
    "outcomes differ",
    "two sessions are told different ends",
    (h) => {
      for (const connection of [6, AUDITOR + 2]) {
        h.edit(connection, numbered(1), failed("jk", "INTERNAL_ERROR", "error"));
      }
    },
  ],
  [
    "torn result",
    "a chunk is missing",
    (h) =>
      h.late({
        ...{ type: "job.event", job_id: "jl" },
        payload: { kind: "result_chunk", body: { chunk_seq: 1, data: "", more: false } },
      }),
  ],
  [
    "torn result",
    "a streamed result has nothing in it",
    (h) => h.rewrite(4, { payload: { result_id: "r", result_size: 0 } }),
  ],
  ["ghost", "a job that nobody asked for speaks", (h) => h.late(said("jx", "x", 1, 0))],
  [
    "ghost",
    "a job speaks in a session that did not ask for it",
    (h) => h.late({ ...succeeded("jk", "k"), id: "other" }),
  ],
  ["ghost", "a job has another one's result", (h) => h.rewrite(4, succeeded("ja", "w"))],
  [
    "ghost",
    "a job speaks before it is accepted",
    (h) => {
      h.drop(1, answered("a"));
      h.got(1, accepted("ja", "a"), h.places(1, numbered(2))[0]);
    },
  ],
  [
    "ghost",
    "a job fails, and nothing was killed",
    (h) => {
      h.rewrite(4, failed("ja", "INTERNAL_ERROR", "error"));
      relisted("ja", "error")(h);
    },
  ],
  [
    "ghost",
    "a job is cancelled by nobody",
    (h) => {
      h.rewrite(11, failed("jl", "CANCELLED", "cancelled"));
      h.edit(4, numbered(11), failed("jl", "CANCELLED", "cancelled"));
      relisted("jl", "cancelled")(h);
    },
  ],
  [
    "stale token",
    "a token is good after a later one was used",
    (h) => {
      h.edit(5, typed("session.error"), {
        type: "session.welcome",
        session_id: "s1",
        payload: { resume_token: "t9" },
      });
    },
  ],
  [
    "two jobs for a key",
    "a key that is repeated makes another job",
    (h) => h.edit(6, answered("k2"), accepted("jx", "k2")),
  ],
  [
    "two jobs for a key",
    "a submit whose answer was lost made two jobs",
    (h) => h.late(said("jx", "l", 1, 0)),
  ],
  [
    "key forgotten",
    "a key that is repeated is refused",
    (h) => h.edit(6, answered("k2"), refusal("DUPLICATE_KEY", "k2")),
  ],
  [
    "key forgotten",
    "a key that nobody used is refused",
    (h) => {
      h.sent(4, "n", "job.submit", work("burst", "n", { idempotency_key: "n" }));
      h.got(4, refusal("DUPLICATE_KEY", "n"));
    },
  ],
  [
    "conflict accepted",
    "a key is accepted with other parameters",
    (h) => h.edit(6, answered("k3"), accepted("jk", "k3")),
  ],
  ["overspend", "what is left is not what a cost left", (h) => paid(h, [0.1, "=0.5"])],
  ["overspend", "what is left is not exact", (h) => paid(h, [0.1, "=0.6000000000000001"])],
  ["overspend", "nobody says what is left", (h) => paid(h, [0.1, 0.1, "=0.5"])],
  ["overspend", "something is left of no cost", (h) => paid(h, [0.1, "=0.6", "=0.5"])],
  ["overspend", "a cost follows the last of the money", (h) => paid(h, [0.7, "=0", 0.1, "=-0.1"])],
  ["orphan", "a child succeeds behind its parent", (h) => delegated(h, ["jp > jc", "jp", "jc"])],
  [
    "orphan",
    "a delegation has two children",
    (h) => delegated(h, ["jp > jc", "jp > jd", "jc", "jd", "jp"]),
  ],
  ["effect after cancel", "an effect follows the cancel", (h) => h.note("effect", "jw", late)],
  ["effect after cancel", "an effect follows the end", (h) => h.note("effect", "ja", late)],
  ["divergent", "a subscriber is told another number", (h) => watched(h, 2)],
  [
    "divergent",
    "two subscribers are told two numbers of what nobody else was given",
    (h) => {
      for (const seq of [1, 2, 3]) for (const on of [1, AUDITOR]) h.drop(on, numbered(seq));
      watched(h, 1);
      watched(h, 2, [0, 1, 2], 10);
    },
  ],
  ["hole", "a subscriber misses an event", (h) => watched(h, 1, [0, 2])],
  ["lost", "a subscriber is not told the end", (h) => watched(h, 1)],
  [
    "foreign leak",
    "a foreign job may be looked on at",
    (h) => {
      h.sent(7, "ss", "job.subscribe", { job_id: "ja" });
      h.got(7, { type: "job.subscribed", job_id: "ja", payload: { request_id: "ss" } });
    },
  ],
  ["effect after expiry", "an effect follows the end of its lease", (h) => leased(h, 40)],
  ["started twice", "an agent is started twice in one life", (h) => h.note("start", "jk", 0)],
  [
    "started twice",
    "an agent is started again that must not be",
    (h) => h.note("start", "jl", 0, 0),
  ],
  [
    "foreign leak",
    "a foreign job is told from one that is not there",
    (h) => h.edit(7, answered("sc"), refusal("PERMISSION_DENIED", "sc")),
  ],
  [
    "foreign leak",
    "a list has a row of somebody else's",
    (h) => h.edit(7, answered("sl"), { payload: { jobs: rows(["js", "ja"]) } }),
  ],
  [
    "foreign leak",
    "a session is opened with somebody else's token",
    (h) =>
      h.edit(8, typed("session.error"), {
        type: "session.welcome",
        session_id: "s1",
        payload: { resume_token: "t9" },
      }),
  ],
  [
    "foreign leak",
    "an event goes to somebody else",
    (h) => h.got(7, { event_seq: 2, ...said("ja", "a", 0, 0) }),
  ],
  [
    "foreign leak",
    "somebody else cancels",
    (h) => h.edit(7, answered("sc"), { type: "job.cancelled", payload: { code: undefined } }),
  ],
  [
    "refused",
    "a submit is refused",
    (h) => {
      h.sent(4, "n", "job.submit", work("burst", "n"));
      h.got(4, refusal("INTERNAL_ERROR", "n"));
    },
  ],
  [
    "refused",
    "a cancel of one's own is refused",
    (h) => h.edit(1, typed("job.cancelled"), refusal("JOB_NOT_FOUND", "c")),
  ],
  [
    "refused",
    "a new session is refused",
    (h) => {
      h.open(9, "retrier");
      h.sent(9, "h9", "session.hello", {});
      h.got(9, refusal("UNAUTHENTICATED", "h9"));
    },
  ],
  ["trouble", "the process ends", (h) => h.add({ do: "trouble", text: "exit 1" })],
];

describe("the history checker", () => {
  it("finds nothing in a healthy history", () => {
    expect(check(healthy())).toEqual([]);
  });

  it.each(forgeries)("%s: %s", (kind, _title, forge) => {
    const history = healthy();
    forge(history);
    expect(check(history).map((found) => found.kind)).toContain(kind);
  });

  it("finds nothing in a child that ends before its parent", () => {
    const history = healthy();
    delegated(history, ["jp > jc", "jc", "jp"]);
    expect(check(history).map(({ kind }) => kind)).not.toContain("orphan");
  });

  it("finds no overspend where each cost is followed by what it left", () => {
    const history = healthy();
    paid(history, [0.1, "=0.6", 0.6, "=0"]);
    expect(check(history).map(({ kind }) => kind)).not.toContain("overspend");
  });

  it("finds nothing wrong with a program that is told what came", () => {
    const history = healthy();
    told(1, 2, 3, undefined)(history);
    expect(check(history)).toEqual([]);
  });

  it("is proven for every kind", () => {
    const proven = new Set(forgeries.map(([kind]) => kind));
    expect([...proven].sort()).toEqual(Object.keys(KINDS).sort());
    expect(forgeries.length).toBeGreaterThan(25);
  });
});
