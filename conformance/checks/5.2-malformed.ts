/** Sections 5.2 to 5.4: what is malformed, too much, or unknown. */
import { check } from "../run/check.js";
import { helloPayload } from "../peer/session.js";
import { nothing, R0, R2 } from "./support.js";

const unknownAgent = { agent: "conformance.no-such-agent" } as const;

/** Members of the wrong type, one fault each; the twin of each is a message that other checks send rightly. */
const wrongTypes: readonly (readonly [string, string, unknown])[] = [
  ["job.submit without agent", "job.submit", {}],
  ["job.submit with a number as agent", "job.submit", { agent: 7 }],
  ["job.submit with max_runtime_sec as text", "job.submit", { agent: "a", max_runtime_sec: "9" }],
  ["job.submit with a negative run limit", "job.submit", { agent: "a", max_runtime_sec: -1 }],
  ["job.submit with a list as lease", "job.submit", { agent: "a", lease_request: [] }],
  [
    "job.submit with a text as patterns",
    "job.submit",
    { agent: "a", lease_request: { "fs.read": "/" } },
  ],
  ["job.submit with a text as payload", "job.submit", "hello"],
  ["job.cancel with a number as job_id", "job.cancel", { job_id: 7 }],
  ["session.list_jobs with limit 0", "session.list_jobs", { limit: 0 }],
  ["session.list_jobs with a text as filter", "session.list_jobs", { filter: "running" }],
];

