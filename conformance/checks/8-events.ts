/** Sections 8.1 to 8.3: events, their kinds, their order. */
import { Feature } from "../../generated/current/constants.js";
import { validateMessage } from "../../generated/current/validate/index.js";
import { isNumbered, seqOf } from "../peer/message.js";
import { check } from "../run/check.js";
import type { ScriptStep } from "../script.js";
import { R2, range, seqs } from "./support.js";

/** One event of each kind that any session may receive. */
const bodies: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  log: { level: "warn", message: "line\nbreak" },
  thought: { text: "hmm" },
  tool_call: { tool: "search", args: { q: "x" }, call_id: "c1" },
  tool_result: { call_id: "c1", result: { hits: 0 } },
  status: { phase: "reading", message: "half way" },
  metric: { name: "rows", value: 12.5, unit: "rows", dimensions: { table: "t" } },
  artifact_ref: { uri: "file:///a", content_type: "text/plain", byte_size: 3 },
};

/** Checks of sections 8.1 to 8.3. */
export const eventChecks = [
  check(
    {
      id: "runtime/8.1/event-complete",
      requirements: ["ENV-19", "EVT-01"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["event-without-ts", "no-session-id", "no-job-id-in-envelope", "seq-missing"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.succeed(peer, [{ op: "burst", count: 2 }]);
      for (const { message } of job.frames()) {
        t.equal(message.session_id, peer.sessionId, "session_id in the envelope");
        t.equal(message.job_id, job.id, "job_id in the envelope");
        t.ok(seqOf(message) !== undefined, "no event_seq in the envelope");
      }
      for (const { message } of job.events()) {
        const { kind, ts } = message.payload;
        t.equal(kind, "log", "kind");
        t.ok(!Number.isNaN(Date.parse(String(ts))), "ts is no time");
      }
    },
  ),
  check(
    {
      id: "runtime/8.1/times-in-utc",
      requirements: ["ENC-06"],
      level: "SHOULD",
      basis: "derived",
      needs: R2,
      mutants: ["times-of-its-own"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "burst", count: 1 }]);
      await peer.fence();
      const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
      for (const { message } of peer.frames) {
        for (const member of ["ts", "accepted_at", "completed_at", "received_at", "sent_at"]) {
          const time = message.payload[member];
          const ok = time === undefined || form.test(String(time));
          t.ok(ok, `${member} of ${message.type} is ${String(time)}`);
        }
      }
    },
  ),
  check(
    {
      id: "runtime/8.1/everything-follows-its-schema",
      requirements: ["EVT-01", "SERR-01", "SUB-06"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["accepted-without-time", "event-without-ts", "lease-omitted"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, emitAll());
      await peer.request("job.submit", { agent: "conformance.no-such-agent" }, "job.accepted");
      if (peer.features.has("list_jobs"))
        await peer.request("session.list_jobs", {}, "session.jobs");
      for (const { text } of peer.frames) {
        const verdict = validateMessage(JSON.parse(text));
        const problems = verdict.kind === "invalid" ? verdict.problems : [];
        const at = problems.map((p) => `${p.path} ${p.code}`).join(", ");
        t.ok(verdict.kind !== "invalid", `${at} in ${text.slice(0, 200)}`);
      }
    },
  ),
  check(
    {
      id: "runtime/8.2/kinds-delivered-unchanged",
      requirements: ["EVT-01", "SEQ-04"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["drop-thoughts", "bodies-altered"],
    },
    async (t) => {
      const job = await t.succeed(await t.session(), emitAll());
      for (const [kind, body] of Object.entries(bodies)) {
        t.equal(job.bodies(kind), [body], `bodies of kind ${kind}`);
      }
    },
  ),
  check(
    {
      id: "runtime/8.2/progress-delivered",
      requirements: ["HELLO-11"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, features: [Feature.Progress] },
      mutants: ["drop-progress"],
    },
    async (t) => {
      const body = { current: 3, total: 10, units: "files", message: "src" };
      const job = await t.succeed(await t.session(), [{ op: "emit", kind: "progress", body }]);
      t.equal(job.bodies("progress"), [body], "bodies of kind progress");
    },
  ),
  check(
    {
      id: "runtime/8.2/no-progress-unless-negotiated",
      requirements: ["HELLO-12", "HELLO-18"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, features: [Feature.Progress] },
      mutants: ["offer-everything"],
    },
    async (t) => {
      const peer = await t.session({ features: ["heartbeat"] });
      const progress = { op: "emit", kind: "progress", body: { current: 1 } } as const;
      const job = await t.succeed(peer, [progress, { op: "burst", count: 1 }, progress]);
      t.equal(job.bodies("progress"), [], "progress for a session without progress");
      t.equal(seqs(peer), [1, 2], "numbers of one log and the end");
    },
  ),
  check(
    {
      id: "runtime/8.2/result-or-error",
      requirements: ["KIND-02"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["tool-result-with-both"],
    },
    async (t) => {
      const job = await t.succeed(
        await t.session(),
        ["/workspace/a", "/etc/passwd"].map((target, i) => ({
          ...({ op: "op", namespace: "fs.read" } as const),
          ...{ target, call_id: `c${i}` },
        })),
        { payload: { lease_request: { "fs.read": ["/workspace/**"] } } },
      );
      const results = job.bodies("tool_result");
      t.equal(results.length, 2, "tool_result events of two operations");
      for (const body of results) {
        const members = ["result", "error"].filter((name) => body[name] !== undefined);
        t.equal(members.length, 1, `members among result and error of ${String(body.call_id)}`);
      }
    },
  ),
  check(
    {
      id: "runtime/8.3/begins-at-one",
      requirements: ["ENV-21", "TRN-18"],
      level: "MUST",
      basis: "W-15",
      needs: { ...R2, connections: "apart" },
      mutants: ["seq-from-zero"],
    },
    async (t) => {
      for (let i = 0; i < 2; i++) {
        const peer = await t.session();
        await t.succeed(peer, [{ op: "burst", count: 1 }]);
        t.equal(seqs(peer), [1, 2], "numbers of a new session");
      }
    },
  ),
  check(
    {
      id: "runtime/8.3/one-sequence-for-all-jobs",
      requirements: ["ENV-21", "SEQ-01", "SEQ-02", "ENV-19", "TRN-18"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["seq-per-job", "seq-gap", "seq-twice"],
    },
    async (t) => {
      const peer = await t.session();
      const steps: ScriptStep[] = [
        { op: "burst", count: 10 },
        { op: "sleep", ms: 5 },
        { op: "burst", count: 10 },
      ];
      const jobs = [];
      for (let i = 0; i < 4; i++) jobs.push(await t.submit(peer, steps));
      for (const job of jobs) await job.terminal();
      await peer.settle();
      t.equal(seqs(peer), range(1, 84), "numbers of four jobs with 20 events each");
    },
  ),
  check(
    {
      id: "runtime/8.3/order-within-a-job",
      requirements: ["SEQ-04", "SEQ-01", "TRN-18"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["bodies-swapped", "events-swapped"],
    },
    async (t) => {
      const job = await t.succeed(await t.session(), [{ op: "burst", count: 300 }]);
      const words = range(0, 299).map((n) => `burst ${n}`);
      t.equal(
        job.bodies("log").map((body) => body.message),
        words,
        "order of 300 events",
      );
      const numbers = job.frames().map(({ message }) => seqOf(message));
      t.equal(numbers, range(1, 301), "numbers of 300 events and the end");
    },
  ),
  check(
    {
      id: "runtime/8.1/replies-are-not-events",
      requirements: ["ENV-20"],
      level: "MUST",
      basis: "W-15",
      needs: R2,
      mutants: ["seq-on-replies"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.submit(peer, [{ op: "await-cancel" }]);
      await job.cancel();
      await job.terminal();
      await peer.fence();
      const numbered = peer.frames.filter((f) => seqOf(f.message) !== undefined);
      t.equal(
        numbered.map((f) => f.message.type),
        ["job.error"],
        "messages that bear a number",
      );
      t.equal(numbered.length, peer.collect(isNumbered).length, "numbered messages");
    },
  ),
] as const;

function emitAll(): ScriptStep[] {
  return Object.entries(bodies).map(([kind, body]) => ({ op: "emit", kind, body }));
}
