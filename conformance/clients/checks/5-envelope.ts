/** Section 5: the envelope that a client writes, and those that it has to take. */
import { PROTOCOL_VERSION } from "../../../generated/current/constants.js";
import { validateMessage } from "../../../generated/current/validate/index.js";
import type { Frame } from "../../peer/message.js";
import { clientCheck } from "../check.js";
import type { ClientTrial, Scene } from "../trial.js";

/** A session in which the client has said most of what clients say. */
async function tour(t: ClientTrial): Promise<Scene> {
  const s = await t.session();
  const job = await s.job();
  job.log("one");
  await s.heard(job, "one");
  job.succeed();
  await s.ended(job);
  await s.fence();
  return s;
}

/** Everything the client wrote after the hello. */
function afterHello({ peer }: Scene): Frame[] {
  return peer.frames.slice(1);
}

/** Checks of section 5. */
export const envelopeChecks = [
  clientCheck(
    {
      id: "client/5.1/envelope-complete",
      requirements: ["ENV-01"],
      level: "MUST",
      basis: "explicit",
      mutants: ["no-id", "no-payload"],
    },
    async (t) => {
      const { client, runtime } = await t.start();
      void client.call("connect", { url: runtime.url, token: t.token });
      const peer = await runtime.next();
      const first = await peer.expect(() => true, { what: "first message" });
      t.ok("id" in first.message, "the first message has no id");
      const s = await t.session();
      const { frame, reply } = await s.submitted();
      for (const name of ["arcp", "id", "type", "payload"]) {
        const members = JSON.parse(frame.text) as object;
        t.ok(Object.hasOwn(members, name), `job.submit has no ${name}`);
      }
      const job = s.session.accept(frame);
      await s.isAccepted(reply, job);
      for (const { text } of s.peer.frames) {
        const verdict = validateMessage(JSON.parse(text));
        const problems = verdict.kind === "invalid" ? verdict.problems : [];
        t.equal(
          problems.map((p) => `${p.path} ${p.code}`),
          [],
          `faults of ${text.slice(0, 300)}`,
        );
      }
    },
  ),
  clientCheck(
    {
      id: "client/5.1/sends-its-revision",
      requirements: ["ENV-02"],
      level: "MUST",
      basis: "explicit",
      mutants: ["arcp-2.0"],
    },
    async (t) => {
      const s = await tour(t);
      for (const { message } of s.peer.frames)
        t.equal(message["arcp"], PROTOCOL_VERSION, `arcp of ${message.type}`);
    },
  ),
  clientCheck(
    {
      id: "client/5.1/answers-1-with-1",
      requirements: ["ENV-02", "ENV-03"],
      level: "MUST",
      basis: "W-01",
      mutants: ["arcp-always-1.1"],
    },
    async (t) => {
      const s = await t.session({ envelope: { arcp: "1" } });
      const { frame, reply } = await s.submitted();
      const job = s.session.accept(frame, {}, { arcp: "1" });
      await s.isAccepted(reply, job);
      t.equal(frame.message["arcp"], "1", 'arcp of a message to a runtime that said "1"');
    },
  ),
  clientCheck(
    {
      id: "client/5.1/minor-versions-accepted",
      requirements: ["ENV-03"],
      level: "MUST",
      basis: "W-01",
      mutants: ["refuses-other-minors"],
    },
    async (t) => {
      const s = await t.session();
      const job = await s.job();
      s.session.deliver(job.makeLog("of 1.0"), { arcp: "1.0" });
      s.session.deliver(job.makeLog("of 1.7"), { arcp: "1.7" });
      await s.heard(job, "of 1.7");
      t.equal(s.messages(job), ["of 1.0", "of 1.7"], "events of other minor versions");
    },
  ),
  clientCheck(
    {
      id: "client/5.1/ids-unique",
      requirements: ["ENV-05"],
      level: "MUST",
      basis: "explicit",
      mutants: ["ids-repeat"],
    },
    async (t) => {
      const s = await tour(t);
      const ids = s.peer.frames.map(({ message }) => message["id"]);
      t.equal(new Set(ids).size, ids.length, `number of different ids of ${ids.length} messages`);
    },
  ),
  clientCheck(
    {
      id: "client/5.1/ids-are-ulids",
      requirements: ["ENV-06"],
      level: "SHOULD",
      basis: "W-02",
      mutants: ["ids-are-numbers", "ids-shrink"],
    },
    async (t) => {
      const s = await tour(t);
      const ids = s.peer.frames.map(({ message }) => String(message["id"]));
      const other = ids.filter((id) => !/^msg_[0-9A-HJKMNP-TV-Z]{26}$/.test(id));
      t.equal(other, [], "ids that are not msg_ and a ULID");
      t.equal(ids, [...ids].sort(), "ids, in the order in which they were sent");
    },
  ),
  clientCheck(
    {
      id: "client/5.1/any-id-accepted",
      requirements: ["ENV-07"],
      level: "MUST",
      basis: "W-02",
      mutants: ["wants-msg-ids"],
    },
    async (t) => {
      const s = await t.session();
      const job = await s.job();
      s.session.deliver(job.makeLog("short"), { id: "é" });
      s.session.deliver(job.makeLog("long"), { id: "9".repeat(128) });
      await s.heard(job, "long");
      t.equal(s.messages(job), ["short", "long"], "events with unusual ids");
    },
  ),
  clientCheck(
    {
      id: "client/5.1/session-id-on-everything",
      requirements: ["ENV-09"],
      level: "MUST",
      basis: "W-03",
      mutants: ["no-session-id"],
    },
    async (t) => {
      const s = await tour(t);
      for (const { message } of afterHello(s)) {
        t.equal(message["session_id"], s.session.id, `session_id of ${message.type}`);
      }
    },
  ),
  clientCheck(
    {
      id: "client/5.1/job-id-in-envelope",
      requirements: ["ENV-15", "ENV-16", "CANCEL-01"],
      level: "MUST",
      basis: "explicit",
      needs: { verbs: ["cancel"] },
      mutants: ["job-id-in-payload-only", "job-id-in-envelope-only"],
    },
    async (t) => {
      const s = await t.session();
      const job = await s.job();
      const cancelling = s.client.ask("cancel", { job_id: job.id, reason: "enough" });
      const { message } = await s.peer.expect("job.cancel");
      t.equal(message["job_id"], job.id, "job_id in the envelope of job.cancel");
      t.should(message.payload["job_id"] === job.id, "no job_id in the payload of job.cancel");
      const payload = { job_id: job.id, request_id: message["id"] };
      s.peer.send("job.cancelled", payload, { job_id: job.id });
      await cancelling;
      job.fail("CANCELLED", { final_status: "cancelled" });
      t.equal((await s.ended(job))["status"], "cancelled", "status told of a cancelled job");
    },
  ),
  clientCheck(
    {
      id: "client/5.1/job-id-from-either-place",
      requirements: ["ENV-17"],
      level: "MUST",
      basis: "W-16",
      mutants: ["wants-job-id-in-envelope", "wants-job-id-in-payload"],
    },
    async (t) => {
      const s = await t.session();
      const job = await s.job();
      const { seq, payload } = job.makeLog("payload only");
      s.peer.send("job.event", payload, { event_seq: seq });
      const { payload: both, ...rest } = job.makeLog("envelope only");
      const { job_id: _, ...without } = both;
      s.session.deliver({ ...rest, payload: without });
      await s.heard(job, "envelope only");
      t.equal(s.messages(job), ["payload only", "envelope only"], "events by place of job_id");
    },
  ),
  clientCheck(
    {
      id: "client/5.2/last-member-wins",
      requirements: ["ENC-07"],
      level: "SHOULD",
      basis: "explicit",
      mutants: ["first-member-wins"],
    },
    async (t) => {
      const s = await t.session();
      const job = await s.job();
      const { seq, payload } = job.makeLog("twice");
      const text = JSON.stringify(
        s.peer.compose("job.event", payload, { job_id: job.id, event_seq: seq }),
      );
      s.peer.sendText(text.replace('"kind":"log"', '"kind":"status","kind":"log"'));
      job.log("after");
      await s.heard(job, "after");
      const kinds = s.client.news.map(({ kind }) => kind);
      t.equal(
        kinds,
        ["log", "log"],
        "kinds of an event that names its kind twice, and of the next",
      );
    },
  ),
  clientCheck(
    {
      id: "client/5.4/unknown-members-ignored",
      requirements: ["ENC-18", "ENC-19"],
      level: "MUST",
      basis: "explicit",
      mutants: ["strict-envelope", "strict-payload"],
    },
    async (t) => {
      const extra = { x_future: { deep: [1] } };
      const s = await t.session({ payload: extra, envelope: extra });
      const { frame, reply } = await s.submitted();
      const job = s.session.accept(frame, extra, extra);
      await s.isAccepted(reply, job);
      s.session.deliver(job.makeLog("in the envelope"), extra);
      const { payload, ...event } = job.makeLog("in the payload");
      s.session.deliver({ ...event, payload: { ...payload, ...extra } });
      job.succeed({ result: 7, ...extra });
      t.equal((await s.ended(job))["result"], 7, "result of a terminal with unknown members");
      t.equal(
        s.messages(job),
        ["in the envelope", "in the payload"],
        "events with unknown members",
      );
    },
  ),
  clientCheck(
    {
      id: "client/5.4/unknown-type-ignored",
      requirements: ["ENC-20", "ENC-23"],
      level: "MUST",
      basis: "W-12",
      mutants: ["unknown-type-fatal"],
    },
    async (t) => {
      const s = await t.session();
      const job = await s.job();
      s.peer.sendMalformed("session.future", { what: 1 });
      s.peer.send("x-vendor.conformance.news", { what: 2 });
      job.log("after");
      await s.heard(job, "after");
      job.succeed();
      t.equal((await s.ended(job))["status"], "success", "status of the job");
      t.equal(s.runtime.waiting, 0, "connections that the client opened anew");
    },
  ),
  clientCheck(
    {
      id: "client/5.4/unknown-kind-delivered",
      requirements: ["ENC-21", "ENC-23"],
      level: "MUST",
      basis: "explicit",
      mutants: ["unknown-kind-dropped", "unknown-kind-fatal"],
    },
    async (t) => {
      const s = await t.session();
      const job = await s.job();
      job.event("x-vendor.conformance.colour", { red: [1, { deep: null }] });
      job.event("future_kind", { blue: true });
      job.log("after");
      await s.heard(job, "after");
      const told = s.client.news.map(({ kind, body }) => ({ kind, body }));
      t.equal(
        told.slice(0, 2),
        [
          { kind: "x-vendor.conformance.colour", body: { red: [1, { deep: null }] } },
          { kind: "future_kind", body: { blue: true } },
        ],
        "events of unknown kinds",
      );
    },
  ),
] as const;
