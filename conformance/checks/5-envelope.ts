/** Section 5.1: the envelope of what the runtime sends, and what it takes. */
import { PROTOCOL_VERSION } from "../../generated/current/constants.js";
import { isNumbered, jobIdOf, type Frame } from "../peer/message.js";
import { helloPayload } from "../peer/session.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { list, R0, R2 } from "./support.js";

/** Makes a connection on which everything that a runtime sends has been seen. */
export async function busy(t: Trial) {
  const peer = await t.session();
  await t.succeed(peer, [
    { op: "burst", count: 2 },
    { op: "return", value: 1 },
  ]);
  const held = await t.submit(peer, [{ op: "await-cancel" }]);
  await held.cancel();
  await held.terminal();
  await peer.request("job.submit", { agent: "conformance.no-such-agent" }, "job.accepted");
  if (peer.features.has("list_jobs")) await list(t, peer);
  await peer.fence();
  return peer;
}

function isJobMessage(frame: Frame): boolean {
  const { type } = frame.message;
  return isNumbered(frame.message) || type === "job.accepted" || type === "job.cancelled";
}

/** Checks of section 5.1. */
export const envelopeChecks = [
  check(
    {
      id: "runtime/5.1/envelope-complete",
      requirements: ["ENV-01"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["no-id", "no-arcp"],
    },
    async (t) => {
      for (const { message, text } of (await busy(t)).frames) {
        const at = `in ${text.slice(0, 120)}`;
        t.ok(typeof message.arcp === "string", `no arcp ${at}`);
        t.ok(typeof message.id === "string" && message.id !== "", `no id ${at}`);
        t.ok(Object.hasOwn(JSON.parse(text) as object, "payload"), `no payload ${at}`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.1/sends-its-revision",
      requirements: ["ENV-02"],
      level: "MUST",
      basis: "W-01",
      needs: R0,
      mutants: ["arcp-one"],
    },
    async (t) => {
      const peer = await t.session();
      await peer.fence();
      for (const { message } of peer.frames)
        t.equal(message.arcp, PROTOCOL_VERSION, `arcp of ${message.type}`);
    },
  ),
  check(
    {
      id: "runtime/5.1/answers-1-with-1",
      requirements: ["ENV-02", "ENV-03"],
      level: "MUST",
      basis: "W-01",
      needs: R0,
      mutants: ["arcp-always-1.1", "refuse-other-minor"],
    },
    async (t) => {
      const peer = await t.connect();
      const { capabilities: _, ...payload } = helloOf(t);
      peer.send("session.hello", payload, { arcp: "1" });
      const welcome = await peer.expect("session.welcome");
      t.equal(welcome.message.arcp, "1", 'arcp of the welcome to a peer that says "1"');
    },
  ),
  check(
    {
      id: "runtime/5.1/minor-versions-accepted",
      requirements: ["ENV-03"],
      level: "MUST",
      basis: "W-01",
      needs: { ...R0, connections: "apart" },
      mutants: ["refuse-other-minor"],
    },
    async (t) => {
      for (const arcp of ["1.0", "1.7"]) {
        const peer = await t.connect();
        peer.send("session.hello", helloOf(t), { arcp });
        await peer.expect("session.welcome", { what: `session.welcome to arcp ${arcp}` });
      }
    },
  ),
  check(
    {
      id: "runtime/5.1/other-version-refused",
      requirements: ["ENV-04"],
      level: "MUST",
      basis: "W-01",
      needs: { ...R0, connections: "apart" },
      mutants: ["accept-any-version", "drop-session-error", "bare-errors"],
    },
    async (t) => {
      const bystander = await t.bystander();
      for (const arcp of ["2.0", "0.9", ""]) {
        const peer = await t.connect();
        peer.sendMalformed("session.hello", helloOf(t), { arcp });
        const answer = await peer.expect(["session.error", "session.welcome"]);
        t.refused(answer, "INVALID_REQUEST", `a hello of version ${JSON.stringify(arcp)}`);
        const said = JSON.stringify(answer.message.payload);
        t.ok(said.includes(PROTOCOL_VERSION), "the error does not name the supported versions");
      }
      await bystander.fence();
    },
  ),
  check(
    {
      id: "runtime/5.1/ids-unique",
      requirements: ["ENV-05"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["same-id"],
    },
    async (t) => {
      const ids = (await busy(t)).frames.map(({ message }) => message.id);
      t.equal(new Set(ids).size, ids.length, "number of different ids");
    },
  ),
  check(
    {
      id: "runtime/5.1/ids-are-ulids",
      requirements: ["ENV-06"],
      level: "SHOULD",
      basis: "W-02",
      needs: R2,
      mutants: ["uuid-ids"],
    },
    async (t) => {
      for (const { message } of (await busy(t)).frames) {
        const id = String(message.id);
        t.ok(/^msg_[0-9A-HJKMNP-TV-Z]{26}$/.test(id), `id ${id} is not msg_ and a ULID`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.1/ids-grow",
      requirements: ["ENV-06"],
      level: "SHOULD",
      basis: "W-02",
      needs: R2,
      mutants: ["ids-shrink"],
    },
    async (t) => {
      const { frames } = await busy(t);
      // What stands in a job's log has ids of that log; all else is made as it is sent.
      const lines = new Map<string, string[]>();
      for (const { message } of frames) {
        const line = message.event_seq === undefined ? "messages" : `job ${String(message.job_id)}`;
        lines.set(line, [...(lines.get(line) ?? []), String(message.id)]);
      }
      for (const [line, ids] of lines) {
        t.equal(ids, [...ids].sort(), `the ids of ${line} in the order of arrival`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.1/any-id-accepted",
      requirements: ["ENV-07"],
      level: "MUST",
      basis: "W-02",
      needs: R0,
      mutants: ["short-ids-only"],
    },
    async (t) => {
      const peer = await t.session();
      for (const id of ["7", "ü/ñ 1", "x".repeat(128)]) {
        const after = peer.last;
        peer.send("job.submit", { agent: "conformance.no-such-agent" }, { id });
        const answer = await peer.reply(id, "job.accepted", { after });
        t.refused(answer, "AGENT_NOT_AVAILABLE", `a submit with an id of ${id.length} characters`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.1/session-id-on-everything",
      requirements: ["ENV-08", "ENV-09", "ENV-19"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["no-session-id", "wrong-session-id"],
    },
    async (t) => {
      const peer = await busy(t);
      for (const { message } of peer.frames) {
        if (message.type === "session.welcome") continue;
        t.equal(message.session_id, peer.sessionId, `session_id of ${message.type}`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.1/session-id-may-be-absent",
      requirements: ["ENV-10"],
      level: "MUST",
      basis: "W-03",
      needs: R0,
      mutants: ["session-id-required"],
    },
    async (t) => {
      const peer = await t.session();
      const payload = { agent: "conformance.no-such-agent" };
      const answer = await peer.request("job.submit", payload, "job.accepted", {
        session_id: undefined,
      });
      t.refused(answer, "AGENT_NOT_AVAILABLE", "a submit without session_id");
    },
  ),
  check(
    {
      id: "runtime/5.1/other-session-id-refused",
      requirements: ["ENV-11"],
      level: "MUST",
      basis: "W-03",
      needs: { ...R0, connections: "apart" },
      mutants: ["session-id-ignored", "drop-session-error"],
    },
    async (t) => {
      const other = await t.session();
      const peer = await t.session();
      const payload = { agent: "conformance.no-such-agent" };
      for (const session_id of [other.sessionId, "sess_00000000000000000000000000"]) {
        const envelope = { session_id };
        const answer = await peer.request("job.submit", payload, "job.accepted", envelope);
        t.refused(answer, "INVALID_REQUEST", `a message that names session ${session_id}`);
      }
      const right = await peer.request("job.submit", payload, "job.accepted");
      t.refused(right, "AGENT_NOT_AVAILABLE", "the same message with the right session_id");
      await other.fence();
    },
  ),
  check(
    {
      id: "runtime/5.1/numbers-on-events-only",
      requirements: ["ENV-19", "ENV-20"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["seq-on-replies", "seq-missing"],
    },
    async (t) => {
      for (const { message } of (await busy(t)).frames) {
        const numbered = Number.isSafeInteger(message.event_seq);
        const has = message.event_seq !== undefined && message.event_seq !== null;
        if (isNumbered(message)) t.ok(numbered, `${message.type} without event_seq`);
        else t.ok(!has, `${message.type} with event_seq ${String(message.event_seq)}`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.1/job-id-in-envelope",
      requirements: ["ENV-15", "ENV-19"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["no-job-id-in-envelope"],
    },
    async (t) => {
      for (const { message } of (await busy(t)).frames.filter((f) => isNumbered(f.message))) {
        t.ok(typeof message.job_id === "string", `${message.type} without job_id in the envelope`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.1/job-id-in-both-places",
      requirements: ["ENV-16"],
      level: "MUST",
      basis: "W-16",
      needs: R2,
      mutants: ["no-job-id-in-payload", "no-job-id-in-envelope"],
    },
    async (t) => {
      for (const frame of (await busy(t)).frames.filter(isJobMessage)) {
        const { message } = frame;
        t.ok(jobIdOf(message) !== undefined, `${message.type} names no job`);
        t.equal(message.payload.job_id, message.job_id, `job_id of ${message.type}, both places`);
      }
    },
  ),
] as const;

function helloOf(t: Trial): Record<string, unknown> {
  return helloPayload(t.helloOptions());
}
