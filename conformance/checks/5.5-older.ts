/** Section 5.5: clients of drafts 02 and 02.1, which take nothing that their draft does not have. */
import type { Peer } from "../peer/peer.js";
import { older02, older021, strangeTo, type Revision } from "../peer/revisions.js";
import { mustWelcome, resumeBlock, type ResumeBlock } from "../peer/session.js";
import { seqOf, type WireMessage } from "../peer/message.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import type { ScriptStep } from "../script.js";
import { story } from "./6.3-resume.js";
import { R0, R2, range, rows, seqs } from "./support.js";

const drafts = [older02, older021];

/** A session of a client of this draft, new or resumed. */
async function enter(t: Trial, revision: Revision, resume?: ResumeBlock): Promise<Peer> {
  const peer = await t.connect();
  peer.revision = revision;
  const features = revision.features.length === 0 ? null : revision.features;
  const hello = { ...t.helloOptions({ features }), ...(resume === undefined ? {} : { resume }) };
  // Who has no heartbeat has no word for the answer.
  peer.answersPings = features !== null;
  await mustWelcome(peer, hello);
  return peer;
}

/** Insists that all that came is of the peer's draft: types, shapes, and kinds of events. */
function inItsWords(t: Trial, peer: Peer): void {
  for (const { message, text } of peer.frames) {
    const fault = strangeTo(peer.revision, message);
    t.ok(fault === undefined, `${fault}: ${text.slice(0, 300)}`);
  }
}

/** One event of each kind of draft 02 that an agent can report, one of a later draft, and a streamed result. */
const allKinds: readonly ScriptStep[] = [
  { op: "emit", kind: "log", body: { level: "info", message: "begun" } },
  { op: "emit", kind: "thought", body: { text: "hm" } },
  { op: "emit", kind: "tool_call", body: { tool: "search", call_id: "call_1", args: {} } },
  { op: "emit", kind: "tool_result", body: { call_id: "call_1", result: 1 } },
  { op: "emit", kind: "status", body: { phase: "working" } },
  { op: "emit", kind: "metric", body: { name: "rows", value: 3 } },
  {
    op: "emit",
    kind: "artifact_ref",
    body: { uri: "arcp://artifacts/1", content_type: "text/plain" },
  },
  { op: "emit", kind: "progress", body: { current: 1, total: 2 } },
  { op: "chunk", data: "one " },
  { op: "chunk", data: "two" },
];

