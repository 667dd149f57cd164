/** Sections 7, 9, 10, 11 and 14: what a client says of its jobs, and what it takes for their acceptance. */
import { clientCheck } from "../check.js";
import { FakeJob } from "../session.js";

/** Checks of submits, acceptances and credentials. */
export const jobChecks = [
  clientCheck(
    {
      id: "client/6.3/key-on-every-submit",
      requirements: ["RES-18"],
      level: "SHOULD",
      basis: "W-33",
      mutants: ["no-key"],
    },
    async (t) => {
      const s = await t.session();
      const keys = [await s.submitted(), await s.submitted()].map(
        ({ frame }) => frame.message.payload["idempotency_key"],
      );
      t.ok(
        keys.every((key) => typeof key === "string"),
        "a submit without an idempotency_key",
      );
      t.equal(new Set(keys).size, 2, "number of different keys of two submits");
    },
  ),
  clientCheck(
    {
      id: "client/7.1/accepted-without-time",
      requirements: ["SUB-13"],
      level: "SHOULD",
      basis: "W-47",
      mutants: ["wants-accepted-at"],
    },
    async (t) => {
      const s = await t.session();
      const { frame, reply } = await s.submitted();
      const job = new FakeJob(s.session, t.fresh("job"));
      const timeless = { request_id: frame.message["id"], job_id: job.id, lease: {} };
      s.peer.sendMalformed("job.accepted", timeless, { job_id: job.id });
      await s.isAccepted(reply, job);
      job.succeed();
      t.equal((await s.ended(job))["status"], "success", "status of the job");
    },
  ),
  clientCheck(
    {
      id: "client/9.5/expires-at-in-utc",
      requirements: ["EXP-01", "EXP-02", "EXP-03"],
      level: "MUST",
      basis: "explicit",
      needs: { features: ["lease_expires_at"] },
      mutants: ["expires-at-with-offset", "expires-in-the-past"],
    },
    async (t) => {
      const s = await t.session();
      const { frame } = await s.submitted({ expires_in_sec: 600 });
      const constraints = frame.message.payload["lease_constraints"] as { expires_at?: unknown };
      const text = String(constraints?.expires_at);
      t.ok(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text), `expires_at is ${text}`);
      t.ok(Date.parse(text) > Date.now(), `expires_at is not in the future: ${text}`);
    },
  ),
  clientCheck(
    {
      id: "client/9.8/unknown-scheme-ignored",
      requirements: ["CRED-03"],
      level: "MUST",
      basis: "W-32",
      needs: { features: ["provisioned_credentials"] },
      mutants: ["unknown-scheme-fatal"],
    },
    async (t) => {
      const s = await t.session();
      const credential = {
        id: t.fresh("cred"),
        scheme: "x-vendor.hologram",
        endpoint: "x://",
        value: "v",
      };
      const job = await s.job({}, { credentials: [credential] });
      job.succeed();
      t.equal((await s.ended(job))["status"], "success", "status of the job");
      t.equal(s.runtime.waiting, 0, "connections that the client opened anew");
    },
  ),
  clientCheck(
    {
      id: "client/10/child-is-no-answer",
      requirements: ["DEL-11"],
      level: "MUST",
      basis: "W-22",
      mutants: ["child-answers"],
    },
    async (t) => {
      const s = await t.session();
      const parent = await s.job();
      const { frame, reply } = await s.submitted();
      const child = {
        parent_job_id: parent.id,
        delegate_id: t.fresh("del"),
        request_id: undefined,
      };
      s.session.accept(frame, child);
      const job = s.session.accept(frame);
      await s.isAccepted(reply, job);
    },
  ),
  clientCheck(
    {
      id: "client/11/trace-of-the-caller",
      requirements: ["TRACE-01", "ENV-12"],
      level: "SHOULD",
      basis: "explicit",
      mutants: ["no-trace", "trace-id-upper"],
    },
    async (t) => {
      const s = await t.session();
      const trace_id = "0af7651916cd43dd8448eb211c80319c";
      const { frame } = await s.submitted({ trace_id });
      t.equal(frame.message["trace_id"], trace_id, "trace_id of the submit");
    },
  ),
  clientCheck(
    {
      id: "client/14.1/credentials-not-printed",
      requirements: ["SEC-04", "CRED-17"],
      level: "MUST",
      basis: "explicit",
      needs: { features: ["provisioned_credentials"] },
      mutants: ["logs-credentials"],
    },
    async (t) => {
      const s = await t.session();
      const value = t.fresh("canary");
      s.t.log.hide(value);
      const credential = {
        id: t.fresh("cred"),
        scheme: "bearer",
        endpoint: "https://api.example",
        value,
      };
      const job = await s.job({}, { credentials: [credential] });
      job.fail("INTERNAL_ERROR");
      await s.ended(job);
      await s.fence();
      const leaks = s.client.written.filter((line) => line.includes(value));
      t.equal(leaks.length, 0, "lines of the client's outputs that hold the value of a credential");
    },
  ),
] as const;
