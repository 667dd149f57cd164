/** Section 5.5: runtimes of drafts 02 and 02.1, which say less, and cannot be waited for in vain. */
import { older02, older021, strangeTo } from "../../peer/revisions.js";
import { isRecord, type Frame } from "../../peer/message.js";
import type { Peer } from "../../peer/peer.js";
import { clientCheck } from "../check.js";
import type { Loose } from "../driver.js";
import { OlderSession, strangeWords } from "../older.js";
import { now } from "../session.js";
import type { ClientTrial, Scene } from "../trial.js";

const drafts = [older02, older021];

/** Insists that all that the client said after its hello is of the draft that the runtime speaks. */
function inItsWords(t: ClientTrial, peer: Peer, hello: Frame): void {
  t.equal(strangeWords(peer, hello), [], `what draft ${peer.revision.name} does not have`);
}

/** What a hello asks to be resumed. */
function resumeOf({ message }: Frame): Loose {
  const { resume } = message.payload;
  return isRecord(resume) ? resume : {};
}

/** The connection with which a client comes back, by a hello that resumes after `last`. */
async function resumed(t: ClientTrial, s: Scene, last: number): Promise<Frame> {
  const { peer, hello } = await s.back();
  t.equal(hello.message.type, "session.hello", "first message of the connection");
  const { session_id, last_event_seq, resume_token } = resumeOf(hello);
  t.equal([session_id, last_event_seq], [s.session.id, last], "session_id and last_event_seq");
  t.ok(resume_token === s.session.tokens.at(-1), "not the newest resume_token");
  s.session.welcome(peer, hello);
  return hello;
}

