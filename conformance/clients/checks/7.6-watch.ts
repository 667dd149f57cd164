/** Section 7.6: a client that looks on at a job which another session has submitted. */
import type { Loose } from "../driver.js";
import { clientCheck } from "../check.js";
import { FakeJob, now } from "../session.js";
import type { ClientTrial, Scene } from "../trial.js";
import type { Frame } from "../../peer/message.js";

const needs = { features: ["subscribe"], verbs: ["subscribe", "unsubscribe"] } as const;

/** What a client may ask about a job, whatever way it takes. */
const ASKS = ["job.subscribe", "job.submit", "job.cancel", "session.list_jobs"];

/** A client that has been told to look on: at a job, and with which message it asked for that. */
async function asking(t: ClientTrial, args: Loose = {}) {
  const s = await t.session();
  const job = new FakeJob(s.session, t.fresh("job"));
  const reply = s.client.call("subscribe", { job_id: job.id, ...args });
  const frame = await s.peer.expect(ASKS, { what: "job.subscribe" });
  return { s, job, reply, frame };
}

/** One that looks on. */
async function watching(t: ClientTrial, args: Loose = {}) {
  const { s, job, reply, frame } = await asking(t, args);
  t.equal(frame.message.type, "job.subscribe", "what it asked");
  s.session.subscribed(frame, job);
  const answer = await reply;
  t.ok("ok" in answer, `subscribe failed although accepted: ${JSON.stringify(answer)}`);
  return { s, job, frame };
}

/** An event that bears another number where it was submitted. */
function forward(s: Scene, job: FakeJob, message: string, origin: number): void {
  const body = { level: "info", message };
  s.session.deliver(job.make("job.event", { kind: "log", ts: now(), body, origin_seq: origin }));
}

/** Whether a message names the job where the draft has it, and nowhere another one. */
function names({ message }: Frame, job: FakeJob): boolean {
  const { job_id: outside, payload } = message as { job_id?: unknown; payload: Loose };
  return [outside, payload["job_id"]].every((id) => id === undefined || id === job.id);
}

/** Checks of section 7.6. */
export const watchChecks = [
  clientCheck(
    {
      id: "client/7.6/subscribes",
      requirements: ["WATCH-01"],
      level: "MUST",
      basis: "derived",
      needs,
      mutants: ["history-unasked", "watched-untold"],
    },
    async (t) => {
      const { s, job, frame } = await watching(t, { from: 3 });
      t.ok(names(frame, job), "job.subscribe names another job");
      const { history, from_event_seq } = frame.message.payload;
      t.equal([history, from_event_seq], [true, 3], "history and from_event_seq");
      // Its own numbers begin at 1, wherever the submitting session's are.
      forward(s, job, "four", 4);
      forward(s, job, "nine", 9);
      await s.heard(job, "nine");
      job.succeed();
      const end = await s.ended(job);
      t.equal(s.messages(job), ["four", "nine"], "events told");
      t.equal([end["status"], end["result"]], ["success", "done"], "end told");
      t.equal(s.runtime.waiting, 0, "connections that the client opened anew");
    },
  ),
  clientCheck(
    {
      id: "client/7.6/unsubscribes",
      requirements: ["WATCH-22"],
      level: "MUST",
      basis: "derived",
      needs,
      mutants: ["unsubscribe-forgotten", "unsubscribes-by-cancel"],
    },
    async (t) => {
      const { s, job, frame: asked } = await watching(t);
      forward(s, job, "one", 7);
      await s.heard(job, "one");
      await s.client.ask("unsubscribe", { job_id: job.id });
      await s.fence();
      const after = s.peer.frames.filter(({ index }) => index > asked.index);
      const [frame, ...more] = after.filter(({ message: { type } }) =>
        [...ASKS, "job.unsubscribe"].includes(type),
      );
      t.equal(
        [frame?.message.type, more.length],
        ["job.unsubscribe", 0],
        "what it said of the job",
      );
      t.ok(frame !== undefined && names(frame, job), "job.unsubscribe names another job");
      // What was on its way has its number, and is no gap.
      forward(s, job, "late", 8);
      const own = await s.job();
      own.log("next");
      await s.heard(own, "next");
      t.equal(s.runtime.waiting, 0, "connections that the client opened anew");
    },
  ),
  clientCheck(
    {
      id: "client/7.6/looks-on-by-subscribing",
      requirements: ["WATCH-26"],
      level: "SHOULD",
      basis: "explicit",
      needs,
      mutants: ["watches-by-list", "watches-by-submit"],
    },
    async (t) => {
      const { s, job, frame } = await asking(t);
      t.equal(frame.message.type, "job.subscribe", "how it looks on");
      s.session.subscribed(frame, job);
      forward(s, job, "one", 1);
      await s.heard(job, "one");
      await s.fence();
      const asked = s.peer.frames.filter(({ message: { type } }) => ASKS.includes(type));
      t.equal(
        asked.map(({ message: { type } }) => type),
        ["job.subscribe"],
        "all that it asked",
      );
    },
  ),
] as const;
