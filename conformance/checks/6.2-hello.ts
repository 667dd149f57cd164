/** Section 6.2: hello, welcome and the features that both know. */
import { Feature, Limits } from "../../generated/current/constants.js";
import { isRecord } from "../peer/message.js";
import { allFeatures, featuresOf, helloPayload } from "../peer/session.js";
import { check } from "../run/check.js";
import { scriptAgent, scriptDefaultVersion, scriptVersions } from "../script.js";
import { details, member, nothing, R0, R2 } from "./support.js";

const unknownAgent = { agent: "conformance.no-such-agent" } as const;

/** Checks of section 6.2. */
export const helloChecks = [
  check(
    {
      id: "runtime/6.2/welcome-complete",
      requirements: ["HELLO-04", "HELLO-06", "HELLO-09"],
      level: "MUST",
      basis: "explicit",
      needs: R0,
      mutants: ["welcome-without-token", "welcome-without-agents", "welcome-without-window"],
    },
    async (t) => {
      const peer = await t.session();
      t.equal(peer.collect("session.welcome").length, 1, "number of welcomes");
      const { runtime, resume_token, resume_window_sec, capabilities } =
        peer.welcome!.message.payload;
      t.ok(typeof peer.sessionId === "string", "the welcome names no session");
      t.ok(typeof member(runtime, "name") === "string", "no runtime.name");
      t.ok(typeof member(runtime, "version") === "string", "no runtime.version");
      t.ok(typeof resume_token === "string" && resume_token !== "", "no resume_token");
      t.ok(typeof resume_window_sec === "number" && resume_window_sec >= 0, "no resume_window_sec");
      t.ok(Array.isArray(member(capabilities, "encodings")), "no capabilities.encodings");
      t.ok(Array.isArray(member(capabilities, "agents")), "no capabilities.agents");
    },
  ),
  check(
    {
      id: "runtime/6.2/welcome-fields-of-deployed-clients",
      requirements: ["HELLO-05"],
      level: "MUST",
      basis: "W-31",
      needs: R0,
      mutants: ["welcome-without-limits", "welcome-without-payload-session"],
    },
    async (t) => {
      const peer = await t.session();
      const { session_id, accepted_at, limits } = peer.welcome!.message.payload;
      t.equal(session_id, peer.sessionId, "payload.session_id");
      t.ok(
        typeof accepted_at === "string" && !Number.isNaN(Date.parse(accepted_at)),
        "no accepted_at",
      );
      t.ok(isRecord(limits), "no limits");
    },
  ),
  check(
    {
      id: "runtime/6.2/sessions-and-tokens-differ",
      requirements: ["HELLO-06", "ENV-08"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R0, connections: "together" },
      mutants: ["short-tokens", "same-session-id"],
    },
    async (t) => {
      const peers = [await t.session(), await t.session(), await t.session()];
      t.equal(new Set(peers.map((p) => p.sessionId)).size, 3, "number of different sessions");
      t.equal(new Set(peers.map((p) => p.resumeToken)).size, 3, "number of different tokens");
      for (const { resumeToken, sessionId } of peers) {
        // 128 bits are 22 characters of base64 or 32 of hexadecimal.
        t.ok((resumeToken ?? "").length >= 22, "a resume_token too short for 128 bits");
        t.ok(!resumeToken?.includes(sessionId ?? "?"), "the resume_token shows its session");
      }
    },
  ),
  check(
    {
      id: "runtime/6.2/agents-have-versions",
      requirements: ["HELLO-09"],
      level: "MUST",
      basis: "explicit",
      needs: { rung: "R2", features: [Feature.AgentVersions] },
      mutants: ["agents-without-versions", "welcome-without-agents"],
    },
    async (t) => {
      const peer = await t.session();
      const agents = member(peer.welcome!.message.payload.capabilities, "agents");
      const entry = (Array.isArray(agents) ? agents : []).find(
        (a) => member(a, "name") === scriptAgent,
      );
      const versions = member(entry, "versions");
      t.equal(
        [...(Array.isArray(versions) ? versions : [])].sort(),
        [...scriptVersions],
        "versions",
      );
      t.equal(member(entry, "default"), scriptDefaultVersion, "default version");
    },
  ),
  check(
    {
      id: "runtime/6.2/first-message-must-be-hello",
      requirements: ["HELLO-02", "SERR-03"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R0, connections: "apart" },
      mutants: ["drop-session-error", "open-after-refusal"],
    },
    async (t) => {
      for (const [type, payload] of [
        ["job.submit", unknownAgent],
        ["session.list_jobs", {}],
        ["session.ping", { nonce: "n1" }],
      ] as const) {
        const peer = await t.connect();
        peer.send(type, payload);
        await peer.expect("session.error", { what: `session.error to ${type} as first message` });
        await peer.expectClose();
      }
      const twin = await t.session();
      t.refused(
        await twin.request("job.submit", unknownAgent, "job.accepted"),
        "AGENT_NOT_AVAILABLE",
        "a submit after the hello",
      );
    },
  ),
  check(
    {
      id: "runtime/6.2/malformed-first-message",
      requirements: ["ENC-08", "HELLO-02", "SERR-03"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "apart" },
      mutants: ["drop-session-error", "open-after-refusal"],
    },
    async (t) => {
      const bystander = await t.bystander();
      for (const text of [
        "{",
        "[]",
        '{"arcp":"1.1","id":"x","type":"session.hello","payload":7}',
      ]) {
        const peer = await t.connect();
        peer.sendText(text);
        t.refused(await peer.expect("session.error"), ["INVALID_REQUEST", "UNAUTHENTICATED"], text);
        await peer.expectClose();
      }
      await bystander.fence();
    },
  ),
  check(
    {
      id: "runtime/6.2/hello-deadline",
      requirements: ["HELLO-03"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "apart" },
      mutants: ["waits-for-ever"],
      deadlineMs: 60_000,
    },
    async (t) => {
      const silent = await t.connect();
      const patient = await t.session();
      // A deadline of the runtime's own does not follow the scale of the suite's, unless machines are slow.
      const wait = (Limits.helloDeadlineMs + 3000) / Math.min(1, t.target.timeScale);
      await silent.expectClose(wait);
      await patient.fence();
    },
  ),
  check(
    {
      id: "runtime/6.2/second-hello",
      requirements: ["HELLO-08", "SERR-05"],
      level: "MUST",
      basis: "W-13",
      needs: R0,
      mutants: ["drop-session-error", "close-after-error", "invalid-as-internal"],
    },
    async (t) => {
      const peer = await t.session();
      const after = peer.last;
      peer.send("session.hello", helloPayload(t.helloOptions()));
      const answer = await peer.expect(["session.error", "session.welcome"], { after });
      t.refused(answer, "INVALID_REQUEST", "a second hello");
      await peer.fence();
    },
  ),
  check(
    {
      id: "runtime/6.2/welcome-lists-common-features",
      requirements: ["HELLO-11", "HELLO-13"],
      level: "SHOULD",
      basis: "explicit",
      needs: { ...R0, connections: "apart" },
      mutants: ["all-features-in-welcome"],
    },
    async (t) => {
      for (const features of [[], ["heartbeat"], ["ack", "heartbeat"]]) {
        const peer = await t.session({ features });
        const extra = featuresOf(peer.welcome!).filter((f) => !features.includes(f));
        t.equal(extra, [], `flags in the welcome that were not in [${features.join()}]`);
      }
    },
  ),
  check(
    {
      id: "runtime/6.2/unknown-flags-ignored",
      requirements: ["HELLO-14"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "apart" },
      mutants: ["echo-features", "refuse-unknown-flags"],
    },
    async (t) => {
      const peer = await t.session({
        features: [...allFeatures, "x-vendor.conformance.flag", "time_travel"],
      });
      const named = featuresOf(peer.welcome!);
      t.ok(!named.includes("time_travel"), "the welcome repeats a flag that nobody can know");
      const twin = await t.session();
      t.equal(
        named.sort(),
        featuresOf(twin.welcome!).sort(),
        "features with and without unknown flags",
      );
    },
  ),
  check(
    {
      id: "runtime/6.2/hello-without-capabilities",
      requirements: ["HELLO-11", "SUB-01"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["capabilities-required"],
    },
    async (t) => {
      const peer = await t.session({ features: null });
      const job = await t.succeed(peer, [
        { op: "burst", count: 1 },
        { op: "return", value: "old" },
      ]);
      t.equal(job.end.message.payload.result, "old", "result for a client of revision 1.0");
    },
  ),
  check(
    {
      id: "runtime/6.2/unnegotiated-request-refused",
      requirements: ["HELLO-12", "HELLO-15"],
      level: "MUST",
      basis: "W-14",
      needs: { rung: "R0", features: [Feature.ListJobs], connections: "apart" },
      mutants: ["offer-everything", "no-details", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session({ features: ["heartbeat"] });
      const answer = await peer.request("session.list_jobs", {}, "session.jobs");
      t.refused(answer, "INVALID_REQUEST", "session.list_jobs without list_jobs");
      t.equal(details(answer).feature, "list_jobs", "details.feature");
      const twin = await (await t.session()).request("session.list_jobs", {}, "session.jobs");
      t.equal(twin.message.type, "session.jobs", "answer with list_jobs");
    },
  ),
  check(
    {
      id: "runtime/6.2/unserved-subscribe-refused",
      requirements: ["HELLO-15"],
      level: "MUST",
      basis: "W-14",
      needs: R0,
      mutants: ["drop-session-error", "no-details"],
    },
    async (t) => {
      const peer = await t.session({ features: ["heartbeat", "list_jobs"] });
      const job_id = "job_00000000000000000000000000";
      const answer = await peer.request("job.subscribe", { job_id }, "job.subscribed", { job_id });
      t.refused(answer, "INVALID_REQUEST", "job.subscribe without subscribe");
      t.equal(details(answer).feature, "subscribe", "details.feature");
      await peer.fence();
    },
  ),
  check(
    {
      id: "runtime/6.2/unnegotiated-ping-answered",
      requirements: ["HELLO-16"],
      level: "MUST",
      basis: "W-14",
      needs: R0,
      mutants: ["drop-pong", "wrong-nonce"],
    },
    async (t) => {
      const peer = await t.session({ features: [] });
      peer.send("session.ping", { nonce: "n1" });
      const pong = await peer.expect("session.pong");
      t.equal(pong.message.payload.ping_nonce, "n1", "ping_nonce");
    },
  ),
  check(
    {
      id: "runtime/6.2/unnegotiated-ack-ignored",
      requirements: ["HELLO-17"],
      level: "MUST",
      basis: "W-14",
      needs: R0,
      mutants: ["ack-refused"],
    },
    async (t) => {
      const peer = await t.session({ features: ["heartbeat", "list_jobs"] });
      const after = peer.last;
      peer.send("session.ack", { last_processed_seq: 3 });
      const isError = (m: { type: string }) => m.type === "session.error";
      await nothing(t, peer, isError, after, "session.ack without ack was answered with an error");
    },
  ),
] as const;