/** Checks of sections 5.2 to 5.4. */
export const malformedChecks = [
  check(
    {
      id: "runtime/5.2/no-json",
      requirements: ["ENC-08", "ENC-10", "SERR-05"],
      level: "MUST",
      basis: "W-13",
      needs: R0,
      mutants: [
        "drop-session-error",
        "invalid-as-internal",
        "retryable-flipped",
        "close-after-error",
      ],
    },
    async (t) => {
      const peer = await t.session();
      // A blank line is no message on stdio, and is not answered there.
      const empty = t.target.carrier === "stdio" ? [] : [""];
      for (const text of ['{"arcp":"1.1",', "hello", ...empty, "{'a':1}", "nul", '{"a":1}}']) {
        const after = peer.last;
        peer.sendText(text);
        const answer = await peer.expect("session.error", { after });
        t.refused(answer, "INVALID_REQUEST", `the text ${JSON.stringify(text)}`);
        t.equal(answer.message.payload.retryable, false, "retryable");
      }
      await peer.fence();
    },
  ),
  check(
    {
      id: "runtime/5.2/no-object",
      requirements: ["ENC-08", "ENC-10"],
      level: "MUST",
      basis: "W-13",
      needs: R0,
      mutants: ["drop-session-error", "invalid-as-internal", "close-after-error"],
    },
    async (t) => {
      const peer = await t.session();
      for (const text of ["[]", '"session.ping"', "1", "null", "true", '{"payload":{}}']) {
        const after = peer.last;
        peer.sendText(text);
        const answer = await peer.expect("session.error", { after });
        t.refused(answer, "INVALID_REQUEST", `the text ${text}`);
      }
      await peer.fence();
    },
  ),
  check(
    {
      id: "runtime/5.2/wrong-types",
      requirements: ["ENC-09", "ENC-11"],
      level: "MUST",
      basis: "explicit",
      needs: R0,
      mutants: ["drop-session-error", "invalid-as-internal", "retryable-flipped"],
    },
    async (t) => {
      const peer = await t.session();
      for (const [what, type, payload] of wrongTypes) {
        if (type === "session.list_jobs" && !peer.features.has("list_jobs")) continue;
        const after = peer.last;
        const id = peer.sendMalformed(type, payload);
        const answer = await peer.reply(id, ["job.accepted", "session.jobs", "job.cancelled"], {
          after,
        });
        t.refused(answer, "INVALID_REQUEST", what);
        t.equal(answer.message.payload.retryable, false, `retryable after ${what}`);
      }
      const twin = await peer.request("job.submit", unknownAgent, "job.accepted");
      t.refused(twin, "AGENT_NOT_AVAILABLE", "a well-formed submit");
    },
  ),
  check(
    {
      id: "runtime/5.2/pointer-and-section",
      requirements: ["ENC-09"],
      level: "MUST",
      basis: "W-13",
      needs: R0,
      mutants: ["bare-errors"],
    },
    async (t) => {
      const peer = await t.session();
      const after = peer.last;
      const id = peer.sendMalformed("job.submit", { agent: 7 });
      const { text } = await peer.reply(id, "job.accepted", { after });
      t.ok(text.includes("/payload/agent"), "the error does not point to /payload/agent");
      t.ok(/(§|section"?:? ?"?)\s*7\.|7\.5|7\.1/.test(text), "the error names no section");
    },
  ),
  check(
    {
      id: "runtime/5.2/session-survives-malformed",
      requirements: ["ENC-10", "SERR-05"],
      level: "MUST",
      basis: "W-13",
      needs: R2,
      mutants: ["close-after-error"],
    },
    async (t) => {
      const peer = await t.session();
      const gate = t.fresh("gate");
      const job = await t.submit(peer, [
        { op: "gate", name: gate },
        { op: "return", value: 5 },
      ]);
      const attacks = [
        () => peer.sendText("{"),
        () => peer.sendMalformed("job.submit", {}),
        () => peer.sendMalformed("session.nonsense", {}),
      ];
      for (const attack of attacks) {
        const after = peer.last;
        attack();
        await peer.expect("session.error", { after });
      }
      await peer.settle();
      await t.succeed(peer, [{ op: "open", name: gate }]);
      t.equal(
        (await job.terminal()).message.payload.result,
        5,
        "result of the job that was running",
      );
    },
  ),
  check(
    {
      id: "runtime/5.3/deep-nesting",
      requirements: ["ENC-16", "ENC-10"],
      level: "MUST",
      basis: "W-13",
      needs: { ...R0, connections: "apart" },
      mutants: ["drop-session-error", "invalid-as-internal", "close-after-error"],
    },
    async (t) => {
      const bystander = await t.bystander();
      const peer = await t.session();
      const levels = (n: number) => "[".repeat(n) + "]".repeat(n);
      const text = (n: number) => {
        const message = peer.compose("job.submit", { ...unknownAgent, input: "HERE" }, {});
        return JSON.stringify(message).replace('"HERE"', levels(n));
      };
      let after = peer.last;
      peer.sendText(text(20));
      const twin = await peer.expect("session.error", { after });
      t.refused(twin, "AGENT_NOT_AVAILABLE", "20 levels of nesting");
      after = peer.last;
      peer.sendText(text(100_000));
      const answer = await peer.expect("session.error", { after });
      t.refused(answer, "INVALID_REQUEST", "100,000 levels of nesting");
      await peer.fence();
      await bystander.fence();
    },
  ),
  check(
    {
      id: "runtime/5.3/large-hello-refused",
      requirements: ["ENC-15"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "apart" },
      mutants: ["shrink-hello"],
    },
    async (t) => {
      const bystander = await t.bystander();
      const hello = { ...helloPayload(t.helloOptions()), pad: "x".repeat(16 * 1024) };
      const twin = await t.connect();
      twin.send("session.hello", hello);
      await twin.expect("session.welcome", { what: "session.welcome to a hello of 16 KiB" });
      const peer = await t.connect();
      peer.send("session.hello", { ...hello, pad: "x".repeat(80 * 1024) });
      await peer.expectClose();
      t.equal(peer.collect("session.welcome").length, 0, "welcomes to a hello of 80 KiB");
      await bystander.fence();
    },
  ),
  check(
    {
      id: "runtime/5.4/unknown-members-ignored",
      requirements: ["ENC-18", "ENC-19"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["refuse-unknown-members"],
    },
    async (t) => {
      const peer = await t.connect();
      const future = { future_member: { deep: [1] } };
      const hello = { ...helloPayload(t.helloOptions()), ...future };
      peer.send("session.hello", hello, future);
      await peer.expect("session.welcome");
      const after = peer.last;
      const program = { ...t.program([{ op: "return", value: "ok" }]), ...future };
      const id = peer.send("job.submit", program, { ...future, session_id: undefined });
      const job = t.accepted(peer, await peer.reply(id, "job.accepted", { after }));
      t.equal((await job.terminal()).message.payload.result, "ok", "result");
    },
  ),
  check(
    {
      id: "runtime/5.4/unknown-type-refused",
      requirements: ["ENC-22", "SERR-05"],
      level: "MUST",
      basis: "W-12",
      needs: R0,
      mutants: ["drop-session-error", "no-request-id", "close-after-error"],
    },
    async (t) => {
      const peer = await t.session();
      for (const type of ["session.future", "job.pause", "constructor", "__proto__", "toString"]) {
        const after = peer.last;
        const id = peer.sendMalformed(type, {});
        const answer = await peer.expect("session.error", { after });
        t.refused(answer, "INVALID_REQUEST", `a message of type ${type}`);
        t.equal(answer.message.payload.request_id, id, "request_id");
      }
      await peer.fence();
    },
  ),
  check(
    {
      id: "runtime/5.4/vendor-type-no-error",
      requirements: ["ENC-23"],
      level: "MUST",
      basis: "W-12",
      needs: R0,
      mutants: ["refuse-vendor-types"],
    },
    async (t) => {
      const peer = await t.session();
      const after = peer.last;
      peer.send("x-vendor.conformance.thing", { any: "thing" });
      const isError = (m: { type: string }) => m.type === "session.error";
      await nothing(t, peer, isError, after, "a vendor's type was answered with an error");
      t.ok(peer.closed === undefined, "the connection was closed");
    },
  ),
  check(
    {
      id: "runtime/5.4/proto-is-no-member",
      requirements: ["ENC-09", "ENC-10"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["proto-merges"],
    },
    async (t) => {
      const peer = await t.session();
      const program = JSON.stringify(t.program([{ op: "return" }]));
      const envelope = JSON.stringify(peer.compose("job.submit", "HERE", {}));
      let after = peer.last;
      peer.sendText(envelope.replace('"HERE"', `{"__proto__":${program}}`));
      const first = await peer.expect(["session.error", "job.accepted"], { after });
      t.refused(first, "INVALID_REQUEST", "a submit whose agent stands under __proto__");
      after = peer.last;
      const id = peer.sendMalformed("job.submit", {});
      const second = await peer.reply(id, "job.accepted", { after });
      t.refused(second, "INVALID_REQUEST", "a submit without agent afterwards");
      await t.succeed(peer, [{ op: "return" }]);
    },
  ),
  check(
    {
      id: "runtime/5.4/vendor-kind-delivered",
      requirements: ["ENC-23"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["drop-vendor-kinds"],
    },
    async (t) => {
      const peer = await t.session();
      const kind = "x-vendor.conformance.note";
      const body = { any: ["thing", 1, null], ü: true };
      const job = await t.succeed(peer, [{ op: "emit", kind, body }]);
      t.equal(job.bodies(kind), [body], "bodies of the vendor's kind");
    },
  ),
  check(
    {
      id: "runtime/5.2/duplicate-member-last-wins",
      requirements: ["ENC-07"],
      level: "SHOULD",
      basis: "derived",
      needs: R0,
      mutants: ["first-member-wins"],
    },
    async (t) => {
      const peer = await t.session();
      const text = JSON.stringify(peer.compose("job.submit", unknownAgent, {}));
      const after = peer.last;
      peer.sendText(text.replace('"type":', '"type":"session.future","type":'));
      const answer = await peer.expect("session.error", { after });
      t.refused(answer, "AGENT_NOT_AVAILABLE", "a message that names its type twice");
    },
  ),
] as const;
