/** Section 7.2: which submits are one and the same. What the repeating session receives is in `7.2-retry.ts`. */
import { Feature } from "../../generated/current/constants.js";
import type { Job } from "../peer/job.js";
import { jobIdOf } from "../peer/message.js";
import { check } from "../run/check.js";
import { scriptAgent, type ScriptStep } from "../script.js";
import { conflict, keyed, repeat, said, say } from "./7.2-support.js";
import { range, R2, R2B } from "./support.js";

const returns: readonly ScriptStep[] = [{ op: "return" }];

/** Checks of keys. */
export const keyChecks = [
  check(
    {
      id: "runtime/7.2/key-never-makes-two-jobs",
      requirements: ["SUB-01", "IDEM-02"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["key-ignored", "keys-refused", "repeat-names-another-job", "any-key-will-do"],
    },
    async (t) => {
      const peer = await t.session();
      const options = keyed(t);
      const job = await t.submit(peer, returns, options);
      await repeat(t, peer, job, returns, options);
      const other = await t.submit(peer, returns, keyed(t));
      const bare = [await t.submit(peer, returns), await t.submit(peer, returns)];
      const ids = new Set([job, other, ...bare].map(({ id }) => id));
      t.equal(ids.size, 4, "jobs of one key, of another one, and of two submits without");
    },
  ),
  check(
    {
      id: "runtime/7.2/same-job-from-another-session",
      requirements: ["IDEM-02"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "together" },
      mutants: ["key-ignored", "keys-per-session"],
    },
    async (t) => {
      const options = keyed(t);
      const job = await t.succeed(await t.session(), returns, options);
      await repeat(t, await t.session(), job, returns, options);
      const other = await t.submit(await t.session(), returns, keyed(t));
      t.ok(other.id !== job.id, "another key names the same job");
    },
  ),
  check(
    {
      id: "runtime/7.2/same-job-after-a-resume",
      requirements: ["IDEM-02"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "together" },
      mutants: ["key-ignored", "keys-per-connection"],
    },
    async (t) => {
      const peer = await t.session();
      const options = keyed(t);
      const gate = t.fresh("gate");
      const steps: readonly ScriptStep[] = [
        { op: "gate", name: gate },
        { op: "return", value: "once" },
      ];
      const job = await t.submit(peer, steps, options);
      peer.cut();
      const now = await t.resume(peer, 0);
      const again = await repeat(t, now, job, steps, options);
      await t.succeed(now, [{ op: "open", name: gate }]);
      t.equal((await again.terminal()).message.payload.result, "once", "result of the job");
      await now.settle();
      t.equal(again.frames().length, 1, "messages of the job: its end");
    },
  ),
  check(
    {
      id: "runtime/7.2/repeated-answer-is-the-same",
      requirements: ["IDEM-03", "SERR-13"],
      level: "MUST",
      basis: "W-18",
      needs: R2,
      mutants: [
        "repeat-answers-first-request",
        "repeat-with-new-time",
        "repeat-with-own-trace",
        "repeat-names-another-job",
        "key-ignored",
      ],
    },
    async (t) => {
      const peer = await t.session();
      const options = keyed(t, { lease_request: { "fs.read": ["/workspace/**"] } });
      const job = await t.succeed(peer, returns, options);
      const { request_id: _, credentials: __, ...rest } = job.accepted.message.payload;
      const after = peer.last;
      const envelope = { trace_id: "0af7651916cd43dd8448eb211c80319c" };
      const id = peer.send("job.submit", t.program(returns, options), envelope);
      const again = await peer.expect(["job.accepted", "session.error"], { after });
      t.equal(again.message.type, "job.accepted", "answer to a repeated key");
      const { request_id, credentials: ___, ...repeated } = again.message.payload;
      t.equal(request_id, id, "request_id of the repeated job.accepted");
      t.equal(repeated, rest, "payload of the repeated job.accepted");
    },
  ),
  check(
    {
      id: "runtime/7.2/form-does-not-count",
      requirements: ["IDEM-04"],
      level: "MUST",
      basis: "W-18",
      needs: R2,
      mutants: ["order-of-members-counts", "key-ignored"],
    },
    async (t) => {
      const peer = await t.session();
      const key = JSON.stringify(t.fresh("key"));
      const agent = JSON.stringify(scriptAgent);
      const submit = async (payload: string) => {
        const message = peer.compose("job.submit", "HERE", {});
        const after = peer.last;
        peer.sendText(JSON.stringify(message).replace('"HERE"', payload));
        return peer.reply(String(message["id"]), "job.accepted", { after });
      };
      const steps = (value: string) => `{"steps":[{"op":"return","value":${value}}]}`;
      const one = `{"agent":${agent},"max_runtime_sec":60,"idempotency_key":${key},"input":`;
      const job = t.accepted(
        peer,
        await submit(`${one}${steps('{"a":1,"b":[100,{"c":"é","d":0.5}]}')}}`),
      );
      const other = `"idempotency_key":${key},"max_runtime_sec":6e1,"agent":${agent}}`;
      const forms = [
        steps('{"b":[1e2,{"d":5e-1,"c":"\\u00e9"}],"a":1.0}'),
        '{ "steps": [ { "value": { "a": 1, "b": [ 100, { "d": 0.50, "c": "é" } ] }, "op": "return" } ] }',
      ];
      for (const form of forms) {
        const again = t.accepted(peer, await submit(`{"input":${form},${other}`));
        t.equal(again.id, job.id, `job of the same input written as ${form}`);
      }
      // The twin: the order of a list does count.
      const turned = await submit(`${one}${steps('{"a":1,"b":[{"c":"é","d":0.5},100]}')}}`);
      t.refused(turned, "DUPLICATE_KEY", "a key repeated with a list in another order");
    },
  ),
  check(
    {
      id: "runtime/7.2/other-parameters-refused",
      requirements: ["IDEM-06"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: [
        "parameters-ignored",
        "input-only-compared",
        "key-ignored",
        "duplicate-as-invalid",
        "drop-session-error",
        "retryable-flipped",
      ],
    },
    async (t) => {
      const peer = await t.session();
      const options = keyed(t, { lease_request: { "fs.read": ["/a"] } });
      const job = await t.succeed(peer, returns, options);
      const right = t.program(returns, options);
      const input = { steps: [{ op: "return", value: "something else" }] };
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      const asks: Readonly<Record<string, unknown>>[] = [
        { input },
        { agent: `${scriptAgent}@1.0.0` },
        { lease_request: { "fs.read": ["/b"] } },
        { max_runtime_sec: 119 },
        ...(peer.features.has(Feature.LeaseExpiresAt)
          ? [{ lease_constraints: { expires_at } }]
          : []),
      ];
      for (const other of asks) {
        await conflict(t, peer, { ...right, ...other }, `another ${Object.keys(other).join()}`);
      }
      await repeat(t, peer, job, returns, options);
      await t.succeed(peer, [{ op: "return", value: "something else" }]);
    },
  ),
  check(
    {
      id: "runtime/7.2/conflict-leaves-the-original",
      requirements: ["IDEM-07"],
      level: "MUST",
      basis: "W-18",
      needs: R2,
      mutants: ["conflict-ends-original", "conflict-frees-key", "key-ignored"],
    },
    async (t) => {
      const peer = await t.session();
      const gate = t.fresh("gate");
      const options = keyed(t);
      const steps = [say("one"), { op: "gate", name: gate }, say("two")] as const;
      const job = await t.submit(peer, steps, options);
      await job.event("log");
      await conflict(t, peer, t.program(returns, options), "another input");
      await repeat(t, peer, job, steps, options);
      await t.succeed(peer, [{ op: "open", name: gate }]);
      t.equal((await job.terminal()).message.type, "job.result", "the end of the original");
      await peer.settle();
      t.equal(said(job), ["one", "two"], "events of the original");
      t.equal(job.frames().length, 3, "messages of the original: two events and its end");
    },
  ),
  check(
    {
      id: "runtime/7.2/conflict-delivers-nothing",
      requirements: ["IDEM-07", "SERR-15"],
      level: "MUST",
      basis: "W-18",
      needs: { ...R2, connections: "together" },
      mutants: ["conflict-delivers", "conflict-ends-original", "key-ignored"],
    },
    async (t) => {
      const owner = await t.session();
      const other = await t.session();
      const gate = t.fresh("gate");
      const options = keyed(t);
      const steps = [{ op: "gate", name: gate }, say("one")] as const;
      const job = await t.submit(owner, steps, options);
      await conflict(t, other, t.program(returns, options), "another input");
      await t.succeed(owner, [{ op: "open", name: gate }]);
      t.equal((await job.terminal()).message.type, "job.result", "the end of the original");
      await owner.settle();
      t.equal(job.frames().length, 2, "messages of the original: one event and its end");
      await other.settle();
      t.equal(job.on(other).frames().length, 0, "messages of a job that was refused here");
      const again = await repeat(t, other, job, steps, options);
      await again.terminal();
    },
  ),
  check(
    {
      id: "runtime/7.2/keys-of-principals-apart",
      requirements: ["IDEM-01"],
      level: "MUST",
      basis: "W-18",
      needs: { ...R2B, connections: "together" },
      mutants: ["keys-shared", "key-ignored"],
    },
    async (t) => {
      const options = keyed(t);
      const mine = await t.session();
      const job = await t.succeed(mine, returns, options);
      const theirs = await t.submit(await t.session({ as: "b" }), returns, options);
      t.ok(theirs.id !== job.id, "a key names the job of another principal");
      await theirs.terminal();
      const elsewhere = keyed(t);
      const own = await t.succeed(mine, returns, elsewhere);
      const different = [{ op: "return", value: "theirs" }] as const;
      // Nor is it refused: that would tell that somebody has used it.
      const apart = await t.succeed(await t.session({ as: "b" }), different, elsewhere);
      t.equal(apart.end.message.payload.result, "theirs", "result of the other principal's job");
      await repeat(t, mine, job, returns, options);
      await repeat(t, mine, own, returns, elsewhere);
    },
  ),
  check(
    {
      id: "runtime/7.2/known-after-the-end",
      requirements: ["IDEM-08"],
      level: "MUST",
      basis: "W-18",
      needs: R2,
      mutants: ["keys-end-with-jobs", "few-keys-kept", "key-ignored"],
    },
    async (t) => {
      // A day cannot be waited for; what forgets at the end, or for the sake of newer keys, is found out.
      const peer = await t.session();
      const options = keyed(t);
      const job = await t.succeed(peer, returns, options);
      for (const _ of range(1, 40)) await t.succeed(peer, returns, keyed(t));
      await repeat(t, peer, job, returns, options);
      await conflict(t, peer, t.program([], options), "another input");
    },
  ),
  check(
    {
      id: "runtime/7.2/refused-submit-keeps-no-key",
      requirements: ["IDEM-09"],
      level: "MUST",
      basis: "W-18",
      needs: R2,
      mutants: ["refused-submits-take-keys", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      const refusals = [
        ["AGENT_NOT_AVAILABLE", { agent: "conformance.no-such-agent" }],
        ["AGENT_VERSION_NOT_AVAILABLE", { agent: `${scriptAgent}@9.9.9` }],
        ["INVALID_REQUEST", { lease_request: { "fs.read": ["/a**"] } }],
      ] as const;
      for (const [code, wrong] of refusals) {
        const options = keyed(t);
        const program = { ...t.program(returns, options), ...wrong };
        const answer = await peer.request("job.submit", program, "job.accepted");
        t.refused(answer, code, `a submit with ${JSON.stringify(wrong)}`);
        await t.succeed(peer, returns, options);
      }
    },
  ),
  check(
    {
      id: "runtime/7.2/two-at-once",
      requirements: ["IDEM-10", "IDEM-02"],
      level: "MUST",
      basis: "W-18",
      needs: R2,
      mutants: ["keys-noted-late", "key-ignored", "starts-twice"],
    },
    async (t) => {
      const peer = await t.session();
      const gate = t.fresh("gate");
      const options = keyed(t);
      const program = t.program([{ op: "whoami" }, { op: "gate", name: gate }], options);
      const sent = range(1, 4).map(() => peer.send("job.submit", program));
      const jobs: Job[] = [];
      for (const id of sent) jobs.push(t.accepted(peer, await peer.reply(id, "job.accepted")));
      t.equal(new Set(jobs.map(({ id }) => id)).size, 1, "jobs of four submits at once");
      await t.succeed(peer, [{ op: "open", name: gate }]);
      await jobs[0]!.terminal();
      await peer.settle();
      t.equal(said(jobs[0]!).length, 1, "starts of its agent, by what it says first");
      t.equal(jobs[0]!.frames().length, 2, "messages of the job: one event and its end");
    },
  ),
  check(
    {
      id: "runtime/7.2/sessions-at-once",
      requirements: ["IDEM-10", "IDEM-02"],
      level: "MUST",
      basis: "W-18",
      needs: { ...R2, connections: "together" },
      mutants: ["keys-noted-late", "key-ignored", "starts-twice"],
    },
    async (t) => {
      const peers = await Promise.all(range(1, 6).map(() => t.session()));
      const gate = t.fresh("gate");
      const options = keyed(t);
      const steps = [{ op: "gate", name: gate }, { op: "whoami" }] as const;
      const jobs = await Promise.all(peers.map((peer) => t.submit(peer, steps, options)));
      t.equal(new Set(jobs.map(({ id }) => id)).size, 1, "jobs of six sessions at once");
      await t.succeed(peers[0]!, [{ op: "open", name: gate }]);
      for (const job of jobs) {
        await job.terminal();
        await job.peer.settle();
        const types = job.frames().map(({ message }) => message.type);
        t.equal(types, ["job.event", "job.result"], "what one start of the agent has to say");
      }
      t.ok(
        peers.every((peer) => peer.collect((m) => jobIdOf(m) === jobs[0]!.id).length >= 3),
        "a session got no answer or no job",
      );
    },
  ),
] as const;