/** Checks of section 5.5. */
export const olderChecks = [
  check(
    {
      id: "runtime/5.5/welcome",
      requirements: ["ENV-02", "HELLO-12"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "apart" },
      mutants: ["agents-always-objects", "pings-whoever-comes", "arcp-always-1.1"],
    },
    async (t) => {
      for (const draft of drafts) {
        const peer = await enter(t, draft);
        await peer.fence();
        inItsWords(t, peer);
        const beyond = [...peer.features].filter((flag) => !draft.features.includes(flag));
        t.should(beyond.length === 0, `the welcome to draft ${draft.name} lists ${beyond.join()}`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.5/refusals",
      requirements: ["ENV-02", "HELLO-02"],
      level: "MUST",
      basis: "W-01",
      needs: { ...R0, connections: "apart" },
      mutants: ["refuses-in-1.1", "arcp-always-1.1"],
    },
    async (t) => {
      for (const [type, payload] of [
        ["session.hello", { auth: { scheme: "bearer", token: "t" } }],
        ["job.submit", { agent: "echo" }],
        ["session.odd", {}],
      ] as const) {
        const peer = await t.connect();
        peer.revision = older02;
        peer.sendMalformed(type, payload);
        await peer.expect("session.error", { what: `refusal of ${type} as the first message` });
        inItsWords(t, peer);
      }
    },
  ),
  check(
    {
      id: "runtime/5.5/jobs",
      requirements: ["HELLO-12", "HELLO-18", "HELLO-19"],
      level: "MUST",
      basis: "derived",
      needs: { ...R2, connections: "apart" },
      mutants: ["offer-everything", "arcp-always-1.1"],
    },
    async (t) => {
      for (const draft of drafts) {
        const peer = await enter(t, draft);
        const job = await t.succeed(peer, allKinds);
        await peer.settle();
        inItsWords(t, peer);
        const kinds = job.events().map(({ message }) => message.payload["kind"]);
        t.equal(
          kinds.includes("progress"),
          peer.features.has("progress"),
          `events of kind progress in draft ${draft.name}`,
        );
        if (peer.features.has("result_chunk")) continue;
        const { result } = job.end.message.payload;
        t.equal(result, "one two", `streamed result for a client of draft ${draft.name}`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.5/end-answers-cancel",
      requirements: ["OLD-01", "CANCEL-09"],
      level: "MUST",
      basis: "W-45",
      needs: { ...R2, connections: "apart" },
      mutants: ["cancelled-for-everybody"],
    },
    async (t) => {
      for (const draft of drafts) {
        const peer = await enter(t, draft);
        const wait = { op: "gate", name: t.fresh("gate") } as const;
        const job = await t.submit(peer, [{ op: "burst", count: 1 }, wait]);
        await job.event("log");
        const cancel = () => peer.send("job.cancel", { reason: "enough" }, { job_id: job.id });
        cancel();
        const { message } = await job.terminal();
        const { code, final_status } = message.payload;
        t.equal([code, final_status], ["CANCELLED", "cancelled"], "code and final_status");
        // Too late, and said to somebody who has the answer.
        cancel();
        await peer.settle();
        inItsWords(t, peer);
      }
    },
  ),
  check(
    {
      id: "runtime/5.5/resume-in-the-hello",
      requirements: ["RES-02", "RES-09", "RES-11"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "together" },
      mutants: ["older-resume-refused", "replay-skips-one"],
    },
    async (t) => {
      for (const draft of drafts) {
        const peer = await enter(t, draft);
        const made = { before: 1, away: 2, later: 1 };
        const { job, begun, letGo, finish } = await story(t, peer, made);
        await begun();
        peer.cut();
        await letGo();
        const again = await enter(t, draft, resumeBlock(peer, 1));
        t.equal(again.sessionId, peer.sessionId, "session_id after the resume");
        await finish();
        await job.on(again).terminal();
        t.equal(seqs(again), range(2, 5), "numbers after the resume");
        for (const each of [peer, again]) inItsWords(t, each);
      }
    },
  ),
  check(
    {
      id: "runtime/5.5/bye-is-the-last-word",
      requirements: ["OLD-02", "CLOSE-07"],
      level: "MUST",
      basis: "W-45",
      needs: { ...R0, connections: "apart" },
      mutants: ["bye-answered", "open-after-bye"],
    },
    async (t) => {
      for (const draft of drafts) {
        const peer = await enter(t, draft);
        await peer.fence();
        const before = peer.last;
        peer.send("session.bye", { reason: "done" });
        await peer.expectClose();
        t.equal(peer.frames[before + 1]?.text, undefined, "message after session.bye");
        inItsWords(t, peer);
      }
    },
  ),
  check(
    {
      id: "runtime/5.5/superseded-by-bye",
      requirements: ["OLD-03"],
      level: "MUST",
      basis: "W-45",
      needs: { ...R0, connections: "together" },
      mutants: ["superseded-for-everybody"],
    },
    async (t) => {
      for (const draft of drafts) {
        const first = await enter(t, draft);
        await first.fence();
        const before = first.last;
        await enter(t, draft, resumeBlock(first, 0));
        await first.expectClose();
        const said = first.frames.slice(before + 1).map(({ message }) => message.type);
        t.equal(said, ["session.bye"], "messages to the connection that lost its session");
        inItsWords(t, first);
      }
    },
  ),
  check(
    {
      id: "runtime/5.5/features-of-the-first-1-1",
      requirements: ["HELLO-11", "LIST-02", "HB-04"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "together" },
      mutants: ["no-request-id", "wrong-nonce"],
    },
    async (t) => {
      const peer = await enter(t, older021);
      const gate = t.fresh("gate");
      const job = await t.submit(peer, [
        { op: "burst", count: 2 },
        { op: "gate", name: gate },
        { op: "return", value: "seen" },
      ]);
      await peer.expect((m) => seqOf(m) === 2, { what: "event 2" });
      if (peer.features.has("ack")) peer.send("session.ack", { last_processed_seq: 2 });
      if (peer.features.has("heartbeat")) {
        const nonce = t.fresh("p");
        peer.send("session.ping", { nonce });
        const pong = (m: WireMessage) => m.type === "session.pong";
        t.equal((await peer.expect(pong)).message.payload["ping_nonce"], nonce, "ping_nonce");
      }
      if (peer.features.has("list_jobs")) {
        const id = peer.send("session.list_jobs", {});
        const listed = await peer.expect("session.jobs");
        t.equal(listed.message.payload["request_id"], id, "request_id of session.jobs");
        const known = rows(listed).some((row) => row["job_id"] === job.id);
        t.ok(known, "the list does not hold the job that runs");
      }
      const observer = await enter(t, older021);
      const watches = observer.features.has("subscribe");
      if (watches) {
        const asked = { job_id: job.id, history: true, from_event_seq: 0 };
        observer.send("job.subscribe", asked, { job_id: job.id });
        await observer.expect("job.subscribed");
      }
      await t.succeed(observer, [{ op: "open", name: gate }]);
      for (const each of watches ? [peer, observer] : [peer]) {
        const end = await job.on(each).terminal();
        t.equal(end.message.payload["result"], "seen", "result of the job");
        await each.settle();
        inItsWords(t, each);
      }
    },
  ),
] as const;
