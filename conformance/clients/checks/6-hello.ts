/** Sections 6.1 and 6.2: how a client presents itself, and what it makes of the welcome. */
import { clientCheck } from "../check.js";
import { allFeatures } from "../../peer/session.js";
import { offeredBy, Session } from "../session.js";

/** Checks of sections 6.1 and 6.2. */
export const helloChecks = [
  clientCheck(
    {
      id: "client/6.1/token-in-first-message",
      requirements: ["AUTH-01"],
      level: "MUST",
      basis: "explicit",
      mutants: ["no-token"],
    },
    async (t) => {
      const { hello } = await t.greeting();
      const auth = hello.message.payload["auth"] as { token?: unknown } | undefined;
      // Compared here, since a failure would print both.
      t.ok(
        auth?.token === t.token,
        "payload.auth.token of the first message is not the token given",
      );
    },
  ),
  clientCheck(
    {
      id: "client/6.1/no-token-in-url",
      requirements: ["AUTH-02"],
      level: "MUST",
      basis: "explicit",
      mutants: ["token-in-url"],
    },
    async (t) => {
      const { runtime } = await t.greeting();
      const leaks = runtime.paths.some((path) => decodeURIComponent(path).includes(t.token));
      t.ok(!leaks, "the token stands in the address of the upgrade");
    },
  ),
  clientCheck(
    {
      id: "client/6.2/hello-first",
      requirements: ["HELLO-01"],
      level: "MUST",
      basis: "explicit",
      mutants: ["pings-before-hello"],
    },
    async (t) => {
      const s = await t.session();
      await s.fence();
      t.equal(s.peer.frames[0]?.message.type, "session.hello", "first message");
      t.equal(s.peer.collect("session.hello").length, 1, "number of hellos");
    },
  ),
  clientCheck(
    {
      id: "client/6.2/nothing-before-the-welcome",
      requirements: ["HELLO-01", "HELLO-12"],
      level: "MUST",
      basis: "derived",
      mutants: ["eager"],
    },
    async (t) => {
      const { client, runtime, peer, hello, connecting } = await t.greeting();
      const submitting = client.call("submit", { agent: "echo" });
      await client.sync();
      await runtime.drained(peer);
      const early = peer.frames.slice(1).map(({ message }) => message.type);
      const session = new Session(peer);
      session.welcome(peer, hello);
      await connecting;
      t.equal(early, [], "messages between the hello and the welcome");
      // What was asked for early is refused, or done now: not both, and not twice.
      await Promise.race([submitting, peer.expect("job.submit")]);
      await runtime.drained(peer);
      await client.sync();
      t.ok(peer.collect("job.submit").length < 2, "one submit was sent twice");
    },
  ),
  clientCheck(
    {
      id: "client/6.2/agents-in-both-forms",
      requirements: ["HELLO-10"],
      level: "MUST",
      basis: "explicit",
      mutants: ["agents-by-name-only"],
    },
    async (t) => {
      const versions = { versions: ["1.0.0", "2.0.0"], default: "2.0.0" };
      const agents = ["plain", { name: "versioned", ...versions }, { name: "bare" }];
      const { client, peer, hello, connecting } = await t.greeting();
      const features = ["agent_versions", "heartbeat"];
      const capabilities = { encodings: ["json"], features, agents };
      new Session(peer).welcome(peer, hello, { features, payload: { capabilities } });
      const reply = await connecting;
      t.ok("ok" in reply, "connect failed");
      const told = "ok" in reply ? reply.ok : {};
      if (!("agents" in told)) t.notApplicable("the driver tells no agents");
      t.equal(told["agents"], ["plain", "versioned", "bare"], "agents told");
      await client.sync();
    },
  ),
  clientCheck(
    {
      id: "client/6.2/unknown-flags-ignored",
      requirements: ["HELLO-11", "HELLO-14"],
      level: "MUST",
      basis: "explicit",
      mutants: ["unknown-flag-fatal", "features-of-the-welcome"],
    },
    async (t) => {
      const features = ["time_travel", "x-vendor.conformance.flag", "heartbeat"];
      const s = await t.session({ features });
      t.equal(s.connected["features"], ["heartbeat"], "features of the session");
      const job = await s.job();
      job.succeed();
      t.equal((await s.ended(job))["status"], "success", "status of the job");
      t.equal(s.runtime.waiting, 0, "connections that the client opened anew");
    },
  ),
  clientCheck(
    {
      id: "client/6.2/features-in-the-hello",
      requirements: ["HELLO-22"],
      level: "MUST",
      basis: "explicit",
      mutants: ["features-unsaid"],
    },
    async (t) => {
      const s = await t.session({ features: allFeatures });
      const told = s.connected["features"];
      const features: readonly unknown[] = Array.isArray(told)
        ? told
        : t.notApplicable("the driver tells no features");
      const offered = offeredBy(s.hello);
      const unsaid = features.filter((flag) => !offered.includes(String(flag)));
      t.equal(unsaid, [], "features of the session that the hello which began it did not name");
    },
  ),
  clientCheck(
    {
      id: "client/6.2/only-negotiated-features",
      requirements: ["HELLO-12"],
      level: "MUST",
      basis: "explicit",
      needs: { verbs: ["list"] },
      mutants: ["uses-any-feature"],
    },
    async (t) => {
      const s = await t.session({ features: [] });
      const listing = s.client.call("list");
      const expiring = s.client.call("submit", { agent: "echo", expires_in_sec: 600 });
      await s.client.sync();
      const job = await s.job();
      job.log("one");
      job.succeed();
      await s.ended(job);
      await s.fence();
      const gated = ["session.list_jobs", "session.ping", "session.ack"];
      const used = s.peer.frames.filter(
        ({ message: m }) => gated.includes(m.type) || "lease_constraints" in m.payload,
      );
      t.equal(
        used.map(({ text }) => text.slice(0, 200)),
        [],
        "messages of features that the session lacks",
      );
      await s.hasFailed(listing, "a list without list_jobs");
      await s.hasFailed(expiring, "a submit with expires_at without lease_expires_at");
    },
  ),
  clientCheck(
    {
      id: "client/6.2/secrets-not-printed",
      requirements: ["HELLO-07"],
      level: "MUST",
      basis: "derived",
      mutants: ["logs-tokens"],
    },
    async (t) => {
      const s = await t.session();
      await s.dropAndResume();
      await s.fence();
      const secrets = [t.token, ...s.session.tokens];
      const leaks = s.client.written.filter((line) => secrets.some((one) => line.includes(one)));
      t.equal(leaks.length, 0, "lines of the client's outputs that hold a token");
    },
  ),
] as const;
