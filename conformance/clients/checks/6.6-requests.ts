/** Sections 6.6 to 6.8: lists, the end of a connection, and which call an error or a reply is for. */
import { clientCheck } from "../check.js";
import { now } from "../session.js";
import type { Loose } from "../driver.js";

function row(id: string): Loose {
  const times = { created_at: now(), submitted_at: now(), last_event_seq: 0 };
  return { job_id: id, agent: "echo", status: "running", lease: {}, ...times };
}

/** Checks of sections 6.6, 6.7 and 6.8. */
export const requestChecks = [
  clientCheck(
    {
      id: "client/6.6/cursor-is-opaque",
      requirements: ["LIST-01", "LIST-12"],
      level: "MUST",
      basis: "W-21",
      needs: { features: ["list_jobs"], verbs: ["list"] },
      mutants: ["cursor-trimmed", "first-page-only"],
    },
    async (t) => {
      const s = await t.session();
      const listing = s.client.ask("list");
      const first = await s.peer.expect("session.list_jobs");
      t.ok(first.message.payload["cursor"] == null, "the first page is asked for with a cursor");
      const cursor = ' 007 "é/+=%20\n';
      const [a, b, c] = [t.fresh("job"), t.fresh("job"), t.fresh("job")];
      const page = (request: unknown, jobs: string[], next: string | null) =>
        s.peer.send("session.jobs", {
          request_id: request,
          jobs: jobs.map(row),
          next_cursor: next,
        });
      page(first.message["id"], [a, b], cursor);
      const second = await s.peer.expect("session.list_jobs", { after: first.index });
      t.equal(second.message.payload["cursor"], cursor, "cursor of the second page");
      page(second.message["id"], [c], null);
      t.equal((await listing)["jobs"], [a, b, c], "jobs told");
    },
  ),
  clientCheck(
    {
      id: "client/6.7/closes-in-order",
      requirements: ["CLOSE-01", "CLOSE-04"],
      level: "MUST",
      basis: "explicit",
      mutants: ["closes-abruptly", "talks-after-close"],
    },
    async (t) => {
      const s = await t.session();
      await s.fence();
      const closing = s.client.ask("close");
      const close = await s.peer.expect(["session.close", "session.bye"]).catch(() => undefined);
      t.should(close !== undefined, "ends without session.close");
      if (close !== undefined) s.peer.send("session.closed", { request_id: close.message["id"] });
      await s.peer.expectClose();
      await closing;
      const after = close === undefined ? [] : s.peer.frames.slice(close.index + 1);
      t.equal(
        after.map(({ message }) => message.type),
        [],
        "messages after session.close",
      );
    },
  ),
  clientCheck(
    {
      id: "client/6.7/bye-for-older-runtimes",
      requirements: ["CLOSE-08"],
      level: "SHOULD",
      basis: "W-10",
      mutants: ["no-bye"],
    },
    async (t) => {
      const s = await t.session();
      await s.fence();
      const closing = s.client.ask("close");
      s.session.refuse(await s.peer.expect("session.close"), "INVALID_REQUEST");
      await s.peer.expect("session.bye");
      s.peer.close();
      await closing;
    },
  ),
  clientCheck(
    {
      id: "client/6.7/bye-is-the-end",
      requirements: ["CLOSE-09"],
      level: "MUST",
      basis: "explicit",
      mutants: ["ignores-bye"],
    },
    async (t) => {
      const s = await t.session();
      await s.fence();
      s.peer.send("session.bye", { reason: "maintenance" });
      // The runtime leaves the transport to the client: whoever has understood ends it.
      await s.peer.expectClose();
    },
  ),
  clientCheck(
    {
      id: "client/6.8/error-fails-one-call",
      requirements: ["SERR-06"],
      level: "MUST",
      basis: "W-11",
      mutants: ["error-fails-all", "replies-in-order-only"],
    },
    async (t) => {
      const s = await t.session();
      const running = await s.job();
      const first = await s.submitted({ input: 1 });
      const second = await s.submitted({ input: 2 });
      s.session.refuse(second.frame, "AGENT_NOT_AVAILABLE");
      const error = await s.hasFailed(second.reply, "the submit that was refused");
      t.equal(error["code"], "AGENT_NOT_AVAILABLE", "code of the refusal");
      const job = s.session.accept(first.frame);
      await s.isAccepted(first.reply, job);
      running.log("alive");
      await s.heard(running, "alive");
    },
  ),
  clientCheck(
    {
      id: "client/6.8/error-that-names-nobody",
      requirements: ["SERR-06"],
      level: "MUST",
      basis: "W-11",
      mutants: ["error-fails-all", "error-fails-first", "foreign-replies-taken"],
    },
    async (t) => {
      const s = await t.session();
      const running = await s.job();
      const { frame, reply } = await s.submitted();
      const error = { code: "INTERNAL_ERROR", message: "somewhere", retryable: true };
      s.peer.send("session.error", error);
      s.peer.send("session.error", { ...error, request_id: t.fresh("msg") });
      await s.fence();
      const job = s.session.accept(frame);
      await s.isAccepted(reply, job);
      running.log("alive");
      await s.heard(running, "alive");
    },
  ),
  clientCheck(
    {
      id: "client/6.8/retryable-by-code",
      requirements: ["SERR-10"],
      level: "MUST",
      basis: "W-35",
      mutants: ["never-retryable", "unknown-is-retryable", "retryable-ignored"],
    },
    async (t) => {
      const s = await t.session();
      const told = async (code: string, retryable?: boolean) => {
        const { frame, reply } = await s.submitted();
        const payload = { request_id: frame.message["id"], code, message: "refused" };
        s.peer.send("session.error", {
          ...payload,
          ...(retryable === undefined ? {} : { retryable }),
        });
        return (await s.hasFailed(reply, "a refused submit"))["retryable"];
      };
      t.equal(await told("INTERNAL_ERROR"), true, "retryable of INTERNAL_ERROR that does not say");
      t.equal(
        await told("INVALID_REQUEST"),
        false,
        "retryable of INVALID_REQUEST that does not say",
      );
      t.equal(await told("FUTURE_CODE"), false, "retryable of an unknown code that does not say");
      t.equal(await told("FUTURE_CODE", true), true, "retryable of an unknown code that says true");
      t.equal(
        await told("INTERNAL_ERROR", false),
        false,
        "retryable of INTERNAL_ERROR that says false",
      );
    },
  ),
  clientCheck(
    {
      id: "client/6.8/job-error-refuses-a-submit",
      requirements: ["SERR-11"],
      level: "SHOULD",
      basis: "W-36",
      mutants: ["job-error-of-strangers-lost"],
    },
    async (t) => {
      const s = await t.session();
      const { reply } = await s.submitted();
      const payload = { code: "AGENT_NOT_AVAILABLE", message: "no", final_status: "error" };
      const [jobId, seq] = [t.fresh("job"), ++s.session.seq];
      s.session.deliver({ type: "job.error", seq, jobId, payload });
      const error = await s.hasFailed(reply, "a submit that was refused by job.error");
      t.equal(error["code"], "AGENT_NOT_AVAILABLE", "code of the refusal");
    },
  ),
  clientCheck(
    {
      id: "client/6.8/duplicate-key-spares-the-job",
      requirements: ["SERR-12"],
      level: "MUST",
      basis: "W-36",
      mutants: ["duplicate-key-ends"],
    },
    async (t) => {
      const s = await t.session();
      const idempotency_key = t.fresh("key");
      const job = await s.job({ idempotency_key, input: 1 });
      const { reply } = await s.submitted({ idempotency_key, input: 2 });
      // As a deployed runtime says it: about the job that has the key already.
      job.fail("DUPLICATE_KEY");
      await s.hasFailed(reply, "the submit with a key that was used for something else");
      job.log("alive");
      await s.heard(job, "alive");
      job.succeed();
      t.equal((await s.ended(job))["status"], "success", "status of the job that has the key");
    },
  ),
  clientCheck(
    {
      id: "client/6.8/replies-by-name",
      requirements: ["SERR-16"],
      level: "SHOULD",
      basis: "W-05",
      mutants: ["replies-in-order-only", "replies-by-request-id-only"],
    },
    async (t) => {
      const s = await t.session();
      /** Two submits, answered in the reverse order, each named by what `naming` makes of it. */
      const swapped = async (what: string, naming: (frame: Loose) => [Loose, Loose]) => {
        const first = await s.submitted({ trace_id: "1".repeat(32), input: what });
        const second = await s.submitted({ trace_id: "2".repeat(32), input: what });
        for (const each of [second, first]) {
          const [payload, envelope] = naming(each.frame.message);
          const job = s.session.accept(each.frame, { request_id: undefined, ...payload }, envelope);
          const answer = await each.reply;
          const got = "ok" in answer ? answer.ok["job_id"] : answer.error;
          t.equal(got, job.id, `job of a reply named by ${what}`);
        }
      };
      await swapped("request_id", ({ id }) => [{ request_id: id }, {}]);
      await swapped("reply_to", ({ id }) => [{ reply_to: id }, {}]);
      await swapped("correlation_id", ({ id }) => [{}, { correlation_id: id }]);
      await swapped("an echoed id", ({ id }) => [{}, { id }]);
      await swapped("trace_id", ({ trace_id }) => [{}, { trace_id }]);
      const [one, two] = [await s.submitted({ input: 1 }), await s.submitted({ input: 2 })];
      for (const each of [one, two]) {
        const job = s.session.accept(each.frame, { request_id: undefined });
        await s.isAccepted(each.reply, job);
      }
    },
  ),
] as const;