/** Checks of section 5.5. */
export const olderChecks = [
  clientCheck(
    {
      id: "client/5.5/enters-and-works",
      requirements: ["HELLO-10", "ENV-03"],
      level: "MUST",
      basis: "derived",
      mutants: [
        "session-in-payload-only",
        "agents-as-objects-only",
        "replies-by-request-id-only",
        "wants-job-id-in-envelope",
      ],
    },
    async (t) => {
      for (const draft of drafts) {
        const s = await t.session({}, draft);
        const { session_id, agents } = s.connected;
        t.equal(session_id, s.session.id, "session_id told, which stood in the envelope alone");
        if (agents !== undefined) t.equal(agents, ["echo"], "agents told, which were names");
        const job = await s.job();
        job.log("one");
        await s.heard(job, "one");
        job.succeed({ result: { n: 1 } });
        const end = await s.ended(job);
        t.equal([end["status"], end["result"]], ["success", { n: 1 }], "how the job ended");
      }
    },
  ),
  clientCheck(
    {
      id: "client/5.5/only-its-words",
      requirements: ["ENV-02", "HELLO-12"],
      level: "MUST",
      basis: "derived",
      needs: { verbs: ["list"] },
      mutants: ["arcp-always-1.1", "uses-any-feature"],
    },
    async (t) => {
      const s = await t.session({}, older02);
      await s.hasFailed(s.client.call("list", {}), "a list without list_jobs");
      const ends = s.client.call("submit", { agent: "echo", expires_in_sec: 60 });
      await s.hasFailed(ends, "a submit with an end without lease_expires_at");
      const job = await s.job();
      job.log("one");
      await s.heard(job, "one");
      await s.fence();
      inItsWords(t, s.peer, s.hello);
    },
  ),
  clientCheck(
    {
      id: "client/5.5/resumes-in-the-hello",
      requirements: ["RES-01", "CLOSE-09"],
      level: "MUST",
      basis: "explicit",
      mutants: ["never-resumes", "first-token-kept", "ignores-bye"],
    },
    async (t) => {
      for (const draft of drafts) {
        const s = await t.session({}, draft);
        const job = await s.job();
        job.log("one");
        await s.heard(job, "one");
        await s.client.sync();
        const away = job.makeLog("two");
        s.peer.cut();
        const second = await resumed(t, s, 1);
        s.session.deliver(away);
        await s.heard(job, "two");
        await s.client.sync();
        inItsWords(t, s.peer, second);
        const left = s.peer;
        left.send("session.bye", { reason: "maintenance" });
        await left.expectClose();
        const third = await resumed(t, s, 2);
        job.log("three");
        await s.heard(job, "three");
        t.equal(s.messages(job), ["one", "two", "three"], "events told");
        inItsWords(t, s.peer, third);
      }
    },
  ),
  clientCheck(
    {
      id: "client/5.5/asks-in-no-other-form",
      requirements: ["OLD-07", "RES-08"],
      level: "MUST",
      basis: "W-45",
      mutants: ["asks-older-again", "gap-untold"],
    },
    async (t) => {
      const s = await t.session({}, older02);
      const job = await s.job();
      job.log("one");
      await s.heard(job, "one");
      s.peer.cut();
      const { peer, hello } = await s.back();
      const other = new OlderSession(peer, older02);
      other.welcome(peer, hello);
      await s.client.told(({ news }) => news === "gap", { what: "news of a gap", within: 12_000 });
      const { message } = await submitted(s, peer);
      t.equal(message["session_id"], other.id, "session_id after another session was opened");
      inItsWords(t, peer, hello);
    },
  ),
  clientCheck(
    {
      id: "client/5.5/end-answers-cancel",
      requirements: ["OLD-05"],
      level: "MUST",
      basis: "W-45",
      needs: { verbs: ["cancel"] },
      mutants: ["waits-for-cancelled"],
    },
    async (t) => {
      for (const draft of drafts) {
        const s = await t.session({}, draft);
        const job = await s.job();
        const cancelling = s.client.ask("cancel", { job_id: job.id });
        const { message } = await s.peer.expect("job.cancel");
        t.equal(message["job_id"], job.id, "job_id in the envelope of the cancel");
        job.fail("CANCELLED", { final_status: "cancelled" });
        t.equal((await s.ended(job))["status"], "cancelled", "status of the job");
        await cancelling;
        inItsWords(t, s.peer, s.hello);
      }
    },
  ),
  clientCheck(
    {
      id: "client/5.5/leaves-by-bye",
      requirements: ["OLD-06", "CLOSE-04"],
      level: "MUST",
      basis: "W-45",
      mutants: ["waits-for-closed", "closes-abruptly"],
    },
    async (t) => {
      for (const draft of drafts) {
        const s = await t.session({}, draft);
        await s.fence();
        const closing = s.client.ask("close");
        const bye = await s.peer.expect("session.bye");
        // Its draft has no answer: the transport is the client's to end.
        await s.peer.expectClose();
        await closing;
        t.equal(s.peer.last, bye.index, "index of the last message, session.bye being the last");
        inItsWords(t, s.peer, s.hello);
      }
    },
  ),
  clientCheck(
    {
      id: "client/5.5/says-1-where-1-is-spoken",
      requirements: ["OLD-04"],
      level: "SHOULD",
      basis: "W-45",
      mutants: ["never-says-1"],
    },
    async (t) => {
      const { peer, hello, runtime, connecting } = await t.greeting();
      if (hello.message["arcp"] === "1") t.notApplicable('it says "1" from the first');
      peer.revision = older02;
      const error = { code: "INVALID_REQUEST", message: "/arcp: 1", retryable: false };
      peer.send("session.error", error);
      peer.close(1008);
      const again = await runtime.next();
      const repeated = await again.expect("session.hello");
      const fault = strangeTo(older02, repeated.message);
      t.ok(fault === undefined, `the hello that follows: ${fault}`);
      new OlderSession(again, older02).welcome(again, repeated);
      const reply = await connecting;
      t.ok("ok" in reply, `connect failed although it was welcomed: ${JSON.stringify(reply)}`);
    },
  ),
  clientCheck(
    {
      id: "client/5.5/nameless-refusal",
      requirements: ["OLD-08"],
      level: "SHOULD",
      basis: "W-45",
      mutants: ["nameless-refusals-lost", "error-fails-all"],
    },
    async (t) => {
      const s = await t.session({}, older02);
      const running = await s.job();
      const { frame, reply } = await s.submitted();
      s.session.refuse(frame, "INTERNAL_ERROR");
      const error = await s.hasFailed(reply, "the only request, which was refused");
      t.equal(error["code"], "INTERNAL_ERROR", "code of the refusal");
      running.log("alive");
      await s.heard(running, "alive");
    },
  ),
  clientCheck(
    {
      id: "client/5.5/features-of-the-first-1-1",
      requirements: ["HELLO-11", "HB-04", "LIST-01"],
      level: "MUST",
      basis: "explicit",
      needs: { features: ["heartbeat", "list_jobs"], verbs: ["list"] },
      mutants: ["older-has-no-features", "mute-to-pings", "wrong-nonce"],
    },
    async (t) => {
      const s = await t.session({}, older021);
      const nonce = t.fresh("p");
      s.peer.send("session.ping", { nonce });
      const pong = await s.peer.expect("session.pong");
      t.equal(pong.message.payload["ping_nonce"], nonce, "ping_nonce");
      const listing = s.client.ask("list");
      const request = await s.peer.expect("session.list_jobs");
      const id = t.fresh("job");
      const row = { job_id: id, agent: "echo", status: "running", lease: {}, created_at: now() };
      s.peer.send("session.jobs", { request_id: request.message["id"], jobs: [row] });
      t.equal((await listing)["jobs"], [id], "jobs told");
      inItsWords(t, s.peer, s.hello);
    },
  ),
] as const;

/** A submit of the client on this connection. The answer is of no interest. */
async function submitted(s: Scene, peer: Peer): Promise<Frame> {
  void s.client.call("submit", { agent: "echo" });
  return peer.expect("job.submit");
}
