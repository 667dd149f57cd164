/** Section 7.1: submission, and what answers it. */
import { check } from "../run/check.js";
import { isRecord, jobIdOf, requestIdOf, type WireMessage } from "../peer/message.js";
import { details, member, nothing, R0, R2 } from "./support.js";

const unknownAgent = { agent: "conformance.no-such-agent" } as const;
const answers = ["job.accepted", "session.error"];

/** Checks of section 7.1. */
export const submitChecks = [
  check(
    {
      id: "runtime/7.1/one-answer",
      requirements: ["SUB-01"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["accepted-twice", "refuses-twice-late"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.succeed(peer, [{ op: "return" }]);
      const refused = await peer.request("job.submit", unknownAgent, "job.accepted");
      t.refused(refused, "AGENT_NOT_AVAILABLE", "a submit for an unknown agent");
      await peer.settle();
      const { length } = peer.collect(answers);
      t.equal(length, 2, "answers to two submits");
      t.equal(job.end.message.type, "job.result", "end of the accepted job");
    },
  ),
  check(
    {
      id: "runtime/7.1/accepted-complete",
      requirements: ["SUB-01", "SUB-06", "SUB-12"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["lease-omitted", "accepted-without-time"],
    },
    async (t) => {
      const job = await t.succeed(await t.session(), [{ op: "return" }]);
      const { lease, accepted_at } = job.accepted.message.payload;
      t.ok(isRecord(lease), "job.accepted has no lease");
      t.ok(!Number.isNaN(Date.parse(String(accepted_at))), "accepted_at is no time");
    },
  ),
  check(
    {
      id: "runtime/7.1/accepted-names-request",
      requirements: ["SERR-13"],
      level: "MUST",
      basis: "W-05",
      needs: R2,
      mutants: ["no-request-id", "wrong-request-id"],
    },
    async (t) => {
      const peer = await t.session();
      const id = peer.send("job.submit", t.program([{ op: "return" }]));
      const accepted = await peer.expect("job.accepted");
      t.equal(accepted.message.payload.request_id, id, "request_id of job.accepted");
    },
  ),
  check(
    {
      id: "runtime/7.1/two-at-once-told-apart",
      requirements: ["SUB-01", "SERR-13", "SERR-02"],
      level: "MUST",
      basis: "W-05",
      needs: R2,
      mutants: ["confuses-requests", "no-request-id"],
    },
    async (t) => {
      const peer = await t.session();
      const bad = peer.send("job.submit", unknownAgent);
      const good = peer.send("job.submit", t.program([{ op: "return", value: "good" }]));
      const worse = peer.send("job.submit", unknownAgent);
      await peer.expect("job.result");
      await peer.reply(worse, "job.accepted");
      await peer.settle();
      const accepted = peer.collect("job.accepted");
      const refused = peer.collect("session.error");
      t.equal(
        accepted.map((f) => requestIdOf(f.message)),
        [good],
        "what job.accepted names",
      );
      t.equal(
        refused.map((f) => requestIdOf(f.message)),
        [bad, worse],
        "what session.error names",
      );
    },
  ),
  check(
    {
      id: "runtime/7.1/answered-in-order",
      requirements: ["SERR-14"],
      level: "MUST",
      basis: "W-05",
      needs: R2,
      mutants: ["answers-out-of-order"],
    },
    async (t) => {
      const peer = await t.session();
      const sent = Array.from({ length: 12 }, (_, i) =>
        peer.send("job.submit", i % 3 === 1 ? unknownAgent : t.program([{ op: "return" }])),
      );
      await peer.expect((m) => requestIdOf(m) === sent.at(-1), { what: "the last answer" });
      const named = () => peer.collect(answers).map((f) => requestIdOf(f.message));
      t.equal(named(), sent, "order of the answers");
      await peer.settle();
      t.equal(named().length, sent.length, "answers to twelve submits");
    },
  ),
  check(
    {
      id: "runtime/7.1/accepted-before-events",
      requirements: ["SUB-03"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["event-before-accepted"],
    },
    async (t) => {
      const peer = await t.session();
      const jobs = [];
      for (let i = 0; i < 5; i++) jobs.push(await t.submit(peer, [{ op: "burst", count: 3 }]));
      for (const job of jobs) {
        await job.terminal();
        const first = job.frames()[0]!;
        t.ok(first.index > job.accepted.index, `${first.message.type} came before job.accepted`);
      }
    },
  ),
  check(
    {
      id: "runtime/7.1/lease-not-widened",
      requirements: ["SUB-05", "SUB-06"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["lease-widened", "lease-omitted"],
    },
    async (t) => {
      const peer = await t.session();
      const asked = { "fs.read": ["/workspace/**"], "tool.call": ["search"] };
      const job = await t.succeed(peer, [{ op: "return" }], { payload: { lease_request: asked } });
      const granted = job.accepted.message.payload.lease;
      for (const [namespace, patterns] of Object.entries(isRecord(granted) ? granted : {})) {
        const allowed: readonly string[] = asked[namespace as keyof typeof asked] ?? [];
        const extra = (Array.isArray(patterns) ? patterns : []).filter((p) => !allowed.includes(p));
        t.equal(extra, [], `patterns of ${namespace} that nobody asked for`);
      }
      t.should(member(granted, "fs.read") !== undefined, "the lease was reduced without need");
    },
  ),
  check(
    {
      id: "runtime/7.1/unknown-agent",
      requirements: ["SUB-11"],
      level: "MUST",
      basis: "explicit",
      needs: R0,
      mutants: ["agent-missing-as-version", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      for (const agent of ["conformance.no-such-agent", "constructor", "to-string", "a"]) {
        const answer = await peer.request("job.submit", { agent }, "job.accepted");
        t.refused(answer, "AGENT_NOT_AVAILABLE", `a submit for the agent ${agent}`);
      }
      await peer.fence();
    },
  ),
  check(
    {
      id: "runtime/7.1/jobs-stay-in-their-session",
      requirements: ["SERR-15", "LIST-07"],
      level: "MUST",
      basis: "derived",
      needs: { ...R2, connections: "together" },
      mutants: ["broadcast"],
    },
    async (t) => {
      const owner = await t.session();
      const other = await t.session();
      await t.succeed(owner, [{ op: "burst", count: 3 }, { op: "return" }]);
      const isOfJob = (m: WireMessage) => jobIdOf(m) !== undefined;
      await nothing(t, other, isOfJob, -1, "a job's message in a session that did not submit it");
    },
  ),
  check(
    {
      id: "runtime/7.1/input-is-untouched",
      requirements: ["SUB-01", "ENC-01"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["result-altered"],
    },
    async (t) => {
      const value = {
        text: 'ü 😀 \u2028 "quoted" \\ \u0000',
        number: [0, -1, 1.5, 1e21, 9007199254740991],
        nothing: null,
        deep: { a: { b: [{ c: [] }] } },
        "key with . and /": true,
      };
      const job = await t.succeed(await t.session(), [{ op: "return", value }]);
      t.equal(job.end.message.payload.result, value, "a value that went in and came out");
    },
  ),
  check(
    {
      id: "runtime/7.1/unserved-lease-refused",
      requirements: ["HELLO-15"],
      level: "MUST",
      basis: "W-14",
      needs: R2,
      mutants: ["lease-stripped", "drop-session-error", "no-details"],
    },
    async (t) => {
      // Features that this session does not offer are outside the set, whatever the runtime serves.
      const peer = await t.session({ features: ["heartbeat", "list_jobs"] });
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      const asks = [
        ["cost.budget", { lease_request: { "cost.budget": ["USD:1.00"] } }],
        ["model.use", { lease_request: { "model.use": ["tier-fast/*"] } }],
        ["lease_expires_at", { lease_request: {}, lease_constraints: { expires_at } }],
      ] as const;
      for (const [feature, payload] of asks) {
        const program = t.program([{ op: "return" }], { payload });
        const answer = await peer.request("job.submit", program, "job.accepted");
        t.refused(answer, "INVALID_REQUEST", `a submit that needs ${feature}`);
        t.equal(details(answer).feature, feature, "details.feature");
      }
      await t.succeed(peer, [{ op: "return" }], {
        payload: { lease_request: { "fs.read": ["/a"] } },
      });
    },
  ),
] as const;
